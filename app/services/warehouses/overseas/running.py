"""One build from its options: offers collected, codes made, every product merged. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from app.services.codes.known import store_marks, virtual_codes
from app.services.codes.reading import Reader
from app.services.codes.records import Reading
from app.services.codes.rules import PLAIN_STORE, CodeRules
from app.services.codes.virtual import BadVirtualCode, NoVirtualCodeFree, VirtualBook
from app.services.db import Database
from app.services.errors import InputError
from app.services.tasks import TaskContext
from app.services.warehouses.countries import countries
from app.services.warehouses.overseas.building import Build, Product
from app.services.warehouses.overseas.coding import Coder, Shorten
from app.services.warehouses.overseas.merging import Merger
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.prices import TemplatePrices, read_facts
from app.services.warehouses.overseas.records import Finding, Offer, Own, Severity, Source, Unpriced, Wish
from app.services.warehouses.overseas.sheet import OverseasSheet, read_sheet
from app.services.warehouses.records import WarehouseTemplateRecord

NO_TEMPLATE = WarehouseTemplateRecord(None, "")
"""Offers nothing."""


class NothingToOffer(InputError):
    """Neither a sheet nor a template says which countries there are."""

    code = "overseas.no_offers"


@dataclass(slots=True)
class Built:
    """A build that was run.

    Attributes:
        prices: of the template, None without one.
        read: how the store's codes are read.
        book: virtual codes that were given out.
        value_ids: Ships From by country as the template says it.
    """

    build: Build
    options: BuildOptions
    sheet: OverseasSheet
    prices: TemplatePrices | None
    coder: Coder
    book: VirtualBook
    value_ids: dict[str, str] = field(default_factory=dict)

    @property
    def virtual(self) -> list[str]:
        """New virtual codes, in their order."""
        return list(self.book.new)


def run_build(db: Database, products: list[Product], options: BuildOptions, ctx: TaskContext) -> Built:
    """Merge *products* as *options* say.

    Raises:
        NothingToOffer: neither sheet nor template.
        WorkbookError: the sheet cannot be read.
        TaskCancelled: stopped.
    """
    if options.sheet is None and options.template is None:
        raise NothingToOffer
    with db.reader.connect() as connection:
        marks = store_marks(connection).get(options.store_id, PLAIN_STORE) if options.store_id else PLAIN_STORE
        rules = CodeRules(None, virtual_codes(connection), marks)
        sheet = _sheet(options.sheet, Reader(rules), options, ctx)
        book = VirtualBook(connection)
        template = options.template
        coder = Coder(
            rules, _shortening(book), {one.country: one.mark for one in template.countries} if template else {}
        )
        prices = _prices(connection, products, coder, options)
        build = Build(products, _countries(sheet, options), errors=sheet.errors)
        met = build.merge(Merger(coder, _wish(build, sheet, prices, options)), ctx)
    if prices is not None:
        for product in build.changed:
            _note_guess(product, prices, coder, options)
    build.unmatched = sheet.unmatched(met)
    value_ids = {one.country: one.ships_from_id for one in template.countries} if template else {}
    return Built(build, options, sheet, prices, coder, book, value_ids)


def _sheet(path: Path | None, reader: Reader, options: BuildOptions, ctx: TaskContext) -> OverseasSheet:
    return OverseasSheet() if path is None else read_sheet(path, reader.read, options.fixes, ctx)


def _shortening(book: VirtualBook) -> Shorten:
    """Virtual codes for what does not fit; "" where there is none to be had."""

    def shorten(reading: Reading) -> str:
        try:
            return book.proposal(reading).code
        except (BadVirtualCode, NoVirtualCodeFree):
            return ""

    return shorten


def _prices(
    connection: Connection, products: list[Product], coder: Coder, options: BuildOptions
) -> TemplatePrices | None:
    return None if options.template is None else prices_of(connection, products, coder, options.template)


def prices_of(
    connection: Connection, products: list[Product], coder: Coder, template: WarehouseTemplateRecord = NO_TEMPLATE
) -> TemplatePrices:
    """Prices by *template*; without one what the goods cost and their freight, for margins beside a sheet's prices."""
    readings = (coder.read(own.code) for product in products for own in product.variants)
    return TemplatePrices(template, read_facts(connection, readings))


def _note_guess(product: Product, prices: TemplatePrices, coder: Coder, options: BuildOptions) -> None:
    """Say of *product* that a price of the template is one for plain goods, though nobody told that they are."""
    for entry in product.merged.entries:
        if entry.source is not Source.OFFER or entry.row:
            continue
        code = product.variants[entry.own].code
        reading = coder.read(code)
        if (reading.match_key, entry.country) not in options.prices and prices.is_guess(reading, entry.country):
            product.merged.findings.append(Finding("plain_goods", Severity.WARN, code))
            return


def _countries(sheet: OverseasSheet, options: BuildOptions) -> tuple[str, ...]:
    """Those of the sheet, then the template's others; with a template alone, its own."""
    own = () if options.template is None else [entry.country for entry in options.template.countries]
    return tuple(dict.fromkeys([*sheet.countries, *own]))


def _wish(build: Build, sheet: OverseasSheet, prices: TemplatePrices | None, options: BuildOptions) -> Wish:
    template = options.template
    real = set(options.real)
    if template is not None and not template.is_virtual:
        real.update(entry.country for entry in template.countries)

    def offer(own: Own, reading: Reading, country: str) -> Offer | Unpriced | None:
        """A person's price first, then the sheet's, then the template's."""
        typed = options.prices.get((reading.match_key, country)) if options.prices else None
        found = sheet.offer(own, reading, country) or (prices.offer(own, reading, country) if prices else None)
        if typed is None:
            return found
        if isinstance(found, Offer):
            return found._replace(price_minor=typed)
        return Offer(own.code, country, typed, stock_of(country, options))

    return Wish(
        countries=build.countries,
        offer=offer,
        zero_missing=options.zero_missing,
        real=frozenset(real),
        excluded=options.excluded,
        home_stock=template.home_stock if template is not None else None,
        zeros=options.zeros,
        shortened=options.shortened,
    )


def stock_of(country: str, options: BuildOptions) -> int:
    """The stock of overseas variants where nothing else says one: the template's, else the usual one."""
    entries = options.template.countries if options.template is not None else ()
    told = next((entry.stock for entry in entries if entry.country == country), None)
    return countries().stock if told is None else told
