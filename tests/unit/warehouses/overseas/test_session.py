"""Builds kept by their token, and the lines of their grid: what is written, what is not and why, what it earns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services.errors import NotFound
from app.services.listings.bulk_edit.session import close_all
from app.services.packages import read_package
from app.services.pricing.rates import EnteredRate, enter_rates
from app.services.tasks import TaskContext
from app.services.warehouses.overseas import session
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.session import KEPT, BuildRequest
from tests.unit.warehouses.overseas.conftest import LAMP_ROW, OTHER_ROW


@pytest.fixture
def prepare(db, package, sheet):
    """Work a build out over the package and the sheet of domain.md 8.4."""
    path = package([LAMP_ROW, OTHER_ROW])
    options = BuildOptions(sheet())
    yield lambda **more: session.prepare(
        db.path, BuildRequest(replace(options, **more), package=path), ctx=TaskContext()
    )
    close_all()


def page(head, first=0, count=99):
    return session.page(head.token, first, count, ctx=TaskContext())


def test_a_head_counts_and_a_page_is_any_part_of_the_grid(prepare):
    head = prepare()
    assert head.countries == ("ES", "FR")
    wanted = {"products": 2, "variants": 4, "added": 4, "removed": 1, "missing": 4, "unmatched": 1, "errors": 0}
    assert wanted.items() <= head.counts.items()
    assert (head.counts["problems"], [one.code for one in head.unmatched]) == (0, ["XY0001"])
    assert head.codes == ["AB1234-BK", "AB1234-WH", "AB1234-BK*2", "CD5678"]
    lines = page(head)
    assert [(line.id, line.code, line.is_first) for line in lines] == [
        (0, "AB1234-BK", True),
        (1, "AB1234-WH", False),
        (2, "AB1234-BK*2", False),
        (3, "CD5678", True),
    ]
    assert page(head, 1, 2) == lines[1:3]
    assert (page(head, 4, 9), page(head, 0, 0)) == ([], [])
    assert [line.stale for line in lines] == [1, 1, 1, 0]


def test_a_cell_says_what_is_written_or_why_nothing_is(prepare):
    first, second, _, other = page(prepare())
    cell = first.cells["FR"]
    assert (cell.price_minor, cell.stock, cell.code, cell.source, cell.row) == (1220, 35, "AB1234-BK_CFR", "offer", 4)
    assert not (cell.is_typed or cell.is_blocked or cell.why)
    gap = second.cells["FR"]
    assert (gap.price_minor, gap.source, gap.code, gap.why) == (None, "", "", "no_row")
    assert {one.why for one in other.cells.values()} == {"no_row"}
    blocked = page(prepare(prices={("AB1234-BK", "ES"): 10**9}))[0].cells["ES"]
    assert (blocked.is_blocked, blocked.price_minor, blocked.findings[0].detail) == (True, None, "10000000.00")


def test_missing_ones_are_written_with_nothing_in_stock_where_that_is_wanted(prepare):
    cell = page(prepare(zero_missing=True))[1].cells["FR"]
    assert (cell.source, cell.stock, cell.price_minor, cell.code) == ("zero", 0, 336, "AB1234-WH_CFR")


def test_what_a_cell_earns_is_unknown_until_everything_is_known(db, prepare):
    line = page(prepare())[0]
    earning = line.cells["ES"].earning
    assert (earning.margin_bp, earning.freight_micro, line.weight_g) == (None, None, None)
    assert earning.why is not None and earning.why.subject == "AB1234-BK"
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO stock_item (code, name, cost_micro, weight_mg, picture, updated_ms) "
            "VALUES ('AB1234-BK', '', 18000000, 200000, '', 0)"
        )
    enter_rates(db, [EnteredRate("6.80")])
    line, _, double, _ = page(prepare())
    assert (line.weight_g, double.weight_g) == (200, 400)
    cell = line.cells["ES"]
    assert cell.earning.why is None and cell.earning.freight_micro == 24_000_000
    assert cell.earning.margin_bp < line.cells["FR"].earning.margin_bp, "FR asks more for the same goods"
    assert page(prepare())[1].cells["FR"].earning.margin_bp is None, "no price, no margin"


def test_only_the_newest_builds_are_kept(prepare):
    heads = [prepare() for _ in range(KEPT + 1)]
    with pytest.raises(NotFound, match=r"overseas\.build_gone"):
        page(heads[0])
    for head in heads:
        session.discard(head.token, ctx=TaskContext())
        session.discard(head.token, ctx=TaskContext())
    with pytest.raises(NotFound):
        page(heads[-1])


def test_a_build_is_written_as_a_package_and_as_the_upload_sheet(prepare, tmp_path):
    head = prepare()
    sheet, made = tmp_path / "upload.xlsx", tmp_path / "out.zip"
    assert session.upload(head.token, str(sheet), "en", ctx=TaskContext()) == 4
    report = session.write(head.token, str(made), ctx=TaskContext())
    assert report.left_out == []
    codes = [one.data["商家编码"] for one in read_package(made).rows[0].variants]
    assert codes == [
        "AB1234-BK", "AB1234-BK_CES", "AB1234-BK_CFR", "AB1234-WH", "AB1234-WH_CES", "AB1234-BK*2", "AB1234-BK*2_CES",
    ]  # fmt: skip
    assert [line.code for line in page(head)] == head.codes, "the build in memory stays as it was"
