"""Pictures of the data folder go along with backups and come back; workbooks nobody needs any more go."""

from __future__ import annotations

import os

import pytest

from app.services.kept_pictures import bring_pictures_back, keep_pictures
from app.services.listings.round_trip.desk import KEPT_DAYS, clear_old

DAY_MS = 86_400_000


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    for name in ("pictures/a.jpg", "images/lamp/b.jpg", "images/c.jpg.part", "logs/d.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return folder


@pytest.mark.parametrize("has_links", [True, False])
def test_they_are_kept_once_and_brought_back_where_missing(data, monkeypatch, has_links):
    if not has_links:

        def refuse(*_):
            raise OSError("another disk")

        monkeypatch.setattr(os, "link", refuse)
    backups = data / "backups"
    assert keep_pictures(data, backups) == 2
    kept = sorted(path.relative_to(backups).as_posix() for path in backups.rglob("*") if path.is_file())
    assert kept == ["images/lamp/b.jpg", "pictures/a.jpg"]
    (data / "pictures" / "a.jpg").unlink()
    (data / "images" / "lamp" / "new.jpg").write_bytes(b"new")
    assert keep_pictures(data, backups) == 2  # what went here stays there
    assert (backups / "pictures" / "a.jpg").exists()
    assert bring_pictures_back(backups, data) == 3
    assert (data / "pictures" / "a.jpg").read_bytes() == b"pictures/a.jpg"
    assert bring_pictures_back(data / "nowhere", data) == 0


def test_a_way_out_of_the_folder_is_not_followed(data, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (data / "pictures" / "link.jpg").symlink_to(secret)
    keep_pictures(data, data / "backups")
    assert not (data / "backups" / "pictures" / "link.jpg").exists()


def test_workbooks_of_ours_go_when_they_are_old_and_closed(tmp_path):
    names = {
        "Listings 2026-01-01 09.00.00.xlsx": False,
        "商品 2026-01-01 09.00.01.xlsx": False,
        "Listings 2026-01-01 09.00.02.xlsx": True,  # open
        "Listings 2026-01-01 09.00.03.xlsx": True,  # saved lately
        "My notes.xlsx": True,
        "Listings 2026-01-01 09.00.04.csv": True,
    }
    now = 1_800_000_000_000
    for name in names:
        (tmp_path / name).touch()
        age_days = KEPT_DAYS - 1 if "00.03" in name else KEPT_DAYS + 1
        os.utime(tmp_path / name, (1, (now - age_days * DAY_MS) / 1000))
    (tmp_path / "~$Listings 2026-01-01 09.00.02.xlsx").touch()
    assert clear_old(tmp_path, now) == 2
    assert {name: (tmp_path / name).exists() for name in names} == names
