"""Carriers' fees of all variants to many countries at once, as a sheet: what a team prices and plans with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from app.messages import Language, Messages
from app.services.db import Database
from app.services.freight.channels import Channels, read_channels
from app.services.freight.columns import SIZES_SQL, FreightTable, Sizes, charges_table
from app.services.freight.tariffs import MICRO, Tariff
from app.services.freight.trial import usual_countries
from app.services.listings.loading import chunks, id_list
from app.services.paging import Query
from app.services.pricing.inputs import InputReader, SkuInput
from app.services.pricing.rates import exchange_rates
from app.services.tasks import TaskContext
from app.services.workbooks import OutColumn, write_sheet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

CHUNK = 20_000
"""Listings whose variants are held at once."""
DIGITS = 4
"""Decimals of a fee in the sheet."""


@dataclass(frozen=True, slots=True)
class MassLine:
    """A variant with its fees in millionths of a CNY, a country each; None where it is not served or not known."""

    code: str
    listing_id: int
    ships_from: str
    weight_g: int | None
    fees: tuple[int | None, ...]


def export_table(
    database: Path,
    path: Path,
    chosen: Sequence[int] | Query,
    countries: Sequence[str],
    language: Language,
    *,
    ctx: TaskContext,
) -> int:
    """Write the fees of all variants of listings, ids or all of a filter, to .xlsx or .csv. Returns: how many.

    Args:
        countries: codes; none for the usual ones.

    Raises:
        UnknownKind: another ending. WorkbookError: it cannot be written.
        BadFreightInput: `freight.too_heavy`.
        TaskCancelled: stopped; no file is left behind.
    """
    from app.services.listings.source import ListingSource

    db, texts, targets = Database(database), Messages(language), tuple(countries) or usual_countries()
    names = [texts.text(f"freight.mass.{name}") for name in ("code", "listing", "ships_from", "weight")]
    columns = [OutColumn(name, is_text=at < 3) for at, name in enumerate(names)] + [OutColumn(code) for code in targets]
    try:
        ids = list(ListingSource(db).ids(chosen, ctx)) if isinstance(chosen, Query) else list(chosen)
        with db.reader.connect() as connection:
            rows = (
                (line.code, str(line.listing_id), line.ships_from, line.weight_g, *map(_shown, line.fees))
                for line in lines_of(connection, ids, targets, ctx)
            )
            return write_sheet(path, texts.text("freight.mass.sheet"), columns, rows, ctx).row_count
    finally:
        db.dispose()


def lines_of(
    connection: Connection, listing_ids: Sequence[int], targets: Sequence[str], ctx: TaskContext
) -> Iterator[MassLine]:
    """Every variant of these listings, in their order.

    Raises: BadFreightInput (`freight.too_heavy`), TaskCancelled.
    """
    reader, channels = InputReader.of(connection), read_channels(connection)
    rates = {currency: rate.rate for currency, rate in exchange_rates(connection).items()}
    done = 0
    for ids in chunks(sorted(listing_ids), CHUNK):
        ctx.checkpoint()
        rows, sides = reader.read(ids), _sides(connection, ids)
        found: dict[int, tuple[int | None, ...]] = {}
        for tariffs, numbers in _by_tariffs(rows, reader, channels, targets).items():
            table = _table(dict(zip(targets, tariffs, strict=True)), [rows[at] for at in numbers], sides)
            found |= zip(numbers, _fees(table, rates), strict=True)
        for at, row in enumerate(rows):
            yield MassLine(row.code, row.listing_id, row.ships_from, row.weight_g, found[at])
        done += len(ids)
        ctx.report(done, len(listing_ids))


def _by_tariffs(
    rows: Sequence[SkuInput], reader: InputReader, channels: Channels, targets: Sequence[str]
) -> dict[tuple[Tariff | None, ...], list[int]]:
    """Variants whose parcels go with the same tariffs everywhere; few of thousands differ."""
    chosen: dict[tuple[str, frozenset[str] | None], tuple[Tariff | None, ...]] = {}
    found: dict[tuple[Tariff | None, ...], list[int]] = {}
    for at, row in enumerate(rows):
        told = reader.goods.goods(row.store_id, row.code)[1].attributes
        key = (row.ships_from, told)
        if key not in chosen:
            chosen[key] = tuple(channels.choose(row.ships_from, told, country).tariff for country in targets)
        found.setdefault(chosen[key], []).append(at)
    return found


def _table(
    tariffs: dict[str, Tariff | None], rows: Sequence[SkuInput], sides: dict[int, tuple[int, int]]
) -> FreightTable:
    import numpy as np

    weights = np.array([row.weight_g or 0 for row in rows], np.int64)
    measured = [sides.get(row.listing_id, (0, 0)) for row in rows]
    volume, longest = np.array(measured, np.int64).reshape(-1, 2).T
    return charges_table(tariffs, weights, Sizes(volume, longest))


def _fees(table: FreightTable, rates: Mapping[str, Decimal]) -> Iterator[tuple[int | None, ...]]:
    """Parcel by parcel, in CNY."""
    columns: list[list[int | None]] = []
    for currency, fees, served in zip(table.currencies, table.fee_micro.tolist(), table.served.tolist(), strict=True):
        rate = rates.get(currency)
        columns.append(
            [
                _in_cny(fee, rate) if is_ok and rate is not None else None
                for fee, is_ok in zip(fees, served, strict=True)
            ]
        )
    return zip(*columns, strict=True)


def _in_cny(fee_micro: int, rate: Decimal) -> int:
    """Half up to the millionth."""
    return int((fee_micro * rate).to_integral_value(ROUND_HALF_UP))


def _sides(connection: Connection, listing_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Volume and longest side of packages, 0 where a side is not known."""
    rows = connection.exec_driver_sql(f"SELECT id, {SIZES_SQL} FROM listing WHERE id IN ({id_list(listing_ids)})")
    return {row[0]: (row[1], row[2]) for row in rows}


def _shown(fee_micro: int | None) -> float | None:
    return None if fee_micro is None else round(fee_micro / MICRO, DIGITS)
