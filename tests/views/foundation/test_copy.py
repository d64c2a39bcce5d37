"""Cells as text and back, as Excel gives and takes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.cells import MISSING, Badge, Cell, Column
from app.views.row_speech import copied_text, description, plain_text
from app.views.table_copy import from_tsv, to_tsv

TEXT = st.text(st.characters(exclude_characters="\r", exclude_categories=("Cs",)), max_size=8)


@given(st.lists(st.lists(TEXT, min_size=2, max_size=3), min_size=1, max_size=4))
def test_what_was_copied_comes_back(lines):
    assert from_tsv(to_tsv(lines)) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("one", [["one"]]),
        ('"say ""hi"""\tx', [['say "hi"', "x"]]),
        ('5" pipe\tx', [['5" pipe', "x"]]),
        ('"a\tb\nc"\td', [["a\tb\nc", "d"]]),
        ('"open\tx', [['"open', "x"]]),
        ("\t\n\t", [["", ""], ["", ""]]),
    ],
)
def test_texts_from_excel(text, lines):
    assert from_tsv(text) == lines


@pytest.mark.parametrize(
    ("cell", "copied"),
    [
        (Cell("12,846", copied="12846"), "12846"),
        (Cell("−2.6 %"), "-2.6 %"),
        (MISSING, ""),
        (Cell(status="listing.live"), "Live"),
        (Cell("Off sale · stock", status="listing.off"), "Off sale · stock"),
        (Cell("3.36", before="3.20"), "3.36"),
    ],
)
def test_numbers_are_copied_plain(cell, copied):
    assert copied_text(cell) == copied


def test_a_cell_in_one_line():
    assert plain_text(Cell("3.36", before="3.20")) == "3.20 → 3.36"
    assert plain_text(Cell("x", badges=(Badge("2"), Badge("1")))) == "x 2 1"
    assert plain_text(Cell(status="listing.rejected")) == "Rejected"


def test_everything_colour_tells_is_said():
    column = Column("price", "filter.name", lambda row: row)
    cell = Cell("3.36", is_changed=True, is_refused=True, dot=True, is_checked=False, second="was 3.20", tip="too low")
    assert description(cell, column) == (
        "Name 3.36, Changed, Refused, Changes not published, Not ticked, was 3.20, too low"
    )
    assert description(Cell("3.36", is_checked=True), column) == "Name 3.36, Ticked"
