"""Bulk edits as the window asks for them: choices of the stores, calls, pages of a preview, what is refused."""

from __future__ import annotations

import hashlib
import importlib
from concurrent.futures import Future
from decimal import Decimal
from types import SimpleNamespace

import pytest

from app.models import Category, FreightTemplate, ProductGroup, Store
from app.services.errors import NotFound
from app.services.listings.bulk_edit import session
from app.services.listings.bulk_edit.desk import SECTION, BulkEditDesk
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import ChangeNumber, Limits, ReplaceText, SetValue
from app.services.listings.bulk_edit.pictures import UnreadableFile
from app.services.paging import Filter, Query
from app.services.settings import Settings
from app.services.tasks import TaskCancelled, TaskContext

UP = ChangeNumber("price_minor", "percent", Decimal(10))


class Direct:
    """The worker's functions, called at once."""

    def submit(self, function, *args, ctx=None):
        module, _, name = function.partition(":")
        future = Future()
        try:
            future.set_result(getattr(importlib.import_module(module), name)(*args, ctx=ctx or TaskContext()))
        except Exception as error:  # noqa: BLE001 - as a future does
            future.set_exception(error)
        return future


@pytest.fixture
def desk(db):
    yield BulkEditDesk(SimpleNamespace(db=db, database_path=db.path, worker=Direct(), settings=Settings()))
    session.close_all()


@pytest.fixture
def run(desk):
    return lambda call: desk._app.worker.submit(*call).result()


@pytest.fixture
def stores(db):
    """A second store, and one that may only be read; each with a template and a group."""
    with db.write() as stored:
        for name, access in (("橙屿家居", "operate"), ("北弦音频", "read")):
            store = Store(name=name, gateway="http://127.0.0.1:1", access=access, credential_ref=name, created_ms=1)
            stored.add(store)
        stored.flush()
        for number, name in ((1, "Small parcels"), (2, "Heavy"), (3, "Foreign")):
            stored.add(FreightTemplate(store_id=number, template_id=f"70{number}", name=name, synced_ms=1))
            stored.add(ProductGroup(store_id=number, group_id=f"5{number}", name=f"Group {number}", synced_ms=1))


def names(choices):
    return [(choice.id, choice.name) for choice in choices]


def test_choices_of_one_store(db, desk, stores, make_listing):
    listing = make_listing()
    found = desk.choices([listing.id], "en")
    assert found.stores == ((1, "晨帆数码"),)
    assert (names(found.templates), names(found.groups)) == ([("701", "Small parcels")], [("51", "Group 1")])
    assert desk.choices([listing.id], "zh").units[0].name != found.units[0].name


def test_choices_of_a_filter_name_their_store(desk, stores):
    found = desk.choices(Query(), "en")
    assert [name for _, name in found.stores] == ["晨帆数码", "橙屿家居"]  # one may not change what may only be read
    assert names(found.templates) == [("702", "Heavy · 橙屿家居"), ("701", "Small parcels · 晨帆数码")]
    assert names(desk.choices(Query(store_ids=(2,)), "en").templates) == [("702", "Heavy")]


def test_sections_of_the_preview(desk, run, make_listing, monkeypatch):
    monkeypatch.setattr("app.services.listings.bulk_edit.desk.AT_ONCE", 2)
    for title, price in (("Lamp", 1000), ("Mug", None), ("Chair", 9000)):
        make_listing(title, ((title, price, 1),))
    wanted = ChangeNumber("price_minor", "percent", Decimal(10), limits=Limits(most=Decimal(50)))
    head = run(desk.prepare_call(BulkEdit((wanted,)), Query()))
    source = desk.preview_source(head, {})
    assert (source.count(Query()), list(source.ids(Query()))) == (3, [0, 1, 2])
    refused = Query(filters=(Filter(SECTION, "=", "refused"),))
    assert [line.code for line in source.first_page(refused, 10)] == ["Mug", "Chair"]
    assert source.first_page(Query(filters=(Filter(SECTION, "=", "same"),)), 10) == []
    assert [line.position for line in source.rows([1, 2]).values()] == [1, 2]
    assert source.rows([]) == {}


