"""Marketing groups a sheet names: found by name, however it is cased; new ones are made only where the user agreed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.services.listings.importing.refusing import Refuser
from app.services.listings.marketing.groups import LONGEST_NAME, add_marketing_group
from app.services.listings.marketing.membership import known_names
from app.services.listings.text import fold
from app.services.workbooks import ListingTable

FIELD = "marketing_group"


@dataclass(frozen=True, slots=True)
class SheetGroups:
    """What a sheet says of marketing groups.

    Attributes:
        values: the group of each row as the store writes it, None where the row says nothing; empty without the column.
        new: names the store has no group of, in the order of the sheet.
    """

    values: Sequence[str | None] = ()
    new: tuple[str, ...] = ()


def groups_of(table: ListingTable, connection: Connection, store_id: int, *, makes_groups: bool) -> SheetGroups:
    """The groups the rows name; a row whose group the store does not have is refused unless *makes_groups*.

    A discount is no column of such a sheet: the groups keep theirs, and new ones have none planned.
    """
    cells = table.fields.get(FIELD)
    column = next(iter(table.recognition.of(FIELD)), None)
    if cells is None or column is None:
        return SheetGroups()
    known = known_names(connection, store_id)
    found: dict[str | None, str | None] = {None: None}
    new: dict[str, str] = {}
    for cell in dict.fromkeys(cells):
        if cell is not None:
            name = " ".join(cell.split())
            found[cell] = known.get(fold(name)) or new.setdefault(fold(name), name)
    _refuse(table, {name for name in new.values() if not makes_groups or len(name) > LONGEST_NAME}, found)
    return SheetGroups([found[cell] for cell in cells], tuple(name for name in new.values() if _fits(name)))


def _fits(name: str) -> bool:
    return len(name) <= LONGEST_NAME


def _refuse(table: ListingTable, left: Collection[str], found: dict[str | None, str | None]) -> None:
    column = next(iter(table.recognition.of(FIELD)))
    refuser = Refuser(table)
    for position, cell in enumerate(table.fields[FIELD]) if left else ():
        name = found[cell]
        if name in left and position not in table.refused:
            code = "marketing_unknown" if _fits(name or "") else "marketing_name"
            refuser.refuse(position, column, cell, code, {"most": str(LONGEST_NAME)})
    refuser.done()


def make_groups(connection: Connection, store_id: int, names: Iterable[str | None]) -> None:
    """Make the groups of *names* that the store does not have, in the caller's transaction."""
    known = set(known_names(connection, store_id))
    for name in dict.fromkeys(names):
        if name and fold(name) not in known:
            add_marketing_group(connection, store_id, name)
            known.add(fold(name))


def put_new(connection: Connection, store_id: int, groups: Iterable[tuple[int, str | None]]) -> None:
    """Put listings that were just made into their groups: pairs of id and name."""
    rows = [(listing_id, store_id, name) for listing_id, name in groups if name]
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO marketing_member (listing_id, group_id) SELECT ?, id FROM marketing_group "
            "WHERE store_id = ? AND name = ?",
            rows,
        )
