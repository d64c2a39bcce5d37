"""A member of a zip that is compressed as it comes: every reader finds what was written, with ISA-L and without."""

from __future__ import annotations

import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.workbooks import deflating
from app.services.workbooks.zip_guard import SafeZip

PIECES = [b"<row>%d</row>" % number * 50 for number in range(400)]
TEXT = b"".join(PIECES)


@pytest.fixture(params=["as installed", "without ISA-L"], autouse=True)
def _codec(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if request.param == "without ISA-L":
        monkeypatch.setitem(sys.modules, "isal", None)
    deflating.codec.cache_clear()
    yield
    deflating.codec.cache_clear()


def written(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("before.txt", "before")
        for name in ("large.xml", "second.xml"):
            with deflating.member(archive, name) as part:
                for piece in PIECES:
                    part.write(piece)
        with deflating.member(archive, "empty.xml"):
            pass
        archive.writestr("behind.txt", "behind")
    return path


def test_what_is_unpacked_may_be_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path / "a.zip")) as archive:
        rights = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
    assert all(its & 0o400 for its in rights.values()), rights


def test_all_members_come_back(tmp_path: Path) -> None:
    path = written(tmp_path / "a.zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
        (info,) = [info for info in archive.infolist() if info.filename == "large.xml"]
    assert found == {
        "before.txt": b"before",
        "large.xml": TEXT,
        "second.xml": TEXT,
        "empty.xml": b"",
        "behind.txt": b"behind",
    }
    assert (info.file_size, info.CRC) == (len(TEXT), zlib.crc32(TEXT))
    assert info.compress_size < len(TEXT) / 20
    with SafeZip(path, "a.zip") as guarded:
        assert guarded.read(guarded.members["large.xml"], 1 << 20) == TEXT


def test_the_header_before_a_member_tells_its_sizes(tmp_path: Path) -> None:
    """Readers that go from the beginning to the end do without the directory."""
    path = written(tmp_path / "a.zip")
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("second.xml")
    raw = path.read_bytes()[info.header_offset :]
    assert raw[:4] == b"PK\x03\x04"
    name, extra = (int.from_bytes(raw[at : at + 2], "little") for at in (26, 28))
    assert raw[30 : 30 + name] == b"second.xml"
    assert int.from_bytes(raw[14:18], "little") == zlib.crc32(TEXT)
    sizes = raw[30 + name : 30 + name + extra]
    assert [int.from_bytes(sizes[at : at + 8], "little") for at in (4, 12)] == [len(TEXT), info.compress_size]
    packed = raw[30 + name + extra :][: info.compress_size]
    assert zlib.decompress(packed, -15) == TEXT


def test_a_member_of_more_than_32_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    path = written(tmp_path / "a.zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.read("second.xml") == TEXT


def test_a_member_tells_no_time(tmp_path: Path) -> None:
    """The same rows make the same file."""
    with zipfile.ZipFile(written(tmp_path / "a.zip")) as archive:
        infos = [info for info in archive.infolist() if info.filename.endswith(".xml")]
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}


def test_nothing_is_added_to_a_closed_archive(tmp_path: Path) -> None:
    archive = zipfile.ZipFile(tmp_path / "a.zip", "w")
    archive.close()
    with pytest.raises(ValueError, match="closed"), deflating.member(archive, "late.xml"):
        pass
