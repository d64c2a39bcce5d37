"""A database restored into another folder shows its pictures there; nothing is changed by it, older changes go back."""

from __future__ import annotations

import orjson
import pytest

from app.services.history.undo import undo
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.moved_pictures import follow_pictures
from tests.unit.conftest import make_listing

__all__ = ["make_listing"]


def loaded(db, number):
    with db.read() as session:
        return load_listing(session, number)


@pytest.mark.parametrize(
    "old", ["/home/ann/Shangjia", r"C:\Users\ann\Shangjia", "/srv/pictures/of/ann"], ids=["posix", "windows", "twice"]
)
def test_paths_follow_their_pictures_into_the_new_folder(db, make_listing, tmp_path, old):
    sign = "\\" if "\\" in old else "/"
    names = ("images/lamp/a.jpg", "images/lamp/b.jpg", "pictures/c.jpg")
    for name in names[:3]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    mine = tmp_path / "elsewhere" / "images" / "mine.jpg"
    mine.parent.mkdir(parents=True)
    mine.touch()
    was = [f"{old}{sign}{name.replace('/', sign)}" for name in names]
    lost, web = f"{old}{sign}images{sign}lost.jpg", "https://example.test/images/a.jpg"
    record = make_listing("Lamp", (("AB1", 900, 5),), (was[0], str(mine), lost, web))
    other = make_listing("Mug", (("AB2", 900, 5),), (web,))
    sku = loaded(db, record.id).skus[0]
    part = {"name": "Color", "value": "Red", "name_id": "14", "value_id": "10", "image": was[2]}
    edit_listings(db, [ListingEdit(record.id, skus={sku.id: {"properties": [part]}})], label="edit")
    changed = edit_listings(db, [ListingEdit(record.id, images=[was[1], *loaded(db, record.id).images])], label="edit")
    with db.bulk() as connection:
        run = connection.exec_driver_sql
        run("UPDATE listing SET sent_hash = content_hash, status = 'live', updated_ms = 77")
        run("INSERT INTO image_file (source, sha256, format, problem) VALUES (?, 'abc', '', '')", (was[0],))
    before = loaded(db, other.id)
    assert follow_pictures(db, tmp_path) == 3
    new = [str(tmp_path / name) for name in names]
    found = loaded(db, record.id)
    assert found.images == [new[1], new[0], str(mine), lost, web]
    assert found.skus[0].properties[0]["image"] == new[2]
    assert (found.is_changed_since_publish, found.status, found.updated_ms) == (False, "live", 77)
    assert loaded(db, other.id) == before
    with db.reader.connect() as connection:
        known = connection.exec_driver_sql("SELECT source FROM image_file WHERE sha256 = 'abc'").scalars().all()
        kept = "SELECT coalesce(before, '') || coalesce(after, '') FROM change_entry"
        texts = connection.exec_driver_sql(kept).scalars().all()
        assert known == [new[0]]
        assert not any(orjson.dumps(path).decode()[1:-1] in text for text in texts for path in was)
    assert undo(db, changed.uid).conflicts == ()
    assert loaded(db, record.id).images == [new[0], str(mine), lost, web]
    assert undo(db).conflicts == ()
    assert follow_pictures(db, tmp_path) == 0
