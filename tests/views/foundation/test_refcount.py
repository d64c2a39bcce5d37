"""PySide6 6.12.0 loses a reference to None or True in every call on Python 3.11 and aborts (engineering.md 0)."""

import sys

from PySide6.QtCore import QObject, Signal

CALLS = 20_000
SLACK = 200


class _Teller(QObject):
    told = Signal(bool)


def test_void_calls_keep_none_alive(qapp):
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        thing.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < SLACK


def test_emitting_keeps_true_alive(qapp):
    teller, heard = _Teller(), []
    teller.told.connect(heard.append)
    before = sys.getrefcount(True)
    for _ in range(CALLS):
        teller.told.emit(False)
    assert len(heard) == CALLS
    assert abs(sys.getrefcount(True) - before) < SLACK
