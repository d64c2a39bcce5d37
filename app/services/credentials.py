"""Where tokens and app secrets lie: the operating system's credential store, an encrypted vault, never the database.

A reference such as `keyring:store-1f…` says in which place a store's credentials lie, so that they are found again
even if another place has become available since. Stores of the practice market have invented tokens that open
nothing; only theirs may, where there is neither a credential store nor a vault key, lie in a plain file of the data
folder (readable by its owner only). For every other store that is an error with its remedy, never a silent fallback.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from app.services.errors import AppError, InputError
from app.services.logs import secrets
from app.services.marketplace.port import StoreCredentials

VAULT_KEY_VARIABLE = "SHANGJIA_VAULT_KEY"
KEYRING, VAULT, PRACTICE = "keyring", "vault", "practice"

_NAME = re.compile(r"[A-Za-z0-9-]{1,64}\Z")


class NoCredentialStore(InputError):
    """This computer offers no credential store and no vault key is set: real tokens have nowhere safe to lie."""

    code = "credentials.no_store"


class VaultLocked(InputError):
    """The credentials lie in the vault, and `SHANGJIA_VAULT_KEY` is not set or is another one."""

    code = "credentials.vault_locked"


class CredentialStoreFailed(AppError):
    """The operating system's credential store refused: locked, or no right to use it. `detail` is its own word."""

    code = "credentials.keyring_failed"


class CredentialsMissing(InputError):
    """Nothing lies under the reference: removed, or the data folder came from another computer."""

    code = "credentials.missing"


class CredentialStore(Protocol):
    """One place for credentials. Names are ours: letters, digits and dashes. Threads: any.

    All methods raise `CredentialStoreFailed` or `VaultLocked` where the place cannot be used.
    """

    def ready(self) -> None:
        """Make sure that something can be saved: unlocked, and with the right key."""

    def save(self, name: str, credentials: StoreCredentials) -> None:
        """Keep *credentials* under *name*, whole or not at all; replaces what was there."""

    def load(self, name: str) -> StoreCredentials:
        """What lies under *name*. Raises `CredentialsMissing`."""

    def delete(self, name: str) -> None:
        """Forget *name*; nothing happens if there is nothing."""


_TIMES = ("expires_at", "refresh_expires_at")


def packed(credentials: StoreCredentials) -> str:
    """Credentials as one line of JSON, ASCII only, times in ISO 8601."""
    known = {name: value for name, value in asdict(credentials).items() if value is not None}
    return json.dumps(known, ensure_ascii=True, separators=(",", ":"), default=datetime.isoformat)


def unpacked(text: str) -> StoreCredentials:
    """The reverse of `packed`; the secrets are blanked in logs from now on.

    Raises:
        CredentialsMissing: damaged beyond reading.
    """
    try:
        raw: dict[str, Any] = json.loads(text)
        raw.update({name: datetime.fromisoformat(raw[name]) for name in _TIMES if name in raw})
        credentials = StoreCredentials(**raw)
    except (ValueError, TypeError) as error:
        raise CredentialsMissing from error
    keep_out_of_logs(credentials)
    return credentials


def keep_out_of_logs(credentials: StoreCredentials) -> None:
    """Have the log blank these secrets. The app key is no secret, but goes with them (domain.md 4)."""
    secrets.register((credentials.app_key, credentials.app_secret, credentials.access_token, credentials.refresh_token))


