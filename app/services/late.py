"""An object that is made, its module imported, when it is first asked for something."""

from __future__ import annotations

from importlib import import_module
from threading import Lock
from typing import Any


class Late:
    """Stands for the object that the class at *path*, `package.module:Class`, makes of *arguments*. Threads: any."""

    def __init__(self, path: str, *arguments: Any) -> None:
        self._path, self._arguments = path, arguments
        self._made: Any = None
        self._making = Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.made(), name)

    def made(self) -> Any:
        """The object itself."""
        if self._made is None:
            with self._making:
                if self._made is None:
                    module, _, kind = self._path.partition(":")
                    self._made = getattr(import_module(module), kind)(*self._arguments)
        return self._made


def late(path: str, *arguments: Any) -> Any:
    """A `Late`, to be declared as what it stands for."""
    return Late(path, *arguments)
