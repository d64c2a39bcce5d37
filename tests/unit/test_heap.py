"""Giving memory back after work that took much of it."""

import sys

import psutil
import pytest

from app.services import heap


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc keeps what is free, others do not")
def test_small_pieces_between_those_still_in_use_go_back():
    import ctypes

    library = ctypes.CDLL(None)
    library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    if not hasattr(library, "malloc_trim"):
        pytest.skip("another C library")
    pieces = [library.malloc(8_000) for _ in range(4_000)]
    for piece in pieces:
        ctypes.memset(piece, 1, 8_000)
    held = psutil.Process().memory_info().rss
    for piece in pieces[:-1]:
        library.free(piece)
    heap.give_back()
    assert psutil.Process().memory_info().rss < held - 20_000_000
    library.free(pieces[-1])


def test_where_it_needs_no_telling_nothing_happens(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    heap._trim.cache_clear()
    heap.give_back()
    assert heap._trim() is None
    heap._trim.cache_clear()


def test_a_debt_is_due_half_a_second_after_the_last_that_was_let_go_of():
    now = [10.0]
    debt = heap.Debt(lambda: now[0])
    assert not debt.is_due()
    debt.note()
    now[0] += heap.QUIET_S / 2
    assert not debt.is_due()
    debt.note()  # the next keystroke
    now[0] += heap.QUIET_S * 0.9
    assert not debt.is_due()
    assert debt.is_open
    now[0] += heap.QUIET_S * 0.2
    assert debt.is_due()
    assert not debt.is_open
    assert not debt.is_due()
