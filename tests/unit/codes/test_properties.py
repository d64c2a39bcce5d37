"""What holds for every code: writing a reading and reading it again, order, hostile texts (domain.md 7.2)."""

from __future__ import annotations

from unittest.mock import Mock

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.codes.bundles import items_in, note_bundles
from app.services.codes.formatting import display, format_code, mark_of
from app.services.codes.keys import match_key, variant_key
from app.services.codes.normal import normalise
from app.services.codes.reading import Reader, read_code
from app.services.codes.records import Component
from app.services.codes.rules import CodeRules, StoreMarks, signs

ITEMS = st.from_regex(r"[A-Z]{2}[0-9]{4}(-[A-BD-WY-Z]{2}|_[RW])?", fullmatch=True)
PARTS = st.lists(st.builds(Component, ITEMS, st.integers(1, 999)), min_size=1, max_size=6)
COUNTRIES = st.sampled_from(["", *sorted(set(signs().countries.values()))])
SIGNS = st.text(alphabet="AB12X_-+*()#@CUSE.<> ×＊（ｘé²\u200b中", max_size=30)
RULES = CodeRules(frozenset({"AB12", "AB1"}), {"A1": (Component("AB12", 3),)}, StoreMarks("#", "@", {"12": "US"}))
PLAIN = st.from_regex(r"\A(?:[0-9]{1,2}X|[0-9E]{1,4})?[A-FX0-2]{1,3}([-_][A-FX0-2]{1,3}){0,3}(\*[0-9]{1,4})?\Z")
"""Codes as a catalogue has them, and such as look alike but hide a quantity, a country or a number."""
READERS = (Reader(), Reader(RULES))


@given(PARTS, COUNTRIES)
def test_a_reading_written_down_reads_the_same(parts: list[Component], country: str) -> None:
    first = read_code(format_code(parts, country))
    again = read_code(display(first))
    assert not first.error
    assert again[1:5] == first[1:5]
    assert first.ships_from == (country or signs().home)
    assert dict(first.components) == {one.base: sum(p.quantity for p in parts if p.base == one.base) for one in parts}


@given(PARTS, COUNTRIES, st.randoms(use_true_random=False))
def test_neither_order_nor_country_changes_the_match_key(parts: list[Component], country: str, random) -> None:
    shuffled = parts[:]
    random.shuffle(shuffled)
    assert match_key(format_code(shuffled, country)) == match_key(format_code(parts))
    assert variant_key(format_code(shuffled, country)) == variant_key(format_code(parts, country))


@given(SIGNS)
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    for reader in READERS:
        found = reader.read(text)
        assert bool(found.components) == bool(found.match_key) == (not found.error)
        assert all(one.base and one.quantity > 0 for one in found.components)
        assert reader.read(normalise(text))[1:5] == found[1:5]


@given(SIGNS | PLAIN)
@settings(max_examples=300)
def test_a_key_is_its_own_key(text: str) -> None:
    """What is stored can be compared with what is asked for."""
    reading = read_code(text)
    assert match_key(text) == (normalise(text).replace(" ", "") if reading.error else reading.match_key)
    assert match_key(normalise(text)) == match_key(text)
    mark = mark_of(reading.ships_from) if not reading.error else ""
    assert variant_key(text) == match_key(text) + mark


@given(PLAIN)
@settings(max_examples=200)
def test_what_needs_no_note_hides_no_item(text: str) -> None:
    """The quick look at a key and taking it apart agree."""
    key = match_key(text)
    noted: list[tuple[str, str]] = []
    connection = Mock(exec_driver_sql=lambda sql, rows: noted.extend(rows))
    note_bundles(connection, [key])
    assert sorted(noted) == sorted((base, key) for base in items_in(key))