def test_ids_of_values_become_names(db, desk, run, stores, make_listing):
    with db.write() as stored:
        stored.add(
            Category(
                gateway="http://127.0.0.1:1",
                category_id="9",
                parent_id="0",
                name_en="Table lamps",
                name_zh="台灯",
                path_en="Table lamps",
                path_zh="台灯",
                level=1,
                is_leaf=True,
                fetched_ms=1,
            )
        )
    listing = make_listing()
    edit = BulkEdit((SetValue("freight_template_id", "701"), SetValue("category_id", "9")))
    head = run(desk.prepare_call(edit, [listing.id]))
    lines = desk.preview_source(head, {"701": "Small parcels"}).first_page(Query(), 5)
    assert {line.field: (line.before, line.after) for line in lines} == {
        "freight_template_id": ("", "Small parcels"),
        "category_id": ("", "Table lamps"),
    }


def test_the_checker_is_asked_afterwards(desk, run, make_listing):
    make_listing("Lamp")
    head = run(desk.prepare_call(BulkEdit((ReplaceText("title", "Lamp", "灯"),)), Query()))
    assert head.counts.findings == ()
    checked = run(desk.check_call(head.token))
    assert "title.chinese" in [finding.code for finding in checked.counts.findings]
    assert (checked.token, checked.sections) == (head.token, head.sections)
    assert run(desk.check_call(head.token)).counts == checked.counts  # asked twice, counted once


def test_a_check_can_be_stopped(desk, run, make_listing):
    make_listing("Lamp")
    head = run(desk.prepare_call(BulkEdit((ReplaceText("title", "Lamp", "灯"),)), Query()))
    stopped = TaskContext()
    stopped.stop.set()
    with pytest.raises(TaskCancelled):
        session.check(head.token, ctx=stopped)
    assert run(desk.apply_call(head.token)).changed == 1


def test_refused_listings_are_named_afterwards(desk, run, make_listing):
    good, bad = make_listing("Lamp", (("L", 1000, 1),)), make_listing("Mug", (("M", None, 1),))
    head = run(desk.prepare_call(BulkEdit((UP,)), [good.id, bad.id]))
    applied = run(desk.apply_call(head.token))
    assert (applied.changed, applied.moved, applied.refused) == (1, (), (bad.id,))


def test_a_plan_that_was_let_go(desk, run, make_listing):
    make_listing()
    head = run(desk.prepare_call(BulkEdit((UP,)), Query()))
    run(desk.discard_call(head.token))
    run(desk.discard_call(head.token))
    with pytest.raises(NotFound):
        desk.preview_source(head, {}).first_page(Query(), 5)


def test_export(desk, run, make_listing, tmp_path):
    make_listing()
    head = run(desk.prepare_call(BulkEdit((UP,)), Query()))
    assert run(desk.export_call(head.token, str(tmp_path / "preview.xlsx"))) == 2
    assert (tmp_path / "preview.xlsx").stat().st_size > 0


def test_an_export_names_things_as_the_preview_does(desk, run, make_listing, tmp_path):
    make_listing(unit="100000015")
    head = run(desk.prepare_call(BulkEdit((SetValue("unit", "100000013"),)), Query()))
    path = tmp_path / "preview.csv"
    run(desk.export_call(head.token, str(path)))
    said = path.read_text("utf-8-sig")
    assert "piece" in said and "pair" in said and "1000000" not in said


def test_an_id_is_called_as_its_own_store_calls_it(db, desk, run, stores, make_listing, tmp_path):
    with db.write() as stored:
        for store_id, name in ((1, "Lamps"), (2, "Mugs")):
            stored.add(ProductGroup(store_id=store_id, group_id="77", name=name, synced_ms=1))
    ids = [make_listing(group_id="77").id for _ in range(2)]
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET store_id = 2 WHERE id = ?", (ids[1],))
    head = run(desk.prepare_call(BulkEdit((SetValue("group_id", ""),)), ids))
    path = tmp_path / "preview.csv"
    run(desk.export_call(head.token, str(path)))
    said = path.read_text("utf-8-sig")
    assert (said.count("Lamps"), said.count("Mugs"), said.count(",77,")) == (1, 1, 0)


def test_the_hash_of_a_picture(desk, tmp_path):
    path = tmp_path / "lamp.jpg"
    path.write_bytes(b"lamp")
    assert desk.picture_hash(str(path)) == hashlib.sha256(b"lamp").hexdigest()
    with pytest.raises(UnreadableFile):
        desk.picture_hash(str(tmp_path / "none.jpg"))
