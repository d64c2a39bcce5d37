"""The columns of the builder's grid: a variant, its home price, then one column a country in the chosen mode."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from app.messages import messages, tr
from app.services.warehouses.countries import countries
from app.services.warehouses.overseas.grid import GridCell, GridLine
from app.services.warehouses.overseas.heading import SHEET, CountryColumn
from app.services.warehouses.overseas.records import Severity, Source
from app.services.warehouses.overseas.session import BuildHead
from app.services.warehouses.overseas.wording import finding_sentence, missing_why
from app.views.cells import MISSING, Badge, Cell, Column
from app.views.numbers import cents, integer, money, percent, plain_money

MODES = ("price", "margin", "freight", "code")
BP = Decimal(10_000)
"""Margins are hundredths of a percent."""
THIN_BP = 300
"""Below 3 % of revenue a margin is thin (domain.md 10.3: the margin of the cheapest step)."""


def columns(head_of: Callable[[], BuildHead], mode: str) -> tuple[Column, ...]:
    """All columns of a build. Its countries say above what they are worked out from and what waits for a person; that
    is asked anew whenever it is painted, for another build of the same countries keeps the columns."""
    return (
        Column("product", "overseas.column.product", _product, width=240, min_width=140, stretch=True, fixed=True),
        Column(
            "code", "overseas.column.code", _code, width=130, min_width=110, elide="middle", subtitle=_below("code")
        ),
        Column("weight", "overseas.column.weight", _weight, width=56, align="right", subtitle=_below("weight")),
        Column("home", "overseas.column.home", _home, width=84, align="right", subtitle=_below("home")),
        *(_country(number, code, head_of, mode) for number, code in enumerate(head_of().countries)),
    )


def _below(name: str) -> Callable[[], str]:
    """What stands below the title of a column: its unit, or what the second line of its cells is."""
    return lambda: tr(f"overseas.column.{name}.below")


def _product(line: GridLine) -> Cell:
    badges = (Badge(str(line.stale), "amber"),) if line.is_first and line.stale else ()
    tip = tr("overseas.stale", n=line.stale) if badges else line.name
    if line.remark:
        tip = finding_sentence_of(line.remark)
        return Cell(line.name, tone="red", strong=line.is_first, badges=badges, tip=tip)
    return Cell(line.name, tone="text" if line.is_first else "text2", strong=line.is_first, badges=badges, tip=tip)


def finding_sentence_of(check: str) -> str:
    """A check that keeps a whole product as it was."""
    return tr(f"overseas.finding.{check}", code="", country="", detail="")


def _code(line: GridLine) -> Cell:
    tip = "\n".join(finding_sentence(one) for one in line.findings)
    is_bad = any(one.severity is Severity.BLOCK for one in line.findings)
    return Cell(line.code or "–", tone="text2", is_refused=is_bad, tip=tip)


def _weight(line: GridLine) -> Cell:
    return MISSING if line.weight_g is None else Cell(integer(line.weight_g))


def _home(line: GridLine) -> Cell:
    stock = "–" if line.stock is None else integer(line.stock)
    return Cell("–" if line.price_minor is None else money(line.price_minor), second=stock)


def _country(number: int, code: str, head_of: Callable[[], BuildHead], mode: str) -> Column:
    name = countries().name(code, messages.language)
    return Column(
        f"country.{code}",
        "",
        partial(_cell, code, mode),
        align="left" if mode == "code" else "right",
        width=150 if mode == "code" else 124,
        min_width=72,
        subtitle=lambda: _above(head_of().columns[number]),
        tip=lambda: _whole(head_of().columns[number], head_of().template),
        name=name,
        edit=partial(_edited, code) if mode == "price" else None,
    )


def _above(one: CountryColumn) -> str:
    """Second line of the header: what waits for a person, the mark of the codes, where prices come from."""
    waits = tr("overseas.above.open", n=one.open) if one.open else ""
    return " · ".join(filter(None, (waits, one.mark, "" if waits else tr(f"overseas.above.{one.source}"))))


def _whole(one: CountryColumn, template: str) -> str:
    """All there is to say of a country, as the tooltip of its header."""
    key = "overseas.above.by_sheet" if one.source == SHEET else "overseas.above.by_template"
    source = tr(f"warehouses.prices.{one.source}")
    return tr(key, mark=one.mark, source=source, template=template, n=one.open)


def _edited(code: str, line: GridLine) -> str | None:
    """What an editor starts with; None where no price can be given."""
    cell = line.cells.get(code)
    if not line.key or line.remark or cell is None or cell.source == Source.REAL:
        return None
    return "" if cell.price_minor is None else plain_money(cell.price_minor)


def _cell(code: str, mode: str, line: GridLine) -> Cell:
    cell = line.cells.get(code)
    if cell is None:
        return MISSING
    tip = "\n".join(finding_sentence(one) for one in cell.findings)
    if not cell.source:
        return _nothing(cell, tip)
    text, second = _texts(mode, cell)
    warned = [one.check for one in cell.findings if one.check in ("below_home", "far_above")]
    if warned and mode == "price":
        second = tr(f"overseas.short.{warned[0]}")
    return Cell(
        text,
        tone="red" if warned and mode == "price" else "text",
        second=second,
        second_tone="text2" if mode == "code" else "red" if warned else _second_tone(cell),
        is_changed=cell.is_typed,
        tip=tip or _why_unknown(cell),
        copied=None if mode != "price" or cell.price_minor is None else plain_money(cell.price_minor),
    )


def _nothing(cell: GridCell, tip: str) -> Cell:
    """No variant is written: why, in short and in full."""
    if cell.is_blocked:
        return Cell("–", is_refused=True, tip=tip, second=tr(f"overseas.short.{cell.findings[0].check}"))
    why = cell.why or "no_row"
    full = tip or missing_why(why, cell.subject)
    is_quiet = why in ("no_row", "excluded")
    return Cell(
        "–",
        tone="text3",
        second=tr(f"overseas.short.{why}"),
        second_tone="text2" if is_quiet else "red",
        is_excluded=is_quiet,
        tip=full,
        copied="",
    )


def _texts(mode: str, cell: GridCell) -> tuple[str, str]:
    price = "–" if cell.price_minor is None else money(cell.price_minor)
    if mode == "price":
        return price, tr("overseas.of", margin=_margin(cell), source=_source(cell))
    if mode == "margin":
        return _margin(cell), price
    if mode == "freight":
        micro = None if cell.earning is None else cell.earning.freight_micro
        return "–" if micro is None else money(cents(micro)), price
    return cell.code, tr("overseas.stock", n="–" if cell.stock is None else integer(cell.stock))


def _margin(cell: GridCell) -> str:
    found = None if cell.earning is None else cell.earning.margin_bp
    return "–" if found is None else percent(Decimal(found) / BP)


def _source(cell: GridCell) -> str:
    if cell.is_typed:
        return tr("overseas.source.typed")
    if cell.source == Source.ZERO:
        return tr("overseas.source.zero")
    return tr("overseas.source.sheet" if cell.row else "overseas.source.template")


def _second_tone(cell: GridCell) -> str:
    margin = None if cell.earning is None else cell.earning.margin_bp
    if margin is None:
        return "text2"
    return "red" if margin < 0 else "amber" if margin < THIN_BP else "text2"


def _why_unknown(cell: GridCell) -> str:
    """What is missing for freight and margin."""
    if cell.earning is None or cell.earning.why is None:
        return ""
    return missing_why(cell.earning.why.why, cell.earning.why.subject)
