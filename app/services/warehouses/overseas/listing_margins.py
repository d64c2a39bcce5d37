"""What overseas variants of listings will earn: worked out as for any listing, and as the price guard will judge them
(`pricing/inputs.py`): with the listing's category, discounts and package, and the freight template it will have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import orjson
from sqlalchemy import Connection

from app.services.freight.columns import package_size
from app.services.listings.costs import told_cost
from app.services.listings.loading import load_listings
from app.services.listings.records import ListingRecord
from app.services.pricing.figures import FigureColumns
from app.services.pricing.given import UNKNOWN
from app.services.pricing.inputs import InputReader, Missing, SkuInput, SkuSource
from app.services.warehouses.overseas.grid import GridLine, Spot
from app.services.warehouses.overseas.margins import Earning
from app.services.warehouses.overseas.records import Unpriced
from app.services.warehouses.records import WarehouseTemplateRecord

_WHY = {
    Missing.RATE: "no_rate",
    Missing.COST: "no_cost",
    Missing.WEIGHT: "no_weight",
    Missing.CHANNEL: "no_route",
    Missing.CARRIER: "no_route",
    Missing.TEMPLATE: "no_template",
    Missing.ROUTE: "not_served",
    Missing.RANGE: "range",
    Missing.FEES: "fees",
}
"""What is missing, as `overseas.why.<name>`; a missing price says why itself."""
Place = tuple[int, str]
"""A line of the grid by its place among those asked for, and a country."""


def freight_template(record: ListingRecord, template: WarehouseTemplateRecord | None) -> str:
    """The freight template a listing has once it is built with *template*."""
    chosen = () if template is None else template.freight
    return next((one.template_id for one in chosen if one.store_id == record.store_id), record.freight_template_id)


def earn_as_listed(
    reader: InputReader,
    connection: Connection,
    lines: Sequence[GridLine],
    spots: Sequence[Spot],
    template: WarehouseTemplateRecord | None,
) -> None:
    """Put freight and margin into the cells of these lines of listings."""
    numbers = list(dict.fromkeys(line.product for line in lines))
    records = {record.id: record for record in load_listings(connection, numbers)}
    sources, places = list[SkuSource](), list[list[Place]]()
    for number in numbers:
        if number in records:
            of = [(at, line) for at, line in enumerate(lines) if line.product == number]
            cells = [(at, country) for at, line in of for country in line.cells]
            sources.append(_source(records[number], lines, spots, cells, template))
            places.append(cells)
    rows = reader.on(connection).read_these(sources)
    margins = FigureColumns(rows, reader.settings).listed("margin_bp") if rows else []
    flat = [place for cells in places for place in cells]
    for (at, country), row, margin in zip(flat, rows, margins, strict=True):
        line = lines[at]
        earning = Earning(row.freight_micro, None if margin == UNKNOWN else margin, _why(row, line))
        line.cells[country] = replace(line.cells[country], earning=earning)


def _source(
    record: ListingRecord,
    lines: Sequence[GridLine],
    spots: Sequence[Spot],
    cells: Sequence[Place],
    template: WarehouseTemplateRecord | None,
) -> SkuSource:
    """The listing with one variant a cell. Each has the code of the variant at home, for the goods are the same."""
    return SkuSource(
        record.id,
        record.store_id,
        record.category_id,
        freight_template(record, template),
        record.weight_g,
        record.currency,
        told_cost(orjson.dumps(record.extra).decode() if record.extra else None),
        [
            (0, lines[at].code, spots[lines[at].id][1], lines[at].cells[country].price_minor, country)
            for at, country in cells
        ],
        package_size((record.length_cm, record.width_cm, record.height_cm)),
    )


def _why(row: SkuInput, line: GridLine) -> Unpriced | None:
    """The first thing that is missing besides a price."""
    found = next((one for one in row.missing if one in _WHY), None)
    if found is None:
        return None
    subject = row.country if found in (Missing.CHANNEL, Missing.CARRIER, Missing.ROUTE) else line.code
    return Unpriced(_WHY[found], subject)
