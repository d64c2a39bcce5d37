"""The stock items, virtual code and store of domain.md 7.3."""

from __future__ import annotations

import pytest

from app.services.codes.reading import Reader
from app.services.codes.records import Component
from app.services.codes.rules import CodeRules, StoreMarks

ITEMS = "AB1234 AB1234-BK AB1234-WH AB1234_R CD5678 EF9012 BL1850 DC18RC RG0001A AB12E03 GH3456X2 2XL100"
KNOWN = frozenset(ITEMS.split())
STORE = StoreMarks("HK#", "@ABCD", {"148": "US"})
RULES = CodeRules(KNOWN, {"CB000123": (Component("AB1234", 10),)}, STORE)


@pytest.fixture
def reader() -> Reader:
    return Reader(RULES)
