"""Pictures replaced and removed by what is in them: read while the edit is worked out, in listings and variants."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import Image

from app.messages import Messages
from app.services.compliance.images import refresh_image_facts
from app.services.history.undo import undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.exporting import shown_value
from app.services.listings.bulk_edit.operations import AddImages, RemoveImages, ReplaceImage
from app.services.listings.bulk_edit.planning import plan_edit, refused_listings
from app.services.listings.bulk_edit.showing import lines, sections
from app.services.listings.bulk_edit.targets import ChosenVariants
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.tasks import TaskCancelled, TaskContext

ADDRESS = "https://ae01.alicdn.com/kf/a.jpg"


class Pictured:
    """A folder with pictures, listings that show them, and how they are found again."""

    def __init__(self, folder, db, make_listing):
        self._folder, self._db, self._make = folder, db, make_listing

    def file(self, name, colour):
        path = self._folder / name
        Image.new("RGB", (820, 820), colour).save(path)
        return str(path)

    def listing(self, images, of_variant=""):
        """A listing with these pictures and one variant, which shows one, too."""
        record = self._make("Lamp", (("L1", 1000, 5),), images=tuple(images))
        part = {"name": "Color", "value": "Red", "name_id": "14", "value_id": "", "image": of_variant}
        edit_listings(self._db, [ListingEdit(record.id, skus={record.skus[0].id: {"properties": [part]}})], label="x")
        return record.id


@pytest.fixture
def pictured(tmp_path, db, make_listing):
    return Pictured(tmp_path, db, make_listing)


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def shown_by(loaded, listing_id):
    record = loaded(listing_id)
    return [*record.images], record.skus[0].properties[0]["image"]


def test_a_picture_nobody_read_is_replaced_in_listing_and_variant_and_put_back(pictured, planned, loaded, db):
    red, blue, new = pictured.file("r.png", "red"), pictured.file("b.png", "blue"), pictured.file("n.png", "green")
    copy = pictured.file("copy.png", "red")
    one, other = pictured.listing([blue, red], of_variant=copy), pictured.listing([blue])
    plan = planned(ReplaceImage(sha256(red), new), checks=True)
    assert (plan.counts.changed, plan.counts.refused, plan.counts.same) == (1, 0, 1)
    assert plan.counts.cells == {"images": 1, "properties": 1}
    done = apply_plan(plan, TaskContext())
    assert shown_by(loaded, one) == ([blue, new], new)
    assert shown_by(loaded, other) == ([blue], "")
    undo(db, done.change.uid)
    assert shown_by(loaded, one) == ([blue, red], copy)


def test_a_picture_nobody_read_is_removed_from_listing_and_variant_and_put_back(pictured, planned, loaded, db):
    red, blue = pictured.file("r.png", "red"), pictured.file("b.png", "blue")
    one, other = pictured.listing([red, blue], of_variant=red), pictured.listing([blue], of_variant=blue)
    plan = planned(RemoveImages((sha256(red),)))
    assert (plan.counts.changed, plan.counts.refused, plan.counts.same) == (1, 0, 1)
    done = apply_plan(plan, TaskContext())
    assert shown_by(loaded, one) == ([blue], "")
    assert shown_by(loaded, other) == ([blue], blue)
    undo(db, done.change.uid)
    assert shown_by(loaded, one) == ([red, blue], red)


def test_one_that_only_a_variant_shows_is_found_and_the_new_one_is_known_at_once(pictured, planned, loaded, db):
    red, blue, new = pictured.file("r.png", "red"), pictured.file("b.png", "blue"), pictured.file("n.png", "green")
    number = pictured.listing([blue], of_variant=red)
    apply_plan(planned(ReplaceImage(sha256(red), new)), TaskContext())
    assert shown_by(loaded, number) == ([blue], new)
    with db.read() as session:
        stored = session.connection().exec_driver_sql("SELECT sha256 FROM image_file WHERE source = ?", (new,))
        assert stored.scalar_one() == sha256(new)


def test_places_mean_the_pictures_of_the_listing_only(pictured, planned, loaded):
    red, blue = pictured.file("r.png", "red"), pictured.file("b.png", "blue")
    number = pictured.listing([red, blue, ADDRESS], of_variant=red)
    apply_plan(planned(RemoveImages(positions=(0,))), TaskContext())
    assert shown_by(loaded, number) == ([blue, ADDRESS], red)


def test_a_picture_that_was_changed_since_it_was_read_is_read_again(pictured, planned, loaded, db):
    red, new = pictured.file("r.png", "red"), pictured.file("n.png", "green")
    number = pictured.listing([red])
    refresh_image_facts(db, [red])
    before = sha256(red)
    Image.new("RGB", (900, 700), "pink").save(red)
    assert planned(ReplaceImage(before, new)).counts.same == 1
    apply_plan(planned(ReplaceImage(sha256(red), new)), TaskContext())
    assert shown_by(loaded, number) == ([new], "")


OPERATIONS = (lambda one: ReplaceImage(one, "new.png"), lambda one: RemoveImages((one,), (0,)))


@pytest.mark.parametrize("operation", OPERATIONS, ids=("replace", "remove"))
def test_a_listing_whose_pictures_cannot_be_known_is_refused_and_told_why(operation, pictured, planned, tmp_path):
    red, blue = pictured.file("r.png", "red"), pictured.file("b.png", "blue")
    unread = [pictured.listing([blue, ADDRESS]), pictured.listing([str(tmp_path / "gone.png")])]
    unread.append(pictured.listing([blue], of_variant=ADDRESS))
    pictured.listing([blue])
    plan = planned(operation(sha256(red)), chosen=unread)
    assert (plan.counts.changed, plan.counts.refused, plan.counts.same) == (0, 3, 0)
    assert plan.counts.reasons == {"picture_unread": 3} and refused_listings(plan) == tuple(unread)
    said = [Messages(one).text("bulk_edit.refused.picture_unread") for one in ("en", "zh")]
    assert said[0].startswith("Picture not read") and "没有读取" in said[1]


def test_one_that_is_found_is_changed_beside_a_picture_that_cannot_be_known(pictured, planned, loaded):
    red, new = pictured.file("r.png", "red"), pictured.file("n.png", "green")
    number = pictured.listing([ADDRESS, red])
    plan = planned(ReplaceImage(sha256(red), new))
    assert (plan.counts.changed, plan.counts.refused) == (1, 0)
    apply_plan(plan, TaskContext())
    assert shown_by(loaded, number) == ([ADDRESS, new], "")


def test_one_that_an_earlier_step_puts_there_is_found_by_the_next(pictured, planned, loaded):
    red, blue, new = pictured.file("r.png", "red"), pictured.file("b.png", "blue"), pictured.file("n.png", "green")
    number = pictured.listing([blue])
    apply_plan(planned(AddImages((red,)), ReplaceImage(sha256(red), new)), TaskContext())
    assert shown_by(loaded, number) == ([blue, new], "")


def test_pictures_of_the_listings_of_chosen_variants_are_read(pictured, planned, loaded):
    red = pictured.file("r.png", "red")
    one, other = pictured.listing([red]), pictured.listing([red])
    plan = planned(RemoveImages((sha256(red),)), chosen=ChosenVariants([loaded(one).skus[0].id]))
    apply_plan(plan, TaskContext())
    assert (shown_by(loaded, one), shown_by(loaded, other)) == (([], ""), ([red], ""))


def test_other_edits_read_no_picture(pictured, planned, db):
    pictured.listing([pictured.file("r.png", "red")])
    planned(RemoveImages(positions=(3,)), AddImages((ADDRESS,)))
    with db.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM image_file").scalar_one() == 0


class StopAtTwo(TaskContext):
    """Stops once the first picture was read, and keeps what was told until then."""

    def __init__(self):
        super().__init__()
        self.told = []

    def report(self, done, total=None, *, failed=0, note="", **params):
        self.told.append((done, total, note))
        self.stop.set()


def test_reading_tells_how_far_it_is_and_can_be_stopped(pictured, db):
    files = [pictured.file(f"{colour}.png", colour) for colour in ("red", "blue", "green")]
    pictured.listing(files)
    ctx = StopAtTwo()
    with pytest.raises(TaskCancelled):
        plan_edit(db, BulkEdit((RemoveImages((sha256(files[0]),)),)), [1], ctx)
    assert ctx.told == [(1, 3, "images.reading")]
    with db.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM image_file").scalar_one() == 1


def test_the_preview_of_a_variant_says_which_picture_it_shows(pictured, planned):
    red, new = pictured.file("r.png", "red"), pictured.file("n.png", "green")
    pictured.listing([], of_variant=red)
    plan = planned(ReplaceImage(sha256(red), new))
    (line,) = lines(plan, 0, sections(plan, TaskContext()).total)
    shown = [shown_value(line.field, value) for value in (line.before, line.after)]
    assert (line.code, shown) == ("L1", [f"Color: Red · {red}", f"Color: Red · {new}"])
