"""Results that come when their receiver is gone: the window was closed, the dialog deleted meanwhile.

Qt ends the connection of a bound method together with its object. A lambda has no object, so Qt calls it all the same,
and its first look at a deleted widget is an error. `Outcome` gives lambdas the same rule: one that speaks for `self`,
or calls somebody's method, ends with that object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType, MethodType
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid


class Outcome:
    """A signal of a task; connect to it whatever may be gone before the task ends."""

    def __init__(self, signal: Any) -> None:
        self._signal = signal

    def connect(self, slot: Any) -> None:
        """Call *slot* with what the signal carries, as long as those it speaks for are there."""
        self._signal.connect(_while_there(slot) if isinstance(slot, FunctionType) else slot)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._signal, name)


def _while_there(function: FunctionType) -> Callable[..., None]:
    receivers = tuple(_receivers(function))

    def call(*values: object) -> None:
        if all(map(isValid, receivers)):
            function(*values)

    return call


def _receivers(function: FunctionType) -> Iterator[QObject]:
    """Qt's objects the function speaks for: its `self`, and those whose methods it was handed."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        held = cell.cell_contents
        receiver = held.__self__ if isinstance(held, MethodType) else held if name == "self" else None
        if isinstance(receiver, QObject):
            yield receiver
