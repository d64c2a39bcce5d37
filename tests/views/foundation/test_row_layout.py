"""Visible rows and what they show, against the plain list they stand for."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.paging import Group
from app.views.row_layout import Place, RowLayout


def spelled_out(layout):
    """The same mapping as a list, made the slow way."""
    rows, at = [], 0
    ends = []
    for group in layout.groups:
        ends.append((at, min(at + group.count, layout.total), group))
        at = min(at + group.count, layout.total)
    parts = [(n, first, end, group) for n, (first, end, group) in enumerate(ends)]
    for number, first, end, group in parts:
        rows.append(Place("group", number))
        if group.key not in layout.folded:
            rows += _rows(layout, first, end)
    return rows + _rows(layout, at, layout.total)


def _rows(layout, first, end):
    rows = []
    for at in range(first, end):
        rows.append(Place("row", at))
        rows += [Place("child", at, child) for child in range(layout.children.get(at, 0))]
    return rows


@st.composite
def layouts(draw):
    sizes = draw(st.lists(st.integers(1, 6), max_size=5))
    total = sum(sizes) if sizes else draw(st.integers(0, 20))
    layout = RowLayout(total, [Group(f"g{n}", "t", size) for n, size in enumerate(sizes)])
    layout.folded = {group.key for group in layout.groups if draw(st.booleans())}
    if total:
        parents = draw(st.sets(st.integers(0, total - 1), max_size=5))
        layout.children = {at: draw(st.integers(1, 4)) for at in parents}
    layout.rebuild()
    return layout


@settings(max_examples=150, deadline=None)
@given(layouts())
def test_it_is_the_list_it_stands_for(layout):
    rows = spelled_out(layout)
    assert layout.count == len(rows)
    assert [layout.place(row) for row in range(layout.count)] == rows
    for at in range(layout.total):
        wanted = rows.index(Place("row", at)) if Place("row", at) in rows else -1
        assert layout.row_of(at) == wanted
    for number in range(len(layout.groups)):
        assert rows[layout.group_row(number)] == Place("group", number)


def test_a_million_rows_are_not_kept():
    layout = RowLayout(1_000_000)
    assert layout.is_plain
    assert layout.place(999_999) == Place("row", 999_999)
    layout.children = {500_000: 3}
    layout.rebuild()
    assert not layout.is_plain
    assert layout.count == 1_000_003
    assert layout.place(500_002) == Place("child", 500_000, 1)
    assert layout.row_of(999_999) == 1_000_002
    assert layout.row_of(1_000_000) == -1
