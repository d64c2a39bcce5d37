"""The columns of the coverage view: the code, who sells it, and one for every store."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from app.messages import tr
from app.services.coverage.matrix import CoverageRow
from app.services.stores.records import StoreRecord
from app.views.cells import Cell, Column
from app.views.numbers import moment, moment_tip, money
from app.views.status import status

STORE_WIDTH = 190


def columns(stores: Sequence[StoreRecord]) -> tuple[Column, ...]:
    """Code and operator, then a column a store in the order of the stores."""
    return (
        Column("code", "coverage.column.code", _code, width=150, sort_key="code", fixed=True, elide="middle"),
        Column("member", "coverage.column.member", _member, width=110, sort_key="member"),
        *(
            Column(
                f"store_{store.id}",
                "coverage.column.store",
                partial(_store, store.id),
                width=STORE_WIDTH,
                name=store.name,
            )
            for store in stores
        ),
    )


def _code(row: CoverageRow) -> Cell:
    return Cell(row.code, strong=True)


def _member(row: CoverageRow) -> Cell:
    return Cell(row.member)


def _store(store_id: int, row: CoverageRow) -> Cell:
    """Price · stock · last sold behind the state; a store that has it not is left empty, what is unknown too."""
    cell = row.stores.get(store_id)
    if cell is None:
        return Cell("", is_excluded=True, tip=tr("coverage.gap"))
    parts = [
        "" if cell.price_minor is None else money(cell.price_minor),
        "" if cell.stock is None else tr("coverage.pieces", n=cell.stock),
        "" if cell.last_sold_ms is None else moment(cell.last_sold_ms),
    ]
    shown = " · ".join(part for part in parts if part)
    said = [status(f"listing.{cell.status}").word, shown]
    if cell.last_sold_ms is not None:
        said.append(tr("coverage.sold", at=moment_tip(cell.last_sold_ms)))
    if cell.more:
        said.append(tr("coverage.more", n=cell.more))
    return Cell(
        shown or status(f"listing.{cell.status}").word,
        status=f"listing.{cell.status}",
        tip="\n".join(filter(None, said)),
    )
