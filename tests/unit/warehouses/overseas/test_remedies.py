"""One click on a problem cell: what is offered, and what the next build makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services.listings.bulk_edit.session import close_all
from app.services.packages import read_package
from app.services.tasks import TaskContext
from app.services.warehouses.overseas import session
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.remedies import (
    Kind,
    Remedy,
    nearest_codes,
    remedies_of_cell,
    remedies_of_line,
    with_remedy,
)
from app.services.warehouses.overseas.session import BuildRequest
from app.services.warehouses.records import PriceSource, WarehouseTemplateRecord
from app.services.warehouses.templates import country_record
from tests.unit.warehouses.overseas.conftest import LAMP_ROW, OTHER_ROW, SHEET

TEMPLATE = WarehouseTemplateRecord(
    None,
    "Europe",
    countries=(
        country_record("ES", surcharge_minor=600),
        country_record("FR", surcharge_minor=700),
        country_record("IT"),
    ),
    price_source=PriceSource.SURCHARGE,
)
LONG = "AB1234-BK+CD5678-WH+EF9"


class Builder:
    """A person before the grid: clicks on remedies and looks again."""

    def __init__(self, db, path, options):
        self.options = options
        self.head = session.prepare(db.path, BuildRequest(options, package=path), ctx=TaskContext())

    def lines(self):
        return {line.code: line for line in session.page(self.head.token, 0, 99, ctx=TaskContext())}

    def cell(self, code, country):
        return self.lines()[code].cells[country]

    def offers(self, code, country=""):
        line = self.lines()[code]
        return remedies_of_cell(line, country) if country else remedies_of_line(line)

    def clicks(self, kind, code, country=""):
        (one,) = [one for one in self.offers(code, country) if one.kind is kind]
        self.options = with_remedy(self.options, one)
        self.head = session.again(self.head.token, self.options, ctx=TaskContext())
        return self.cell(code, country) if country else self.lines()[code]


@pytest.fixture
def build(db, package, sheet):
    """`build(rows of the package, text of the sheet)`; the template offers ES and FR, and nothing for IT."""

    def begin(rows=(LAMP_ROW, OTHER_ROW), text=SHEET, **more):
        return Builder(db, package(list(rows)), BuildOptions(sheet(text) if text else None, TEMPLATE, **more))

    yield begin
    close_all()


def kinds(remedies):
    return [one.kind for one in remedies]


def test_a_price_below_home_takes_the_templates_or_is_left_out(build):
    user = build(text="商家编码,国家,价格\nAB1234-BK,ES,2.10\n")
    assert kinds(user.offers("AB1234-BK", "ES")) == [Kind.PRICE, Kind.EXCLUDE]
    assert user.offers("AB1234-BK", "FR") == (), "nothing is wrong there"
    cell = user.clicks(Kind.PRICE, "AB1234-BK", "ES")
    assert (cell.price_minor, cell.is_typed, cell.findings) == (936, True, ())
    assert kinds(user.offers("AB1234-BK", "ES")) == [Kind.FORGET]
    cell = user.clicks(Kind.FORGET, "AB1234-BK", "ES")
    assert (cell.price_minor, cell.is_typed) == (210, False)
    cell = user.clicks(Kind.EXCLUDE, "AB1234-BK", "ES")
    assert (cell.source, cell.why) == ("", "excluded")
    assert kinds(user.offers("AB1234-BK", "ES")) == [Kind.RESTORE]
    assert user.clicks(Kind.RESTORE, "AB1234-BK", "ES").price_minor == 210


def test_a_combination_without_a_price_is_left_out_or_written_without_stock(build):
    user = build()
    assert [one.open for one in user.head.columns] == [0, 0, 4], "Italy has no surcharge"
    cell = user.clicks(Kind.ZERO, "AB1234-WH", "IT")
    assert (cell.source, cell.stock, cell.price_minor, cell.code) == ("zero", 0, 336, "AB1234-WH_CIT")
    assert user.head.columns[2].open == 3
    assert user.clicks(Kind.EXCLUDE, "AB1234-BK", "IT").why == "excluded"
    assert user.head.columns[2].open == 2, "what was decided waits for nobody"
    assert user.clicks(Kind.FORGET, "AB1234-WH", "IT").why == "no_surcharge"


def test_a_typed_price_that_can_never_be_sent_is_put_right(build):
    user = build(prices={("AB1234-BK", "ES"): 10**9})
    assert user.cell("AB1234-BK", "ES").is_blocked
    assert kinds(user.offers("AB1234-BK", "ES")) == [Kind.FORGET, Kind.ZERO, Kind.EXCLUDE]
    assert user.clicks(Kind.FORGET, "AB1234-BK", "ES").price_minor == 923


def test_a_code_too_long_at_home_becomes_a_virtual_one_in_the_package_and_stays_it(db, build, package, tmp_path):
    info, codes = LAMP_ROW[2].replace("AB1234-WH", LONG), LAMP_ROW[3].replace("AB1234-WH", LONG)
    row = (*LAMP_ROW[:2], info, codes, *LAMP_ROW[4:])
    user = build([row], text="")
    assert kinds(user.offers(LONG)) == [Kind.SHORTEN]
    assert [one.code for one in user.lines()[LONG].findings] == [LONG]
    assert user.offers("AB1234-BK") == ()
    line = user.clicks(Kind.SHORTEN, LONG)
    assert [(one.check, one.detail) for one in line.findings] == [("virtual_code", "CB000001")]
    session.write(user.head.token, str(tmp_path / "out.zip"), ctx=TaskContext())
    made = [one.code for one in read_package(tmp_path / "out.zip").rows[0].variants]
    assert [code for code in made if code.startswith("CB")] == ["CB000001", "CB000001_CES", "CB000001_CFR"]
    again = Builder(db, tmp_path / "out.zip", replace(user.options, shortened=frozenset()))
    assert session.write(again.head.token, str(tmp_path / "twice.zip"), ctx=TaskContext()).left_out == []
    twice = [one.code for one in read_package(tmp_path / "twice.zip").rows[0].variants]
    assert twice == made, "doing it again changes nothing"


def test_what_stands_above_a_country_and_where_a_report_line_is_found(build):
    head = build(text="商家编码,国家,价格\nAB1234-BK,ES,2.10\n").head
    told = [(one.country, one.mark, one.source) for one in head.columns]
    assert told == [("ES", "_CES", "sheet"), ("FR", "_CFR", "surcharge"), ("IT", "_CIT", "surcharge")]
    assert (head.template, head.columns[0].open) == ("Europe", 1)
    lines = dict(zip([one.code for _, one in head.findings], head.finding_lines, strict=True))
    assert lines["AB1234-BK"] == 0
    assert len(head.missing_lines) == len(head.missing) == 4
    assert {head.codes[line] for line in head.missing_lines} == {one.code for one in head.missing}


def test_the_nearest_variants_are_offered_for_a_row_without_one():
    codes = ["AB1234-BK", "AB1234-WH", "AB1234-BK*2", "CD5678", "ZZ9-Q"]
    assert nearest_codes("ab1234-bl", codes)[0] == "AB1234-BK"
    assert nearest_codes("CD567", codes) == ["CD5678"]
    assert nearest_codes("XY0001", codes) == []


def test_what_keeps_stale_variants_is_no_edit_of_the_grid():
    options = BuildOptions(zeros=frozenset({("A", "ES")}))
    assert with_remedy(options, Remedy(Kind.KEEP, "", "US")) == options
    assert options.has_edits and not BuildOptions().has_edits
    assert with_remedy(options, Remedy(Kind.EXCLUDE, "A", "ES")).zeros == frozenset()
