"""An encrypted vault for computers without a credential store: scrypt makes the key, AES-GCM seals each entry.

`vault/vault.json` holds salt, cost and a sealed check word; each entry is a file of its own, so that two programs
can renew the tokens of two stores at the same time. The entry's name is authenticated with its content: a file that
was renamed to another store's name does not open.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from app.services.credentials import (
    CredentialsMissing,
    VaultLocked,
    checked_name,
    packed,
    unpacked,
    write_privately,
)
from app.services.marketplace.port import StoreCredentials

HEAD_NAME = "vault.json"
SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32
SCRYPT_COST = 2**15
"""N of scrypt with r = 8, p = 1: 32 MB and about a tenth of a second, once a run (RFC 7914)."""
CHECK_WORD = b"shangjia vault"
DAMAGED = "credentials.vault_damaged"


class VaultCredentials:
    """Credentials sealed under one passphrase, taken from `SHANGJIA_VAULT_KEY`. Threads: any."""

    def __init__(self, folder: Path, passphrase: str, *, cost: int = SCRYPT_COST) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._cost = cost
        self._key: bytes | None = None

    def ready(self) -> None:
        """Open the vault, or make it. Raises `VaultLocked`."""
        self._opened()

    def save(self, name: str, credentials: StoreCredentials) -> None:
        """Seal under *name*; makes the vault at the first time."""
        write_privately(self._path(name), _sealed(self._opened(), packed(credentials).encode(), name.encode()))

    def load(self, name: str) -> StoreCredentials:
        """What lies under *name*. Raises `CredentialsMissing`, `VaultLocked`."""
        try:
            content = self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise CredentialsMissing from error
        text = _unsealed(self._opened(), content, name.encode())
        if text is None:
            raise CredentialsMissing(DAMAGED)
        return unpacked(text.decode())

    def delete(self, name: str) -> None:
        """Forget *name*; needs no key."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{checked_name(name)}.sealed"

    def _opened(self) -> bytes:
        """The key, after it opened the check word."""
        if not self._passphrase:
            raise VaultLocked
        if self._key is None:
            head_path = self._folder / HEAD_NAME
            if not head_path.exists():
                self._make(head_path)
            head = _read_head(head_path)
            key = _derived(self._passphrase, base64.b64decode(head["salt"]), int(head["cost"]))
            if _unsealed(key, base64.b64decode(head["check"]), b"") != CHECK_WORD:
                raise VaultLocked("credentials.vault_wrong_key")
            self._key = key
        return self._key

    def _make(self, path: Path) -> None:
        salt = os.urandom(SALT_BYTES)
        check = _sealed(_derived(self._passphrase, salt, self._cost), CHECK_WORD, b"")
        head = {
            "schema": 1,
            "kdf": "scrypt",
            "cost": self._cost,
            "salt": base64.b64encode(salt).decode(),
            "check": base64.b64encode(check).decode(),
        }
        _write_unless_there(path, json.dumps(head).encode())


def _write_unless_there(path: Path, content: bytes) -> None:
    """Of two programs that make the vault in the same moment one wins: its salt is the one both go on with."""
    mine = path.with_name(f"{path.name}.{os.getpid()}")
    write_privately(mine, content)
    try:
        os.link(mine, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links (FAT): nobody shares a vault there
        mine.replace(path)
    finally:
        mine.unlink(missing_ok=True)


def _read_head(path: Path) -> dict[str, Any]:
    try:
        head: dict[str, Any] = json.loads(path.read_bytes())
        if head["schema"] != 1 or not {"salt", "cost", "check"} <= head.keys():
            raise KeyError
    except (ValueError, KeyError, TypeError) as error:
        raise VaultLocked(DAMAGED) from error
    return head


def _derived(passphrase: str, salt: bytes, cost: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=8, p=1).derive(passphrase.encode())


def _sealed(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def _unsealed(key: bytes, content: bytes, bound_to: bytes) -> bytes | None:
    """The plain bytes, None where key, content or binding is not the one they were sealed with."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(content) < NONCE_BYTES:
        return None
    try:
        return AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], bound_to)
    except InvalidTag:
        return None
