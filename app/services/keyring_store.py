"""The operating system's credential store: Windows Credential Manager, macOS Keychain, Secret Service."""

from __future__ import annotations

import functools
from typing import Any, Protocol

from app.services.credentials import CredentialsMissing, CredentialStoreFailed, packed, unpacked
from app.services.marketplace.port import StoreCredentials

SERVICE = "Shangjia"
PART_CHARACTERS = 1_200
"""Windows keeps 2 560 bytes of UTF-16 an entry, 1 280 characters; the rest is room for the backend's own needs."""
RECOMMENDED = 1.0
"""The keyring library's own threshold between a safe backend and a makeshift one (plain files, null, fail)."""


class Keyring(Protocol):
    """What of the keyring library's backends is used."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep an entry."""

    def get_password(self, service: str, username: str) -> str | None:
        """An entry, or None."""

    def delete_password(self, service: str, username: str) -> None:
        """Remove an entry; raises if there is none."""


@functools.cache
def system_keyring() -> Keyring | None:
    """This computer's credential store, None where there is none that is safe."""
    import keyring

    backend: Any = keyring.get_keyring()
    chained = getattr(backend, "backends", None)
    best = max((member.priority for member in chained), default=0) if chained is not None else backend.priority
    return backend if best >= RECOMMENDED else None


class KeyringCredentials:
    """Credentials as entries of the credential store, split into parts that fit the smallest one.

    The entry under the plain name is the head: how many parts there are and of which generation. New parts are
    written first and the head last, so that a torn write leaves the old credentials in force.
    """

    def __init__(self, keyring: Keyring, service: str = SERVICE) -> None:
        self._keyring = keyring
        self._service = service

    def ready(self) -> None:
        """Ask for an entry: a locked store says so, or asks the user to unlock it."""
        self._call("get_password", "ready")

    def save(self, name: str, credentials: StoreCredentials) -> None:
        """Keep under *name*; the parts of the generation before are removed afterwards."""
        text = packed(credentials)
        parts = [text[start : start + PART_CHARACTERS] for start in range(0, len(text), PART_CHARACTERS)]
        generation, old_count = self._head(name)
        new = 1 - generation
        for number, part in enumerate(parts):
            self._call("set_password", _part_name(name, new, number), part)
        self._call("set_password", name, f"{new}:{len(parts)}")
        self._remove(name, generation, old_count)

    def load(self, name: str) -> StoreCredentials:
        """What lies under *name*. Raises `CredentialsMissing`."""
        generation, count = self._head(name)
        parts = [self._call("get_password", _part_name(name, generation, number)) for number in range(count)]
        if not parts or None in parts:
            raise CredentialsMissing
        return unpacked("".join(parts))

    def delete(self, name: str) -> None:
        """Forget *name*: the head first, so that nobody finds half of it; then every part, also of a torn write."""
        self._call("delete_password", name)
        for generation in (0, 1):
            number = 0
            while self._call("get_password", _part_name(name, generation, number)) is not None:
                self._call("delete_password", _part_name(name, generation, number))
                number += 1

    def _head(self, name: str) -> tuple[int, int]:
        generation, _, count = (self._call("get_password", name) or "").partition(":")
        return (int(generation), int(count)) if generation.isdigit() and count.isdigit() else (0, 0)

    def _remove(self, name: str, generation: int, count: int) -> None:
        for number in range(count):
            self._call("delete_password", _part_name(name, generation, number))

    def _call(self, action: str, *arguments: str) -> Any:
        from keyring.errors import KeyringError, PasswordDeleteError

        try:
            return getattr(self._keyring, action)(self._service, *arguments)
        except PasswordDeleteError:
            return None
        except KeyringError as error:
            raise CredentialStoreFailed(detail=type(error).__name__) from error


def _part_name(name: str, generation: int, number: int) -> str:
    return f"{name}/{generation}.{number}"
