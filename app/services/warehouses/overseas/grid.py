"""The grid variant × country, line by line: each variant sent from home with what it is offered for abroad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.services.codes.records import Reading
from app.services.warehouses.countries import countries
from app.services.warehouses.overseas.building import Product
from app.services.warehouses.overseas.margins import Earning, Terms, Wanted, earnings
from app.services.warehouses.overseas.prices import TemplatePrices, Unknown
from app.services.warehouses.overseas.records import Entry, Finding, Missing, Offer, Own, Severity, Source
from app.services.warehouses.overseas.running import Built


@dataclass(frozen=True, slots=True)
class GridCell:
    """One combination.

    Attributes:
        price_minor, stock, code: of the variant, None and "" where none is written.
        source: where it comes from, "" where none is written.
        row: of the sheet, 0 for none; `is_typed`: a person typed the price.
        why, subject: why there is none, see `Unpriced`.
        findings: what the checks say of it.
        suggested_minor: the template's price, where the one that counts is odd.
    """

    price_minor: int | None = None
    stock: int | None = None
    code: str = ""
    source: str = ""
    row: int = 0
    is_typed: bool = False
    why: str = ""
    subject: str = ""
    findings: tuple[Finding, ...] = ()
    earning: Earning | None = None
    suggested_minor: int | None = None

    @property
    def is_blocked(self) -> bool:
        """Whether a check forbids it."""
        return any(one.severity is Severity.BLOCK for one in self.findings)


@dataclass(frozen=True, slots=True)
class GridLine:
    """One variant sent from home.

    Attributes:
        id: position of the line.
        product, name: number and name of its product; `is_first`: the first line of it.
        key: match key of its goods.
        weight_g: None where unknown.
        findings: what the checks say of the variant at home.
        remark: check that keeps the product as it was, "" for none; `stale`: variants that are dropped.
    """

    id: int
    product: int
    name: str
    is_first: bool
    code: str
    key: str
    price_minor: int | None
    stock: int | None
    weight_g: int | None
    remark: str = ""
    stale: int = 0
    cells: dict[str, GridCell] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


Spot = tuple[int, int]
"""Place of a product in the build, and of one of its variants."""


def spots_of(built: Built) -> list[Spot]:
    """Where each line of the grid comes from."""
    home, found = countries().home, list[Spot]()
    for place, product in enumerate(built.build.products):
        entries = product.merged.entries
        own = [entry.own for entry in entries if entry.source is Source.HOME and entry.country == home]
        found += [(place, at) for at in own or range(len(product.variants))]
    return found


def lines(built: Built, spots: Sequence[Spot], first: int, count: int, terms: Terms | None = None) -> list[GridLine]:
    """Lines by position, with what they earn on these *terms*."""
    made = [_line(built, spots, number) for number in range(first, min(first + count, len(spots)))]
    if built.prices is not None and terms is not None:
        _earn(made, built, spots, built.prices, terms)
    return made


def _line(built: Built, spots: Sequence[Spot], number: int) -> GridLine:
    place, at = spots[number]
    product = built.build.products[place]
    own, merged = product.variants[at], product.merged
    reading = built.coder.read(own.code)
    entries = {entry.country: entry for entry in merged.entries if entry.own == at and entry.is_added}
    missing = {one.country: one for one in merged.missing if one.own == at}
    remarks = [one.check for one in merged.findings if one.severity is Severity.BLOCK and not one.country]
    return GridLine(
        id=number,
        product=product.number,
        name=product.name,
        is_first=number == 0 or spots[number - 1][0] != place,
        code=own.code,
        key=reading.match_key,
        price_minor=own.price_minor,
        stock=own.stock,
        weight_g=_weight(built.prices, own, reading),
        remark=remarks[0] if remarks and not merged.is_changed else "",
        stale=len(merged.removed),
        cells={
            country: _cell(own, reading, country, entries.get(country), missing.get(country), product, built)
            for country in built.build.countries
        },
        findings=tuple(one for one in merged.findings if one.code == own.code and one.country == countries().home),
    )


def _cell(
    own: Own,
    reading: Reading,
    country: str,
    entry: Entry | None,
    missing: Missing | None,
    product: Product,
    built: Built,
) -> GridCell:
    findings = tuple(one for one in product.merged.findings if one.code == own.code and one.country == country)
    spot = (reading.match_key, country)
    is_typed = spot in built.options.prices or spot in built.options.zeros
    if entry is None:
        why = ("", "") if missing is None else (missing.why or "no_row", missing.subject)
        cell = GridCell(is_typed=is_typed, why=why[0], subject=why[1], findings=findings)
    else:
        price = own.price_minor if entry.price_minor is None else entry.price_minor
        source = str(entry.source)
        cell = GridCell(price, entry.stock, entry.code, source, entry.row, is_typed, findings=findings)
    return replace(cell, suggested_minor=_suggested(own, reading, country, cell, built)) if findings else cell


def _suggested(own: Own, reading: Reading, country: str, cell: GridCell, built: Built) -> int | None:
    """The template's price, where it is another one than the *cell*'s."""
    offer = built.prices.offer(own, reading, country) if built.prices is not None else None
    return offer.price_minor if isinstance(offer, Offer) and offer.price_minor != cell.price_minor else None


def _weight(prices: TemplatePrices | None, own: Own, reading: Reading) -> int | None:
    if prices is None:
        return own.weight_g
    try:
        return prices.weight_g(own, reading)
    except Unknown:
        return None


def _earn(made: Sequence[GridLine], built: Built, spots: Sequence[Spot], prices: TemplatePrices, terms: Terms) -> None:
    """Put freight and margin into the cells of these lines."""
    wanted, places = list[Wanted](), list[tuple[GridLine, str]]()
    for line in made:
        place, at = spots[line.id]
        own = built.build.products[place].variants[at]
        for country, cell in line.cells.items():
            wanted.append((own, built.coder.read(own.code), country, cell.price_minor))
            places.append((line, country))
    for (line, country), earning in zip(places, earnings(wanted, prices, terms), strict=True):
        line.cells[country] = replace(line.cells[country], earning=earning)
