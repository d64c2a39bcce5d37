"""Secrets lie where they should, whole or not at all, and nowhere else."""

from __future__ import annotations

import logging
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked, PasswordDeleteError

from app.services import keyring_store
from app.services.credentials import (
    Credentials,
    CredentialsMissing,
    CredentialStoreFailed,
    NoCredentialStore,
    VaultLocked,
    from_object,
)
from app.services.errors import InputError
from app.services.keyring_store import KeyringCredentials, system_keyring
from app.services.logs import secrets
from app.services.marketplace.port import StoreCredentials
from app.services.vault import VaultCredentials

TOKENS = StoreCredentials("501234", "s3cret-of-the-app", "access-0123456789", "refresh-9876543210")
RENEWED = StoreCredentials(
    "501234",
    "s3cret-of-the-app",
    "access-renewed-1",
    "refresh-renewed-1",
    expires_at=datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
)
CHEAP = 2**4
"""A cost of scrypt that makes tests quick."""


class FakeKeyring:
    """The Windows Credential Manager's manners: refuses more than 2 560 bytes of UTF-16."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.fail_after: int | None = None

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2560:
            raise KeyringLocked("too long")
        if self.fail_after is not None:
            if self.fail_after == 0:
                raise KeyringLocked("power cut")
            self.fail_after -= 1
        self.entries[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.entries:
            raise PasswordDeleteError("no such password")
        del self.entries[service, username]


def test_keyring_keeps_replaces_and_forgets() -> None:
    keyring = FakeKeyring()
    store = KeyringCredentials(keyring)
    store.save("store-a", TOKENS)
    assert store.load("store-a") == TOKENS
    store.save("store-a", RENEWED)
    assert store.load("store-a") == RENEWED
    assert not any(TOKENS.access_token in value for value in keyring.entries.values())
    store.delete("store-a")
    assert keyring.entries == {}
    with pytest.raises(CredentialsMissing):
        store.load("store-a")


def test_keyring_splits_what_windows_would_refuse() -> None:
    keyring = FakeKeyring()
    store = KeyringCredentials(keyring)
    long = StoreCredentials("501234", "s" * 40, "t" * 3000, "钥" * 500)
    store.save("store-a", long)
    assert store.load("store-a") == long
    assert len(keyring.entries) > 4


def test_a_torn_write_leaves_the_old_credentials() -> None:
    keyring = FakeKeyring()
    store = KeyringCredentials(keyring)
    long = StoreCredentials("501234", "s" * 40, "t" * 3000)
    store.save("store-a", long)
    for survived in range(3):
        keyring.fail_after = survived
        with pytest.raises(CredentialStoreFailed):
            store.save("store-a", StoreCredentials("501234", "s" * 40, "u" * 3000))
        assert store.load("store-a") == long


def test_a_lost_part_is_missing_credentials_not_half_of_them() -> None:
    keyring = FakeKeyring()
    store = KeyringCredentials(keyring)
    store.save("store-a", TOKENS)
    part = next(key for key in keyring.entries if "/" in key[1])
    del keyring.entries[part]
    with pytest.raises(CredentialsMissing):
        store.load("store-a")


@pytest.mark.parametrize(("priority", "is_safe"), [(5, True), (1, True), (0.5, False), (0, False), (-1, False)])
def test_only_a_recommended_backend_is_a_credential_store(
    monkeypatch: pytest.MonkeyPatch, priority: float, is_safe: bool
) -> None:
    backend = type("Backend", (FakeKeyring,), {"priority": priority})()
    monkeypatch.setattr("keyring.get_keyring", lambda: backend)
    system_keyring.cache_clear()
    try:
        assert system_keyring() is (backend if is_safe else None)
    finally:
        system_keyring.cache_clear()


def test_vault_keeps_nothing_readable(tmp_path: Path) -> None:
    vault = VaultCredentials(tmp_path, "correct horse", cost=CHEAP)
    vault.save("store-a", TOKENS)
    assert VaultCredentials(tmp_path, "correct horse").load("store-a") == TOKENS
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        assert TOKENS.access_token.encode() not in content
        assert TOKENS.app_secret.encode() not in content


@pytest.mark.skipif(os.name != "posix", reason="Windows has no mode bits; the profile folder is private there")
def test_vault_and_practice_files_are_their_owners(tmp_path: Path) -> None:
    VaultCredentials(tmp_path / "vault", "correct horse", cost=CHEAP).save("store-a", TOKENS)
    Credentials(tmp_path, environment={}, keyring=None)._place("practice").save("store-b", TOKENS)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_vault_needs_the_same_key(tmp_path: Path) -> None:
    VaultCredentials(tmp_path, "correct horse", cost=CHEAP).save("store-a", TOKENS)
    with pytest.raises(VaultLocked) as wrong:
        VaultCredentials(tmp_path, "battery staple").load("store-a")
    assert wrong.value.error_code == "credentials.vault_wrong_key"
    with pytest.raises(VaultLocked) as unset:
        VaultCredentials(tmp_path, "").load("store-a")
    assert unset.value.error_code == "credentials.vault_locked"


def test_vault_entry_belongs_to_its_name(tmp_path: Path) -> None:
    vault = VaultCredentials(tmp_path, "correct horse", cost=CHEAP)
    vault.save("store-a", TOKENS)
    (tmp_path / "store-a.sealed").rename(tmp_path / "store-b.sealed")
    with pytest.raises(CredentialsMissing) as moved:
        vault.load("store-b")
    assert moved.value.error_code == "credentials.vault_damaged"


def test_vault_notices_a_flipped_bit_and_a_damaged_head(tmp_path: Path) -> None:
    vault = VaultCredentials(tmp_path, "correct horse", cost=CHEAP)
    vault.save("store-a", TOKENS)
    sealed = tmp_path / "store-a.sealed"
    content = bytearray(sealed.read_bytes())
    content[20] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(CredentialsMissing):
        vault.load("store-a")
    (tmp_path / "vault.json").write_text("{")
    with pytest.raises(VaultLocked) as damaged:
        VaultCredentials(tmp_path, "correct horse").load("store-a")
    assert damaged.value.error_code == "credentials.vault_damaged"


def test_the_second_maker_of_a_vault_goes_on_with_the_firsts_salt(tmp_path: Path) -> None:
    first, second = (VaultCredentials(tmp_path, "correct horse", cost=CHEAP) for _ in range(2))
    first.save("store-a", TOKENS)
    head = (tmp_path / "vault.json").read_bytes()
    second._make(tmp_path / "vault.json")
    assert (tmp_path / "vault.json").read_bytes() == head
    second.save("store-b", RENEWED)
    assert (second.load("store-a"), first.load("store-b")) == (TOKENS, RENEWED)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store-a.sealed", "store-b.sealed", "vault.json"]


def test_delete_forgets_and_is_safe_twice(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path, keyring=KeyringCredentials(FakeKeyring()), environment={})
    reference = credentials.add(TOKENS, is_practice=False)
    credentials.delete(reference)
    credentials.delete(reference)
    with pytest.raises(CredentialsMissing):
        credentials.load(reference)


def test_what_a_torn_write_left_is_wiped_too() -> None:
    keyring = FakeKeyring()
    store = KeyringCredentials(keyring)
    keyring.fail_after = 2
    with pytest.raises(CredentialStoreFailed):
        store.save("store-a", StoreCredentials("501234", "s" * 40, "t" * 5000))
    keyring.fail_after = None
    assert keyring.entries
    store.delete("store-a")
    assert keyring.entries == {}


def test_credentials_that_could_not_be_kept_leave_no_part_behind(tmp_path: Path) -> None:
    keyring = FakeKeyring()
    keyring.fail_after = 2
    credentials = Credentials(tmp_path, keyring=KeyringCredentials(keyring), environment={})
    with pytest.raises(CredentialStoreFailed):
        credentials.add(StoreCredentials("501234", "s" * 40, "t" * 5000), is_practice=False)
    assert keyring.entries == {}


def test_wiping_looks_whether_it_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = Credentials(tmp_path, keyring=KeyringCredentials(FakeKeyring()), environment={})
    reference = credentials.add(TOKENS, is_practice=False)
    credentials.wipe(reference)
    credentials.wipe(reference)
    credentials.wipe("")
    stubborn = credentials.add(TOKENS, is_practice=False)
    monkeypatch.setattr(KeyringCredentials, "delete", lambda *_: None)
    with pytest.raises(CredentialStoreFailed):
        credentials.wipe(stubborn)


def test_a_safe_place_is_made_sure_of_before_something_that_works_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    VaultCredentials(tmp_path / "vault", "correct horse", cost=CHEAP).ready()
    Credentials(tmp_path, environment={"SHANGJIA_VAULT_KEY": "correct horse"}).ready(is_practice=False)
    with pytest.raises(VaultLocked):
        Credentials(tmp_path, environment={"SHANGJIA_VAULT_KEY": "battery staple"}).ready(is_practice=False)
    Credentials(tmp_path, keyring=KeyringCredentials(FakeKeyring()), environment={}).ready(is_practice=False)
    no_keyring(monkeypatch)
    Credentials(tmp_path, environment={}).ready(is_practice=True)
    with pytest.raises(NoCredentialStore):
        Credentials(tmp_path, environment={}).ready(is_practice=False)


def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)


def test_the_vault_key_wins_then_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = KeyringCredentials(FakeKeyring())
    with_key = Credentials(tmp_path, keyring=keyring, environment={"SHANGJIA_VAULT_KEY": "correct horse"})
    assert with_key.place_of(with_key.add(TOKENS, is_practice=False)) == "vault"
    without = Credentials(tmp_path, keyring=keyring, environment={})
    assert without.place_of(without.add(TOKENS, is_practice=True)) == "keyring"
    assert (with_key.available(), without.available()) == ("vault", "keyring")
    no_keyring(monkeypatch)
    assert Credentials(tmp_path, environment={}).available() == ""


def test_a_real_store_never_falls_back_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_keyring(monkeypatch)
    credentials = Credentials(tmp_path, environment={})
    with pytest.raises(NoCredentialStore):
        credentials.add(TOKENS, is_practice=False)
    assert list(tmp_path.rglob("*")) == []
    reference = credentials.add(TOKENS, is_practice=True)
    assert reference.startswith("practice:")
    assert Credentials(tmp_path, environment={}).load(reference) == TOKENS


def test_a_reference_is_read_where_it_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = Credentials(tmp_path, environment={"SHANGJIA_VAULT_KEY": "k" * 12}).add(TOKENS, is_practice=False)
    no_keyring(monkeypatch)
    with pytest.raises(VaultLocked):
        Credentials(tmp_path, environment={}).load(reference)
    with pytest.raises(NoCredentialStore):
        Credentials(tmp_path, environment={}).load("keyring:store-a")
    for nonsense in ("", "store-a", "elsewhere:store-a", "vault:"):
        with pytest.raises(CredentialsMissing):
            Credentials(tmp_path, environment={}).load(nonsense)


def test_a_reference_cannot_leave_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no credential name"):
        Credentials(tmp_path, environment={}).load("practice:../../etc/passwd")


def test_renewed_tokens_replace_both_at_once(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path, keyring=KeyringCredentials(FakeKeyring()), environment={})
    reference = credentials.add(TOKENS, is_practice=False)
    credentials.replace(reference, RENEWED)
    assert credentials.load(reference) == RENEWED


def test_a_failing_keyring_names_no_secret() -> None:
    keyring = FakeKeyring()
    keyring.fail_after = 0
    with pytest.raises(CredentialStoreFailed) as failure:
        KeyringCredentials(keyring).save("store-a", TOKENS)
    assert TOKENS.access_token not in f"{failure.value!r} {failure.value.params}"


def test_from_object_takes_the_four_names_and_says_what_is_missing() -> None:
    raw = {"app_key": 501234, "app_secret": " s3cret ", "access_token": "t0ken", "stray": 1}
    assert from_object(raw) == StoreCredentials("501234", "s3cret", "t0ken", "")
    with pytest.raises(InputError) as missing:
        from_object({"app_key": "501234", "app_secret": "hush-hush"})
    assert missing.value.params == {"fields": "access_token"}
    with pytest.raises(InputError):
        from_object(["501234"])


def test_loaded_secrets_are_blanked_in_the_log(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path, keyring=KeyringCredentials(FakeKeyring()), environment={})
    credentials.load(credentials.add(TOKENS, is_practice=False))
    record = logging.LogRecord("app", logging.ERROR, __file__, 1, "sent %s", (TOKENS.access_token,), None)
    try:
        raise RuntimeError(f"refused {TOKENS.refresh_token}")
    except RuntimeError:
        record.exc_info = sys.exc_info()
    secrets.filter(record)
    shown = logging.Formatter().format(record)
    assert "***" in shown
    assert not any(part in shown for part in (TOKENS.access_token, TOKENS.refresh_token, "s3cret-of-the-app"))


def test_credentials_show_nothing_in_their_repr() -> None:
    assert not any(secret in repr(TOKENS) for secret in ("501234", "s3cret", "access-0123", "refresh-9876"))
