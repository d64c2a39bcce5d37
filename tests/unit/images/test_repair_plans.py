"""Pictures of stored listings: looked into, checked, repaired as one change, brought back by undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.services.compliance.images import read_image
from app.services.compliance.rule_data import rule_data
from app.services.db import Database
from app.services.history.undo import undo
from app.services.images.checking import check_images
from app.services.images.repair_plans import apply_repair, discard, plan_repair
from app.services.images.repairing import RepairOptions
from app.services.images.stored_looks import refresh_looks
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.tasks import TaskCancelled, TaskContext
from tests.new_database import new_database
from tests.unit.compliance.examples import part, sku
from tests.unit.compliance.stored import add_listing, seed_store
from tests.unit.images.test_looks import SHOWN, goods

CTX = TaskContext()


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = new_database(tmp_path_factory.mktemp("images") / "shangjia.db")
    seed_store(database)
    yield database
    database.dispose()


def save(path: Path, size: tuple[int, int] = (820, 820), colour: str = "red", **options: Any) -> str:
    path.parent.mkdir(exist_ok=True)
    goods(SHOWN[colour]).resize(size).save(path, **options)
    return str(path)


def variants(*shown: tuple[str, str]) -> list[Any]:
    return [
        sku(f"V{n}", properties=[part(value_id="29", value=value, image=source)])
        for n, (value, source) in enumerate(shown)
    ]


def found(db: Database, number: int) -> list[tuple[str, str]]:
    return [(line.finding.code, Path(line.source).name) for line in check_images(db, [number]).findings]


class TestChecking:
    def test_swapped_colours_are_suspicious(self, db: Database, tmp_path: Path) -> None:
        red, blue = save(tmp_path / "1.jpg", (90, 90)), save(tmp_path / "2.jpg", (90, 90), "blue")
        main = save(tmp_path / "m.jpg")
        swapped = add_listing(db, images=[main], skus=variants(("Blue", red), ("Red", blue)))
        right = add_listing(db, images=[main], skus=variants(("Red", red), ("Blue", blue)))
        assert found(db, swapped) == [("sku.image_colour", "1.jpg"), ("sku.image_colour", "2.jpg")]
        assert found(db, right) == []

    def test_one_picture_for_two_variants_also_as_a_copy(self, db: Database, tmp_path: Path) -> None:
        main, one = save(tmp_path / "m.jpg"), save(tmp_path / "1.jpg", (90, 90))
        copy = save(tmp_path / "2.jpg", (180, 180), quality=60)
        number = add_listing(db, images=[main], skus=variants(("A", one), ("B", copy), ("C", "")))
        assert [code for code, _ in found(db, number)] == ["sku.image_none", "sku.image_shared"]

    def test_chinese_names_that_become_one(self, db: Database, tmp_path: Path) -> None:
        main = save(tmp_path / "m.jpg")
        one, other = save(tmp_path / "甲-1.jpg", (90, 90)), save(tmp_path / "乙-1.jpg", (90, 90), "blue")
        unclear = add_listing(db, images=[main], skus=variants(("A", one), ("B", other)))
        proved = add_listing(db, images=[main], skus=variants(("Red", one), ("Blue", other)))
        assert found(db, unclear) == [("sku.image_name", "乙-1.jpg")]
        assert found(db, proved) == []

    def test_a_copy_among_the_main_images_and_a_name_that_lies(self, db: Database, tmp_path: Path) -> None:
        main = save(tmp_path / "m.jpg")
        copy = save(tmp_path / "copy.png", (900, 900), format="JPEG", quality=70)
        number = add_listing(db, images=[main, copy], skus=[sku("A1", properties=[])])
        codes = [code for code, _ in found(db, number) if code.startswith("image.")]
        assert codes == ["image.lying_name", "image.alike"]

    def test_a_picture_is_looked_into_once(self, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source = save(tmp_path / "once.jpg", (91, 91))
        refresh_looks(db, [source, "https://x.test/a.jpg", str(tmp_path / "gone.jpg")])
        monkeypatch.setattr("app.services.images.stored_looks.look_at", lambda *_: pytest.fail("looked again"))
        assert refresh_looks(db, [source])[source].problem == ""


class TestRepairing:
    def test_all_of_a_listing_as_one_change_and_back(self, db: Database, tmp_path: Path) -> None:
        small, long = save(tmp_path / "s.png", (500, 500)), save(tmp_path / "l.jpg", (1200, 850), "blue")
        fine, odd = save(tmp_path / "f.jpg", colour="green"), save(tmp_path / "v.webp", (300, 300), "pink")
        bad = tmp_path / "bad.jpg"
        bad.write_bytes(b"no picture")
        images = [small, long, fine, str(bad), "https://ae01.alicdn.com/kf/a.jpg"]
        number = add_listing(db, images=images, skus=variants(("A", odd), ("B", small)))
        plan = plan_repair(db, tmp_path / "kept", [number], RepairOptions(), CTX)
        assert {Path(line.source).name: line.why for line in plan.lines} == {
            "s.png": "", "l.jpg": "", "v.webp": "too_small", "bad.jpg": "damaged",
        }  # fmt: skip
        assert plan.fine == 1
        with db.read() as session:
            assert load_listing(session, number).images == images
        sizes = {Path(line.source).name: line.after for line in plan.lines if line.after is not None}
        assert [(one.width, one.height, one.format) for one in sizes.values()] == [
            (800, 800, "JPEG"), (1200, 1200, "JPEG"),
        ]  # fmt: skip
        done = apply_repair(db, plan, CTX)
        assert (done.pictures, done.listings) == (2, 1)
        with db.read() as session:
            record = load_listing(session, number)
        assert record.images == [plan.replaced[small], plan.replaced[long], *images[2:]]
        assert record.skus[1].properties[0]["image"] == plan.replaced[small]
        assert read_image(small).width == 500
        assert "image.too_small" not in {code for code, _ in found(db, number)}
        assert done.change is not None
        assert undo(db, done.change.uid).restored == 1
        with db.read() as session:
            record = load_listing(session, number)
        assert (record.images, record.skus[1].properties[0]["image"]) == (images, small)

    def test_what_is_not_wanted_leaves_nothing_behind(self, db: Database, tmp_path: Path) -> None:
        number = add_listing(db, images=[save(tmp_path / "s.jpg", (700, 700))], skus=[sku("A1", properties=[])])
        plan = plan_repair(db, tmp_path / "kept", [number], RepairOptions(), CTX)
        assert [Path(name).exists() for name in plan.new_files] == [True]
        discard(db, plan.new_files)
        assert [Path(name).exists() for name in plan.new_files] == [False]
        again = plan_repair(db, tmp_path / "kept", [number], RepairOptions(), CTX)
        apply_repair(db, again, CTX)
        discard(db, again.new_files)
        assert [Path(name).exists() for name in again.new_files] == [True]

    def test_a_file_too_large_to_be_read_is_left_as_it_is(
        self, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        large, usual = save(tmp_path / "l.png", (760, 760)), save(tmp_path / "s.jpg", (500, 500))
        size = Path(large).stat().st_size
        assert Path(usual).stat().st_size < size
        number = add_listing(db, images=[large, usual], skus=[sku("A1", properties=[])])
        limits = replace(rule_data().limits, image_file_max=size - 1)
        for module in ("compliance.images", "images.repair_plans"):
            monkeypatch.setattr(f"app.services.{module}.rule_data", lambda: replace(rule_data(), limits=limits))
        reads: list[Path] = []
        whole = Path.read_bytes
        monkeypatch.setattr(Path, "read_bytes", lambda path: reads.append(path) or whole(path))
        plan = plan_repair(db, tmp_path / "kept", [number], RepairOptions(), CTX)
        assert {Path(line.source).name: line.why for line in plan.lines} == {"l.png": "heavy", "s.jpg": ""}
        assert Path(large) not in reads

    def test_a_stop_leaves_nothing_behind(self, db: Database, tmp_path: Path) -> None:
        number = add_listing(db, images=[save(tmp_path / "s.jpg", (700, 700))], skus=[sku("A1", properties=[])])
        ctx = TaskContext()
        ctx.stop.set()
        with pytest.raises(TaskCancelled):
            plan_repair(db, tmp_path / "kept", [number], RepairOptions(), ctx)
        assert not list(tmp_path.glob("kept/*/*.jpg"))

    def test_only_what_is_still_shown_is_counted_and_what_is_gone_is_shown_nowhere(
        self, db: Database, tmp_path: Path
    ) -> None:
        kept, moved, gone = (save(tmp_path / f"{n}.jpg", (700 + n, 700 + n)) for n in range(3))
        number = add_listing(db, images=[kept, moved, gone], skus=[sku("A1", properties=[])])
        plan = plan_repair(db, tmp_path / "kept", [number], RepairOptions(), CTX)
        assert len(plan.replaced) == 3
        edit_listings(db, [ListingEdit(number, images=[kept, gone])], label="change.edited")
        Path(plan.replaced[gone]).unlink()  # another program let go of a file of this content
        done = apply_repair(db, plan, CTX)
        assert (done.pictures, done.listings) == (1, 1)
        assert done.change is not None and done.change.params["n"] == 1
        with db.read() as session:
            assert load_listing(session, number).images == [plan.replaced[kept], gone]

    def test_where_nothing_of_it_is_shown_any_more_there_is_no_change(self, db: Database, tmp_path: Path) -> None:
        number = add_listing(db, images=[save(tmp_path / "s.jpg", (700, 700))], skus=[sku("A1", properties=[])])
        plan = plan_repair(db, tmp_path / "kept", [number], RepairOptions(), CTX)
        edit_listings(db, [ListingEdit(number, images=[save(tmp_path / "f.jpg")])], label="change.edited")
        done = apply_repair(db, plan, CTX)
        assert (done.change, done.pictures, done.listings) == (None, 0, 0)

    def test_nothing_to_repair_is_no_change(self, db: Database, tmp_path: Path) -> None:
        number = add_listing(db, images=[save(tmp_path / "f.jpg")], skus=[sku("A1", properties=[])])
        assert apply_repair(db, plan_repair(db, tmp_path, [number], RepairOptions(), CTX), CTX).change is None