def write_privately(path: Path, content: bytes) -> None:
    """Write a file only its owner can read, to `.part` and then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.name}.{os.getpid()}-{uuid4().hex[:8]}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


class PracticeCredentials:
    """Invented tokens of the practice market in plain files: a toy's key, not for anything else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ready(self) -> None:
        """A file can always be written."""

    def save(self, name: str, credentials: StoreCredentials) -> None:
        """Keep under *name*."""
        write_privately(self._path(name), packed(credentials).encode())

    def load(self, name: str) -> StoreCredentials:
        """What lies under *name*. Raises `CredentialsMissing`."""
        try:
            return unpacked(self._path(name).read_text("utf-8"))
        except FileNotFoundError as error:
            raise CredentialsMissing from error

    def delete(self, name: str) -> None:
        """Forget *name*."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{checked_name(name)}.json"


def checked_name(name: str) -> str:
    """*name*, if it can be a file name everywhere. Raises ValueError otherwise: a bug, names are made here."""
    if not _NAME.match(name):
        raise ValueError("no credential name")
    return name


class Credentials:
    """All places of one data folder behind one door. Threads: any.

    Args:
        data_dir: the data folder.
        keyring: the credential store of the operating system, None to ask for it when needed.
        environment: where the vault key is read from.
    """

    def __init__(
        self, data_dir: Path, *, keyring: CredentialStore | None = None, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._data_dir = data_dir
        self._given_keyring = keyring
        self._environment = environment
        self._places: dict[str, CredentialStore] = {}

    def ready(self, *, is_practice: bool) -> None:
        """Make sure that new credentials have a safe place, before something that works only once is asked for.

        Raises:
            NoCredentialStore, VaultLocked, CredentialStoreFailed: they have not.
        """
        self._place(self._best_place(is_practice=is_practice)).ready()

    def add(self, credentials: StoreCredentials, *, is_practice: bool) -> str:
        """Keep new credentials in the best place there is. Returns: the reference to find them by.

        A set vault key wins: somebody wants the vault. Then the operating system's credential store; for a practice
        store at last a file.

        Raises:
            NoCredentialStore: a real store, and no safe place.
        """
        place = self._best_place(is_practice=is_practice)
        name = f"store-{uuid4().hex}"
        keep_out_of_logs(credentials)
        try:
            self._place(place).save(name, credentials)
        except BaseException:
            with contextlib.suppress(AppError):  # what a torn write left is nobody's and would stay for ever
                self._place(place).delete(name)
            raise
        return f"{place}:{name}"

    def load(self, reference: str) -> StoreCredentials:
        """The credentials under *reference*.

        Raises:
            CredentialsMissing: nothing there.
            VaultLocked, NoCredentialStore, CredentialStoreFailed: the place cannot be opened.
        """
        place, name = self._split(reference)
        return self._place(place).load(name)

    def replace(self, reference: str, credentials: StoreCredentials) -> None:
        """Keep renewed credentials where the old ones lay: both tokens at once (aliexpress-open-platform.md 3.2)."""
        place, name = self._split(reference)
        self._place(place).save(name, credentials)
        keep_out_of_logs(credentials)

    def delete(self, reference: str) -> None:
        """Forget what lies under *reference*."""
        place, name = self._split(reference)
        self._place(place).delete(name)

    def wipe(self, reference: str) -> None:
        """Forget what lies under *reference*, and look whether it is gone. Nothing happens where nothing lies.

        Raises:
            CredentialStoreFailed: it is still there, or the place refused.
            VaultLocked, NoCredentialStore: the place cannot be opened.
        """
        try:
            self.delete(reference)
            self.load(reference)
        except CredentialsMissing:
            return
        raise CredentialStoreFailed(detail="still there")

    def place_of(self, reference: str) -> str:
        """`keyring`, `vault` or `practice`: where the credentials lie, for the store's panel."""
        return self._split(reference)[0]

    def available(self) -> str:
        """The place new credentials of a real store would go to, "" if there is none."""
        try:
            return self._best_place(is_practice=False)
        except NoCredentialStore:
            return ""

    def _best_place(self, *, is_practice: bool) -> str:
        if self._environment.get(VAULT_KEY_VARIABLE):
            return VAULT
        if self._given_keyring is not None or _has_keyring():
            return KEYRING
        if is_practice:
            return PRACTICE
        raise NoCredentialStore(variable=VAULT_KEY_VARIABLE)

    @staticmethod
    def _split(reference: str) -> tuple[str, str]:
        place, _, name = reference.partition(":")
        if place not in (KEYRING, VAULT, PRACTICE) or not name:
            raise CredentialsMissing
        return place, name

    def _place(self, place: str) -> CredentialStore:
        if place not in self._places:
            self._places[place] = self._open(place)
        return self._places[place]

    def _open(self, place: str) -> CredentialStore:
        if place == PRACTICE:
            return PracticeCredentials(self._data_dir / "practice-credentials")
        if place == VAULT:
            from app.services.vault import VaultCredentials

            return VaultCredentials(self._data_dir / "vault", self._environment.get(VAULT_KEY_VARIABLE, ""))
        if self._given_keyring is not None:
            return self._given_keyring
        from app.services.keyring_store import KeyringCredentials, system_keyring

        keyring = system_keyring()
        if keyring is None:
            raise NoCredentialStore(variable=VAULT_KEY_VARIABLE)
        return KeyringCredentials(keyring)


def _has_keyring() -> bool:
    from app.services.keyring_store import system_keyring

    return system_keyring() is not None


def from_object(raw: Any) -> StoreCredentials:
    """Credentials out of the JSON object that `store add --secrets -` reads.

    Raises:
        InputError: no object, or one of app_key, app_secret, access_token is missing; `fields` names what is missing.
            The message never repeats a value.
    """
    if not isinstance(raw, dict):
        raise InputError("credentials.no_object")
    names = ("app_key", "app_secret", "access_token", "refresh_token")
    values = {name: str(raw.get(name) or "").strip() for name in names}
    missing = [name for name in names[:3] if not values[name]]
    if missing:
        raise InputError("credentials.fields_missing", fields=", ".join(missing))
    return StoreCredentials(values["app_key"], values["app_secret"], values["access_token"], values["refresh_token"])
