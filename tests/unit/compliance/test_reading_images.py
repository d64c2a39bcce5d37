"""Reading real files: good ones, broken ones, hostile ones, and not reading unchanged ones twice."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import event, text

from app.services.compliance import images
from app.services.compliance.image_facts import ImageFacts
from app.services.compliance.images import read_image, read_image_facts, refresh_image_facts
from app.services.db import Database
from app.services.tasks import TaskCancelled, TaskContext
from tests.new_database import new_database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = new_database(tmp_path / "shangjia.db")
    yield database
    database.dispose()


def picture(size: tuple[int, int] = (900, 1000), name: str = "JPEG", **options: object) -> bytes:
    """A real picture that does not compress to nothing."""
    stream = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(stream, name, **options)
    return stream.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size its 60 bytes cannot hold: a decompression bomb."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return head + struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))


@pytest.mark.parametrize(
    ("name", "suffix", "shown"),
    [
        ("JPEG", ".jpg", "JPEG"),
        ("JPEG", ".png", "JPEG"),
        ("PNG", ".jpg", "PNG"),
        ("GIF", ".jpg", "GIF"),
        ("WEBP", ".jpeg", "WEBP"),
        ("BMP", ".jpg", "BMP"),
        ("TIFF", "", "TIFF"),
    ],
)
def test_the_format_is_read_from_the_content(tmp_path: Path, name: str, suffix: str, shown: str) -> None:
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(data := picture((300, 200), name))
    facts = read_image(str(path))
    assert (facts.format, facts.problem) == (shown, "")
    assert (facts.width, facts.height, facts.byte_count) == (300, 200, len(data))
    assert facts.sha256 == hashlib.sha256(data).hexdigest()
    assert facts.modified_ms == path.stat().st_mtime_ns // 1_000_000


def test_a_progressive_jpeg_and_one_with_several_frames(tmp_path: Path) -> None:
    (tmp_path / "progressive.jpg").write_bytes(picture((300, 300), progressive=True))
    first, second = Image.new("RGB", (300, 300), "red"), Image.new("RGB", (300, 300), "blue")
    first.save(tmp_path / "frames.jpg", "MPO", save_all=True, append_images=[second])
    for name in ("progressive.jpg", "frames.jpg"):
        facts = read_image(str(tmp_path / name))
        assert (facts.format, facts.problem) == ("JPEG", "")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.999])
@pytest.mark.parametrize("name", ["JPEG", "PNG"])
def test_truncated(tmp_path: Path, name: str, share: float) -> None:
    data = picture((300, 300), name)
    path = tmp_path / "cut.jpg"
    path.write_bytes(data[: int(len(data) * share)])
    assert read_image(str(path)).problem == "damaged"


def test_a_thumbnail_does_not_make_a_cut_jpeg_whole(tmp_path: Path) -> None:
    data, thumbnail = picture((300, 300)), picture((40, 40))
    inside = b"Exif\0\0" + thumbnail
    segment = b"\xff\xe1" + struct.pack(">H", len(inside) + 2) + inside
    path = tmp_path / "thumb.jpg"
    path.write_bytes(data[:2] + segment + data[2:])
    assert read_image(str(path)).problem == ""
    path.write_bytes((data[:2] + segment + data[2:])[:-200])
    assert read_image(str(path)).problem == "damaged"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"\xff\xd8\xff",
        b"\xff\xd8" + b"\xff" * 1000,
        b"\xff\xd8\xff\xe0\x00\x00" + b"\x00" * 50,
        b"GIF89a",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"BM" + b"\xff" * 60,
        b"II*\x00\x08\x00\x00\x00\xff\xff" + b"\x00" * 40,
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\x03\x04" + b"\x00" * 100,
    ],
)
def test_what_is_no_picture(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(data)
    facts = read_image(str(path))
    assert (facts.problem, facts.byte_count) == ("damaged", len(data))
    assert facts.sha256


@pytest.mark.parametrize(
    ("width", "height"), [(10_000, 10_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (60_000_001, 1)]
)
def test_a_bomb_is_not_unpacked(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(width, height))
    assert read_image(str(path)).problem == "huge"


def test_every_prefix_of_a_file_has_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    for name in ("JPEG", "PNG", "GIF", "WEBP", "BMP"):
        data = picture((24, 24), name)
        for end in range(0, len(data), 97):
            path.write_bytes(data[:end])
            assert read_image(str(path)).problem in ("", "damaged")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert read_image(str(tmp_path / "gone.jpg")).problem == "missing"
    assert read_image(str(tmp_path / "folder")).problem == "missing"
    assert read_image("").problem == "missing"
    assert read_image("a\0b").problem == "missing"
    assert read_image("x" * 5000).problem == "missing"


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in the file system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert read_image(str(tmp_path / "pipe.jpg")).problem == "missing"


def test_a_forbidden_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(picture((20, 20)))

    def refuse(self: Path) -> bytes:
        raise PermissionError(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert read_image(str(path)).problem == "denied"


def test_a_file_that_vanishes_between_look_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_look", lambda source: (5, 1))
    assert read_image(str(tmp_path / "gone.jpg")).problem == "missing"


def test_an_enormous_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "enormous.jpg"
    with path.open("wb") as stream:
        stream.truncate(33_554_433)
    facts = read_image(str(path))
    assert (facts.problem, facts.byte_count, facts.sha256) == ("heavy", 33_554_433, "")


def test_reading_many_reports_and_stops(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(picture((20, 20)))
    ctx = TaskContext()
    facts = read_image_facts([str(path), str(path), "https://ae01.alicdn.com/kf/a.jpg", "/gone.jpg"], ctx)
    assert list(facts) == [str(path), "/gone.jpg"]
    assert (ctx.progress.done, ctx.progress.total) == (2, 2)
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        read_image_facts([str(path)], ctx)


def stored(db: Database) -> dict[str, tuple[object, ...]]:
    with db.read() as session:
        rows = session.execute(
            text("SELECT source, sha256, width, height, byte_count, format, problem FROM image_file")
        )
        return {row[0]: tuple(row[1:]) for row in rows}


def test_facts_are_stored(db: Database, tmp_path: Path) -> None:
    good, gone = str(tmp_path / "good.jpg"), str(tmp_path / "gone.jpg")
    Path(good).write_bytes(data := picture((850, 900)))
    facts = refresh_image_facts(db, [good, gone, good, "https://ae01.alicdn.com/kf/a.jpg"])
    assert set(facts) == {good, gone}
    assert facts[good] == read_image(good)
    digest = hashlib.sha256(data).hexdigest()
    assert stored(db) == {good: (digest, 850, 900, len(data), "JPEG", ""), gone: ("", None, None, None, "", "missing")}


def test_an_unchanged_file_is_not_read_again(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "good.jpg"
    path.write_bytes(picture((850, 900)))
    before = refresh_image_facts(db, [str(path)])

    def fail(source: str) -> ImageFacts:
        raise AssertionError(f"{source} was read again")

    with monkeypatch.context() as patched:
        patched.setattr(images, "read_image", fail)
        assert refresh_image_facts(db, [str(path)]) == before


def test_nothing_is_written_where_nothing_changed(db: Database, tmp_path: Path) -> None:
    good, gone = str(tmp_path / "good.jpg"), str(tmp_path / "gone.jpg")
    Path(good).write_bytes(picture((30, 30)))
    refresh_image_facts(db, [good, gone])
    statements: list[str] = []
    event.listen(db.writer, "before_cursor_execute", lambda *args: statements.append(args[2]))
    refresh_image_facts(db, [good, gone])
    assert statements == []


def test_a_changed_file_is_read_again(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "good.jpg"
    path.write_bytes(picture((850, 900)))
    refresh_image_facts(db, [str(path)])
    path.write_bytes(picture((300, 300), "PNG"))
    os.utime(path, ns=(1, 1_700_000_000_000_000_000))
    facts = refresh_image_facts(db, [str(path)])[str(path)]
    assert (facts.width, facts.format) == (300, "PNG")
    path.unlink()
    assert refresh_image_facts(db, [str(path)])[str(path)].problem == "missing"
    assert stored(db)[str(path)][-1] == "missing"
    path.write_bytes(picture((850, 900)))
    assert refresh_image_facts(db, [str(path)])[str(path)].problem == ""


def test_stopping_keeps_what_was_read(db: Database, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(3)]
    for path in paths:
        path.write_bytes(picture((30, 30)))

    class StopAtTwo(TaskContext):
        def report(
            self, done: int, total: int | None = None, *, failed: int = 0, note: str = "", **params: object
        ) -> None:
            super().report(done, total, failed=failed, note=note, **params)
            if done == 2:
                self.stop.set()

    with pytest.raises(TaskCancelled):
        refresh_image_facts(db, map(str, paths), StopAtTwo())
    assert set(stored(db)) == {str(path) for path in paths[:2]}


def test_a_check_of_a_real_file(tmp_path: Path) -> None:
    from tests.unit.compliance.examples import codes, context

    small, renamed = tmp_path / "small.jpg", tmp_path / "renamed.jpg"
    small.write_bytes(picture((640, 640)))
    renamed.write_bytes(picture((900, 900), "PNG"))
    using = context()
    using.images.learn(read_image_facts([str(small), str(renamed)]))
    assert codes(images=[str(small), str(renamed)], using=using) == ["image.not_jpeg", "image.too_small"]
