"""Kinds of findings about pictures, plans without some of their pictures, filters instead of ids."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from app.samples.pictures import poor_pictures
from app.samples.products import Products
from app.services.compliance.rules import GROUPS
from app.services.db import Database
from app.services.images import checking, repair_plans
from app.services.images.checking import PREFIXES
from app.services.images.desk import ImageDesk
from app.services.images.kinds import KIND_OF, Kind
from app.services.images.repairing import RepairOptions
from app.services.paging import Query
from app.services.tasks import TaskContext
from tests.unit.compliance.examples import sku
from tests.unit.compliance.stored import add_listing
from tests.unit.images.test_repair_plans import db, save

__all__ = ["db"]
CTX = TaskContext()


def test_every_rule_about_pictures_has_a_kind() -> None:
    codes = {rule.code for group in GROUPS for rule in group.rules if rule.code.startswith(PREFIXES)}
    assert codes == set(KIND_OF)


def test_addresses_are_counted_apart_and_poor_pictures_are_what_they_are_called(db: Database, tmp_path: Path) -> None:
    poor = [str(path) for path in poor_pictures(Products(1)[0], tmp_path)]
    number = add_listing(db, images=[*poor, "https://ae01.alicdn.com/kf/a.jpg"], skus=[sku("A1", properties=[])])
    report = checking.check(db.path, [number], ctx=CTX)
    assert (report.pictures, report.remote) == (4, 1)
    kinds = {(Path(line.source).name, KIND_OF[line.finding.code]) for line in report.findings}
    assert {("banner.jpg", Kind.RATIO), ("small.png", Kind.FORMAT), ("icon.jpg", Kind.PIXELS)} <= kinds
    assert ("broken.jpg", Kind.UNREADABLE) in kinds
    plan = repair_plans.prepare(db.path, tmp_path / "kept", [number], RepairOptions(), ctx=CTX)
    assert (plan.remote, plan.fine) == (1, 0)
    assert {Path(line.source).name: line.why for line in plan.lines} == {
        "banner.jpg": "", "small.png": "", "icon.jpg": "too_small", "broken.jpg": "damaged",
    }  # fmt: skip
    repair_plans.let_go(db.path, plan.new_files, ctx=CTX)
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM listing WHERE id = ?", (number,))


def test_the_windows_calls_take_a_filter_and_leave_pictures_out(db: Database, tmp_path: Path) -> None:
    names = [save(tmp_path / f"{n}.jpg", (700, 700), colour) for n, colour in enumerate(("red", "blue"))]
    add_listing(db, images=names, skus=[sku("A1", properties=[])])
    desk = ImageDesk(SimpleNamespace(database_path=db.path, data_dir=tmp_path))  # type: ignore[arg-type]
    called = desk.check_call(Query())
    assert called[0] == "app.services.images.checking:check"
    report = checking.check(*called[1:], ctx=CTX)
    assert {line.source for line in report.findings} == set(names)
    assert checking.check(db.path, Query(text="nothing like it"), ctx=CTX).pictures == 0
    plan = repair_plans.prepare(*desk.prepare_call(Query(), RepairOptions())[1:], ctx=CTX)
    assert set(plan.replaced) == set(names)
    kept = plan.without([names[0]])
    assert set(kept.replaced) == {names[1]} and kept.new_files == plan.new_files
    done = repair_plans.store(*desk.store_call(kept)[1:], ctx=CTX)
    assert (done.pictures, done.listings) == (1, 1)
    repair_plans.let_go(*desk.let_go_call(plan.new_files)[1:], ctx=CTX)
    assert [Path(name).exists() for name in plan.new_files] == [
        name in kept.replaced.values() for name in plan.new_files
    ]
