"""Further rows of a listing that say otherwise than its first row."""

from __future__ import annotations

from collections.abc import Callable

from app.messages import tr
from app.services.workbooks import ListingTable

Table = Callable[..., ListingTable]
HEADER = ("产品编号", "标题", "SKU", "价格", "类目", "重量（g）")


def test_what_is_not_used_is_named_with_what_is_used_instead(table: Table) -> None:
    result = table(
        HEADER,
        ("P1", "Lamp", "A1", 1, "Lamps", 100),
        ("P1", "Lamp with dimmer", "A2", 1, "Lamps", 120),
        ("P1", "Lamp", "A3", 1, "Desk lamps", 100),
        ("P2", "Cable", "B1", 2, "Cables", 60),
    )
    assert result.overruled_count == 2
    first, second = result.overruled
    assert (first.row, first.column, first.field, first.value) == (3, "B", "title", "Lamp with dimmer")
    assert first.message(tr) == ("Row 3, column B, 标题: “Lamp with dimmer” is not used, row 2 says otherwise.")
    assert (second.row, second.column, second.value, second.params["first"]) == (4, "E", "Desk lamps", "2")
    assert not result.cell_errors, "nothing is refused for it"


def test_equal_blank_and_refused_rows_and_variants_weights_say_nothing(table: Table) -> None:
    result = table(
        HEADER,
        ("P1", None, "A0", 1, None, 5),
        ("P1", "Lamp", "A1", 1, None, 100),
        ("P1", None, "A2", 1, "Lamps", 120),
        ("P1", "Shade", "A3", "-", "Shades", 90),
        ("P1", "Lamp", "A4", 1, "Lamps", 90),
    )
    assert result.overruled == []
    assert result.overruled_count == 0


def test_all_are_counted_where_not_all_are_kept(table: Table, monkeypatch) -> None:
    rows = [("P1", f"Lamp {number}", f"A{number}", 1, "Lamps", 100) for number in range(3_000)]
    result = table(HEADER, *rows)
    assert result.overruled_count == 2_999
    assert 0 < len(result.overruled) <= result.overruled_count
