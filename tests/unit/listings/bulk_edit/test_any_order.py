"""Edits, undos and redos in any order: the database always equals a simple model."""

from __future__ import annotations

import copy
import shutil
import tempfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.services.db import Database
from app.services.history.listing import can_redo, can_undo
from app.services.history.undo import redo, undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import ChangeNumber, Limits, ReplaceText
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.derived import DERIVED_COLUMNS, derived_row
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listings
from app.services.listings.records import SkuRecord
from app.services.listings.tables import WHOLE
from app.services.listings.writing import insert_skus, refresh_derived, sku_row
from app.services.tasks import TaskContext
from tests.listing_rows import add_listing

LISTINGS, SKUS = 3, 2
Rows = dict[int, tuple[str, list[tuple[int | None, int | None]]]]
chosen = st.sets(st.integers(1, LISTINGS), min_size=1).map(sorted)


class Machine(RuleBasedStateMachine):
    """The model: titles, prices and stocks by listing, with the states before for undo and those ahead for redo."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copyfile(self.template, self.folder / "shangjia.db")
        self.db = Database(self.folder / "shangjia.db")
        self.rows: Rows = {}
        with self.db.write() as session:
            for number in range(1, LISTINGS + 1):
                add_listing(session, id=number, store_id=1, title=f"old {number}", created_ms=1, updated_ms=1)
                numbers = [(100 * number, 5), (None, 7)]
                skus = [SkuRecord(None, f"C{number}{n}", *pair) for n, pair in enumerate(numbers)]
                insert_skus(session.connection(), [sku_row(number, n, sku) for n, sku in enumerate(skus)])
                self.rows[number] = (f"old {number}", list(numbers))
            refresh_derived(session.connection(), load_listings(session, range(1, LISTINGS + 1)), 1)
        self.undone: list[Rows] = []
        self.past: list[Rows] = []

    def _edit(self, edit: BulkEdit, ids: list[int], after: Rows) -> None:
        plan = plan_edit(self.db, edit, ids, TaskContext(), checks=False)
        try:
            done = apply_plan(plan, TaskContext())
        finally:
            plan.close()
        differing = sum(self.rows[number] != after[number] for number in after)
        assert done.changed == plan.counts.changed == differing
        if differing:
            self.past.append(self.rows)
            self.rows, self.undone = after, []

    @rule(ids=chosen, percent=st.integers(-90, 300), most=st.integers(1, 20))
    def raise_prices(self, ids: list[int], percent: int, most: int) -> None:
        change = ChangeNumber("price_minor", "percent", Decimal(percent), limits=Limits(most=Decimal(most)))
        after = copy.deepcopy(self.rows)
        for number in ids:
            for place, (price, stock) in enumerate(after[number][1]):
                if price is not None:
                    exact = Decimal(price) * (100 + percent) / 100
                    new = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
                    after[number][1][place] = (new if new <= 100 * most else price, stock)
        self._edit(BulkEdit((change,)), ids, after)

    @rule(ids=chosen, stock=st.integers(0, 9), word=st.sampled_from(["old", "new", "1"]))
    def set_stock_and_title(self, ids: list[int], stock: int, word: str) -> None:
        after = copy.deepcopy(self.rows)
        for number in ids:
            title, numbers = after[number]
            after[number] = (title.replace(word, "x"), [(price, stock) for price, _ in numbers])
        operations = (ChangeNumber("stock", "set", Decimal(stock)), ReplaceText("title", word, "x", match_case=True))
        self._edit(BulkEdit(operations), ids, after)

    @rule(number=st.integers(1, LISTINGS), price=st.integers(1, 50))
    def type_a_price(self, number: int, price: int) -> None:
        with self.db.read() as session:
            sku = load_listings(session, [number])[0].skus[0]
        edit = ListingEdit(number, skus={sku.id or 0: {"price_minor": price}})
        if edit_listings(self.db, [edit], label="change.edit", params={"title": ""}) is not None:
            self.past.append(self.rows)
            after = copy.deepcopy(self.rows)
            after[number][1][0] = (price, after[number][1][0][1])
            self.rows, self.undone = after, []

    @precondition(lambda self: self.past)
    @rule()
    def take_back(self) -> None:
        assert undo(self.db).conflicts == ()
        self.undone.append(self.rows)
        self.rows = self.past.pop()

    @precondition(lambda self: self.undone)
    @rule()
    def do_again(self) -> None:
        assert redo(self.db).conflicts == ()
        self.past.append(self.rows)
        self.rows = self.undone.pop()

    @invariant()
    def is_as_the_model(self) -> None:
        if not hasattr(self, "db"):
            return
        columns = ", ".join(DERIVED_COLUMNS)
        with self.db.read() as session:
            records = load_listings(session, range(1, LISTINGS + 1))
            stored = session.connection().exec_driver_sql(f"SELECT {columns} FROM {WHOLE} ORDER BY id").all()
        found = {one.id: (one.title, [(sku.price_minor, sku.stock) for sku in one.skus]) for one in records}
        assert found == self.rows
        assert [tuple(row) for row in stored] == [derived_row(record) for record in records]
        assert (can_undo(self.db) is not None) is bool(self.past)
        assert (can_redo(self.db) is not None) is bool(self.undone)

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.dispose()
            shutil.rmtree(self.folder)


Machine.TestCase.settings = settings(
    max_examples=10, stateful_step_count=10, suppress_health_check=[HealthCheck.too_slow]
)


class TestAnyOrder(Machine.TestCase):  # type: ignore[misc, name-defined]
    @pytest.fixture(autouse=True)
    def _template(self, empty_database: Path) -> None:
        Machine.template = empty_database
