"""Which stored figures are of yesterday: triggers note it in the transaction that changes what they are made from.

A changed listing costs one row in `figure_due`; what changes all of them (a rate, a tariff, a company table) counts
`figure_state.generation` up, whatever their number, and notes what of it is another. So a stale figure is known at once
and never taken for today's, and working figures out is left to `renewing`, after the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PREFIX = "figure_watch_"
_INSERTED, _WHEN_INSERTED = f"{_PREFIX}0", "AFTER INSERT ON listing"
_UPDATED, _WHEN_UPDATED = f"{_PREFIX}updated", "AFTER UPDATE OF updated_ms ON listing"
_CREATE = "CREATE TRIGGER {name} {when} BEGIN {does}; END"
MANY = 1_000
"""From so many listings on, noting them together pays."""
_DUE = (
    "INSERT INTO figure_due (listing_id) SELECT {id} "
    "WHERE NOT EXISTS (SELECT 1 FROM figure_due WHERE listing_id = {id})"
)
"""Not `OR IGNORE`: the statement that fires a trigger decides how conflicts within it are handled."""
_MEMBERS = (
    "INSERT INTO figure_due (listing_id) SELECT listing_id FROM marketing_member WHERE group_id = new.id "
    "AND listing_id NOT IN (SELECT listing_id FROM figure_due)"
)
ALL_ARE_DUE = "UPDATE figure_state SET generation = generation + 1, inputs = generation + 1"
_RECKONED = "UPDATE figure_state SET generation = generation + 1"
"""Costs, weights and routes are what they were: figures follow from them and the new shares."""
_RATES = "UPDATE figure_state SET generation = generation + 1, rates = generation + 1"
_ROUTE_NAMES = "('destination', 'channel')"
"""Settings of the team that decide about freight; the others are shares and amounts."""
OF_ALL = (
    "company_table",
    "virtual_item",
    "store_codes",
    "carrier_tariff",
    "freight_channel",
)
"""Tables of which any row changes the figures of many listings."""
_INHERITED = " AND ".join(
    ("EXISTS (SELECT 1 FROM commission WHERE category_id <> '')", "EXISTS (SELECT 1 FROM listing_figure)")
)
"""Where a category has a commission of its own, those below it take it over: whose parent is another matters."""
_ACTS = {"INSERT": "new", "UPDATE": "new", "DELETE": "old"}


def watch_inputs(connection: Connection) -> None:
    """Make the triggers anew, for the tables there are."""
    stored = connection.exec_driver_sql("SELECT type, name FROM sqlite_master").all()
    for kind, name in stored:
        if kind == "trigger" and name.startswith(_PREFIX):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    tables = {name for kind, name in stored if kind == "table"}
    for number, (table, when, does) in enumerate(_triggers()):
        if table in tables:
            name = _UPDATED if when == _WHEN_UPDATED else f"{_PREFIX}{number}"
            connection.exec_driver_sql(_CREATE.format(name=name, when=when, does=does))


@contextmanager
def noted_at_once(connection: Connection, chosen: str) -> Iterator[None]:
    """Within the block, the listings of *chosen*, a SELECT of ids that stays the same, are updated, and no others: they
    are noted together at its end. Row by row that takes as long again as the update of a listing itself. On an
    exception the transaction must be rolled back.
    """
    many = f"SELECT count(*) >= {MANY} FROM ({chosen})"
    if not connection.exec_driver_sql(many).scalar_one():
        yield
        return
    with _without(connection, _UPDATED, _WHEN_UPDATED, chosen):
        yield


@contextmanager
def inserted_at_once(connection: Connection, first: int, count: int) -> Iterator[None]:
    """As `noted_at_once`, where *count* listings with ids from *first* on are inserted, and no others."""
    if count < MANY:
        yield
        return
    with _without(connection, _INSERTED, _WHEN_INSERTED, f"SELECT id FROM listing WHERE id >= {first}"):
        yield


@contextmanager
def _without(connection: Connection, name: str, when: str, chosen: str) -> Iterator[None]:
    """Without a trigger that notes listings one by one; those of *chosen* are noted at the end."""
    connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    connection.exec_driver_sql(
        f"INSERT INTO figure_due (listing_id) SELECT * FROM ({chosen}) WHERE true ON CONFLICT DO NOTHING"
    )
    connection.exec_driver_sql(_CREATE.format(name=name, when=when, does=_DUE.format(id="new.id")))


def _triggers() -> list[tuple[str, str, str]]:
    """Table, when, and what follows."""
    found = [
        ("listing", _WHEN_INSERTED, _DUE.format(id="new.id")),
        ("listing", _WHEN_UPDATED, _DUE.format(id="new.id")),
        ("listing", "AFTER DELETE ON listing", _DUE.format(id="old.id")),
        ("marketing_group", "AFTER UPDATE ON marketing_group", _MEMBERS),
        ("freight_template", "AFTER INSERT ON freight_template", ALL_ARE_DUE),
        (
            "freight_template",
            "AFTER UPDATE OF services ON freight_template WHEN new.services IS NOT old.services",
            ALL_ARE_DUE,
        ),
    ]
    found += [
        ("category", f"AFTER INSERT ON category WHEN {_INHERITED}", ALL_ARE_DUE),
        ("category", f"AFTER DELETE ON category WHEN {_INHERITED}", ALL_ARE_DUE),
        (
            "category",
            f"AFTER UPDATE OF parent_id ON category WHEN new.parent_id IS NOT old.parent_id AND {_INHERITED}",
            ALL_ARE_DUE,
        ),
    ]
    for act, row in _ACTS.items():
        found.append(("marketing_member", f"AFTER {act} ON marketing_member", _DUE.format(id=f"{row}.listing_id")))
        found += [(table, f"AFTER {act} ON {table}", ALL_ARE_DUE) for table in OF_ALL]
        found.append(("exchange_rate", f"AFTER {act} ON exchange_rate", _RATES))
        found.append(("commission", f"AFTER {act} ON commission", _RECKONED))
        for names, does in ((f"IN {_ROUTE_NAMES}", ALL_ARE_DUE), (f"NOT IN {_ROUTE_NAMES}", _RECKONED)):
            when = f"AFTER {act} ON pricing_setting WHEN {row}.name {names}"
            found.append(("pricing_setting", when, does))
    return found


def is_waiting(connection: Connection) -> bool:
    """Whether any figure is of yesterday. Quick, also where none is."""
    sql = "SELECT (SELECT generation <> renewed FROM figure_state) OR EXISTS (SELECT 1 FROM figure_due)"
    return bool(connection.exec_driver_sql(sql).scalar_one())
