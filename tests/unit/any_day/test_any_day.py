"""Imports, edits, bulk edits, publishing, syncing and taking back in any order: the database always equals a model.

The marketplace is the practice market over real HTTP. `SHANGJIA_ANY_DAY=500x40` runs 500 random examples of 40 steps.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.services.clock import from_ms, now_ms
from app.services.compliance.recheck import recheck
from app.services.errors import NotFound
from app.services.history.records import UndoResult
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import AddTag, ChangeNumber, Limits, RemoveTag, ReplaceText
from app.services.listings.derived import DERIVED_COLUMNS, derive
from app.services.listings.editing import ListingEdit
from app.services.listings.records import ListingRecord
from app.services.listings.source import ListingSource
from app.services.listings.tables import WHOLE
from app.services.paging import Query
from tests.unit.any_day.fields import (
    METALS,
    TYPED,
    bulk_parts,
    from_a_sheet,
    is_same,
    loses_nothing,
    metals,
    on_the_platform,
    sheet_texts,
    stored,
)
from tests.unit.any_day.model import Deed, Model, Reversed, fields_of
from tests.unit.any_day.time_travel import events_since, go_back
from tests.unit.any_day.world import Ground, Row, World, copied, ground

LONG = os.environ.get("SHANGJIA_ANY_DAY", "")
EXAMPLES, STEPS = map(int, (LONG or "24x24").split("x"))
KEYS = ("K1", "K2", "K3", "K4")
keys = st.sets(st.sampled_from(KEYS), min_size=1).map(sorted)
prices, stocks = st.integers(300, 9000), st.integers(1, 300)


def title(key: str, metal: str) -> str:
    return f"{metal} Lamp Socket With Switch For Bedside Lights Series {key}"


@dataclass(frozen=True)
class Past:
    """A state that was there: at which moment, and at which tick of the model."""

    moment: int
    tick: int
    rows: dict[int, Row]


class AnyDay(RuleBasedStateMachine):
    """See `Model` for what is expected, `World` for what is done."""

    shared: Ground

    @initialize()
    def begin(self) -> None:
        self.world = World(self.shared, Path(tempfile.mkdtemp(prefix="any-day-")))
        self.model = Model()
        self.typed: Deed | None = None
        self.past: list[Past] = []
        self.synced: list[tuple[int, int]] = []

    # -- changing ------------------------------------------------------------------------------------------------

    @rule(
        chosen=keys, metal=metals, price=prices, stock=stocks, days=st.integers(2, 7), picture=st.integers(0, 2),
        texts=sheet_texts,
    )  # fmt: skip
    def load_a_sheet(
        self, chosen: list[str], metal: str, price: int, stock: int, days: int, picture: int, texts: Row
    ) -> None:
        known = {key: number for number, key in self.model.keys.items() if number in self.model.rows}
        rows: dict[str, Row] = {}
        for key in chosen:
            there = self.model.rows[known[key]] if key in known else {"tags": (), "attributes": ()}
            rows[key] = {
                "title": title(key, metal), "handling_days": days, "weight_g": 90, "tags": there["tags"],
                "images": (self.shared.pictures[picture],),
                "skus": {f"{key}-BK": (price, stock), f"{key}-WH": (price + 100, stock)},
                **texts, "attributes": from_a_sheet(texts["attributes"], there["attributes"]),
            }  # fmt: skip
        uid = self.world.load(rows)
        ids = {record.product_key: record.id for record in self.world.records()}
        self.model.keys |= {ids[key]: key for key in chosen}
        self.model.change(
            uid, {ids[key]: rows[key] for key in chosen}, {ids[key] for key in chosen} - {*known.values()}
        )

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data(), price=prices, stock=stocks, weight=st.integers(50, 400), goes_on=st.booleans())
    def type_into_a_row(self, data: Any, price: int, stock: int, weight: int, goes_on: bool) -> None:
        number = data.draw(st.sampled_from(sorted(self.model.rows)))
        field = data.draw(st.sampled_from(("price", "stock", "weight", "images", *TYPED)))
        record = next(one for one in self.world.records() if one.id == number)
        row = copied({0: self.model.rows[number]})[0]  # type: ignore[dict-item, index]
        edit = ListingEdit(number)
        first = record.skus[0]
        if field in ("price", "stock"):
            name, value = ("price_minor", price) if field == "price" else ("stock", stock)
            edit = ListingEdit(number, skus={first.id or 0: {name: value}})
            pair = row["skus"][first.code]
            row["skus"][first.code] = (price, pair[1]) if field == "price" else (pair[0], stock)
        elif field == "weight":
            edit, row["weight_g"] = ListingEdit(number, {"weight_g": weight}), weight
        elif field in TYPED:
            row[field] = data.draw(TYPED[field])
            edit = ListingEdit(number, {field: stored(field, row[field])})
        else:
            images = data.draw(st.lists(st.sampled_from(self.shared.pictures), min_size=1, max_size=3, unique=True))
            edit, row["images"] = ListingEdit(number, images=images), tuple(images)
        self._type(edit, row, goes_on)

    def _type(self, edit: ListingEdit, row: Row, goes_on: bool) -> None:
        newest = self.model.deeds[-1] if self.model.deeds else None
        continues = newest if goes_on and newest is self.typed and newest is not None and not newest.is_undone else None
        uid = continues.uid if continues is not None else None
        change = self.world.desk.save([edit], row["title"], continues=uid)
        if change is not None and continues is not None and change.uid == continues.uid:
            self.model.go_on(continues, {edit.listing_id: row})
            self.past = [one for one in self.past if one.tick < continues.at]  # it is one change, all of that time
        else:
            self.typed = self.model.change(change.uid if change is not None else None, {edit.listing_id: row})

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data(), percent=st.integers(-60, 150), old=metals, new=metals, days=st.integers(2, 7))
    def edit_in_bulk(self, data: Any, percent: int, old: str, new: str, days: int) -> None:
        ids = sorted(data.draw(st.sets(st.sampled_from(sorted(self.model.rows)), min_size=1)))
        price = ChangeNumber("price_minor", "percent", Decimal(percent), limits=Limits(Decimal(3), Decimal(90)))
        parts = {
            "price": (price, lambda row: row | {"skus": _raised(row["skus"], percent)}),
            "stock": (
                ChangeNumber("stock", "set", Decimal(days)),
                lambda row: row | {"skus": {code: (pair[0], days) for code, pair in row["skus"].items()}},
            ),
            "title": (ReplaceText("title", old, new), lambda row: row | {"title": row["title"].replace(old, new)}),
            "days": (ChangeNumber("handling_days", "set", Decimal(days)), lambda row: row | {"handling_days": days}),
            "tag": (AddTag(old), lambda row: row | {"tags": tuple(sorted({*row["tags"], old}))}),
            "no tag": (RemoveTag(old), lambda row: row | {"tags": tuple(one for one in row["tags"] if one != old)}),
            **bulk_parts(old, new, data.draw),
        }
        names = data.draw(st.lists(st.sampled_from(sorted(parts)), min_size=1, max_size=3, unique=True))
        after = {number: self.model.rows[number] for number in ids}
        for name in names:
            after = {number: parts[name][1](row) for number, row in after.items()}
        done = self.world.bulk(BulkEdit(tuple(parts[name][0] for name in names)), ids)
        assert done.moved == ()
        assert done.changed == sum(after[number] != self.model.rows[number] for number in ids)
        self.model.change(done.change.uid if done.change is not None else None, after)

    # -- taking back ---------------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.to_undo())
    @rule()
    def take_back(self) -> None:
        deed = self.model.to_undo()
        assert deed is not None
        self._compare(self.world.desk.undo(), self.model.reverse(deed))

    @precondition(lambda self: self.model.to_redo())
    @rule()
    def do_again(self) -> None:
        deed = self.model.to_redo()
        assert deed is not None
        self._compare(self.world.desk.redo(), self.model.redo(deed))

    @precondition(lambda self: self._standing())
    @rule(data=st.data())
    def take_back_a_part(self, data: Any) -> None:
        deed = data.draw(st.sampled_from(self._standing()))
        ids = sorted({*deed.cells, *deed.made})
        only = data.draw(st.none() | st.sets(st.sampled_from(ids), min_size=1).map(sorted))
        known = fields_of([deed])
        fields = data.draw(st.none() | st.sets(st.sampled_from(known), min_size=1).map(sorted)) if known else None
        done = self.world.desk.undo(deed.uid, only, fields=fields)
        self._compare(done, self.model.reverse(deed, only, fields))

    @precondition(lambda self: self.past)
    @rule(data=st.data())
    def go_back_in_time(self, data: Any) -> None:
        """To any state that was there before, of changes, undos and redos alike."""
        since = data.draw(st.sampled_from(self.past))
        foreseen = deepcopy(self.model)
        count, expected = go_back(foreseen, since.tick)
        if expected.conflicts and any(
            one.undo and not one.is_back and one.undo.made for one in events_since(self.model, since.tick)
        ):
            return  # variants of listings that stay may have the numbers of those that would come back
        self.model = foreseen
        self.typed = None
        assert self.world.desk.count_since(from_ms(since.moment)) == count
        if not count:
            with pytest.raises(NotFound):
                self.world.desk.go_back(from_ms(since.moment))
            return
        done = self.world.desk.go_back(from_ms(since.moment))
        assert (len(done.changes), set(done.conflicts)) == (count, expected.conflicts)
        assert set(done.restored) <= expected.restored
        if not done.conflicts:
            elsewhere = self._synced_since(since)
            for number in (since.rows.keys() | self.model.rows.keys()) - elsewhere:
                assert self.model.rows.get(number) == since.rows.get(number), number

    def _synced_since(self, since: Past) -> set[int]:
        """What a sync brought is no change: it stays."""
        return {number for tick, number in self.synced if tick >= since.tick}

    @invariant()
    def remember(self) -> None:
        """Each state, and a moment at which it was there."""
        if hasattr(self, "world") and (not self.past or self.past[-1].tick != self.model.tick):
            time.sleep(0.002)
            self.past.append(Past(now_ms(), self.model.tick, copied(self.model.rows)))
            time.sleep(0.002)

    def _standing(self) -> list[Deed]:
        return [one for one in self.model.deeds if one.of is None and not one.is_undone]

    def _compare(self, done: UndoResult, expected: Reversed) -> None:
        assert (done.restored, set(done.conflicts)) == (len(expected.restored), expected.conflicts)

    # -- the platform --------------------------------------------------------------------------------------------

    @precondition(lambda self: self._seen())
    @rule(data=st.data())
    def publish(self, data: Any) -> None:
        """Not what somebody changed there unseen: an edit of a few prices leaves their other prices, a whole one does
        not."""
        ids = sorted(data.draw(st.sets(st.sampled_from(self._seen()), min_size=1)))
        unsent = [number for number in ids if self.model.is_unsent(number)]
        result = self.world.publish(ids)
        assert (result.live if result is not None else 0) == len(unsent)
        for number in unsent:
            self.model.there[number] = self.model.known[number] = self.model.rows[number]

    def _seen(self) -> list[int]:
        """Listings of which we know what the platform has."""
        there, known = self.model.there, self.model.known
        return sorted(
            one
            for one, row in self.model.rows.items()
            if is_same(there.get(one), known.get(one)) and loses_nothing(row, there.get(one))
        )

    @precondition(lambda self: self.model.there)
    @rule(data=st.data(), price=prices)
    def reprice_there(self, data: Any, price: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.model.there)))
        row = self.model.there[number]
        code = sorted(row["skus"])[0]
        product_id = self.world.one("SELECT product_id FROM listing WHERE id = ?", number)
        self.world.reprice_there(product_id, code, price)
        self.model.there[number] = row | {"skus": row["skus"] | {code: (price, row["skus"][code][1])}}

    @precondition(lambda self: self.model.there)
    @rule()
    def sync(self) -> None:
        found = self.world.sync()
        assert not found.listings.failed
        for number, there in self.model.there.items():
            self.model.read(number, there)
            if not self.model.is_unsent(number):
                self.synced.append((self.model.tick, number))

    # -- what always holds ---------------------------------------------------------------------------------------

    @invariant()
    def is_as_the_model(self) -> None:
        if not hasattr(self, "world"):
            return
        model = self.model
        assert self.world.rows() == {model.keys[number]: row for number, row in model.rows.items()}
        records = self.world.records()
        self._derived_columns_follow(records)
        unsent = {one.id for one in records if one.sent_hash is None or one.is_changed_since_publish}
        assert unsent == {number for number in model.rows if model.is_unsent(number)}
        undone, redone = self.world.desk.can_undo(), self.world.desk.can_redo()
        expected, again = model.to_undo(), model.to_redo()
        assert (undone.uid if undone else None) == (expected.uid if expected else None)
        assert (redone is None) is (again is None)
        for metal in METALS:
            found = ListingSource(self.world.db).ids(Query(text=metal))
            assert set(found) == {
                number for number, row in model.rows.items() if metal in row["title"] + row["keywords"]
            }

    def _derived_columns_follow(self, records: list[ListingRecord]) -> None:
        """The words to be searched in any order: a product id comes behind the others."""
        with self.world.db.reader.connect() as connection:
            sql = f"SELECT {', '.join(DERIVED_COLUMNS)} FROM {WHOLE} ORDER BY id"
            found = [dict(row) for row in connection.exec_driver_sql(sql).mappings()]
        expected = [derive(record) for record in records]
        for one in (*found, *expected):
            one["search_text"] = sorted(one["search_text"].split("\n"))
        assert found == expected

    @invariant()
    def the_platform_has_what_was_sent(self) -> None:
        if not hasattr(self, "world"):
            return
        expected = [on_the_platform(row) for row in self.model.there.values()]
        assert sorted(self.world.there(), key=_title) == sorted(expected, key=_title)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self._findings_are_as_a_fresh_check_says()
            self.world.close()

    def _findings_are_as_a_fresh_check_says(self) -> None:
        sql = "SELECT group_concat(id || ':' || block_count || ':' || hold_count || ':' || warn_count) FROM listing"
        before = self.world.one(sql)
        recheck(self.world.db, None)
        assert self.world.one(sql) == before


def _title(row: Row) -> str:
    return str(row["title"])


def _raised(skus: dict[str, tuple[int, int]], percent: int) -> dict[str, tuple[int, int]]:
    """Prices by so many percent, halves up; a result that is out of bounds leaves its price."""
    after = {}
    for code, (price, stock) in skus.items():
        new = int((Decimal(price) * (100 + percent) / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        after[code] = (new if 300 <= new <= 9000 else price, stock)
    return after


AnyDay.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # shrinking takes minutes; a failure says how to repeat it
    report_multiple_bugs=False,
    deadline=None,
    derandomize=not LONG,
)


class TestAnyDay(AnyDay.TestCase):  # type: ignore[misc, name-defined]
    @pytest.fixture(autouse=True, scope="class")
    @staticmethod
    def _ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
        with ground(tmp_path_factory.mktemp("any-day")) as shared:
            AnyDay.shared = shared
            yield
