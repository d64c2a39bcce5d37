"""What a drop consists of: sheets, and what holds pictures for them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.services.errors import AppError
from app.services.tasks import TaskContext
from app.services.workbooks import DataPackage, WorkbookError
from app.services.workbooks.zip_guard import SafeZip

IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp")
ZIP_START = b"PK"
MOST_FILES = 100_000
"""Files of a dropped folder that are looked at: somebody may drop a whole disk."""
CHECKPOINT_EVERY = 500


SHEET_ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".txt", ".html", ".htm", ".zip"})
MOST_SHEETS = 200
"""Sheets of one folder that are read."""


class FileUnreadable(AppError):
    """The file cannot be opened: `file` names it, `why` is what the operating system says."""

    code = "import.file_unreadable"


@dataclass(frozen=True, slots=True)
class Dropped:
    """Sheets in their order, and pictures, folders and archives of pictures."""

    sheets: tuple[Path, ...]
    pictures: tuple[Path, ...]


def sort_out(paths: Sequence[str]) -> Dropped:
    """Tell sheets from what only holds pictures, by content; the same file twice counts once. Where nothing but folders
    and pictures was named, the sheets are those that lie in the folders."""
    sheets: list[Path] = []
    pictures: list[Path] = []
    for path in map(Path, dict.fromkeys(paths)):
        (pictures if holds_only_pictures(path) else sheets).append(path)
    if not sheets:
        for folder in filter(Path.is_dir, pictures):
            with suppress(OSError):  # a folder that cannot be opened has no sheet
                sheets += [path for path in sheets_in(folder) if not holds_only_pictures(path)]
    return Dropped(tuple(sheets), tuple(pictures))


def sheets_in(folder: Path) -> list[Path]:
    """The files lying in *folder* itself that may be sheets, by their names; no locks and hidden files.

    Raises:
        OSError: it cannot be opened.
    """
    names = sorted(path for path in folder.iterdir() if path.suffix.lower() in SHEET_ENDINGS and path.is_file())
    return [path for path in names if not path.name.startswith(("~$", "."))][:MOST_SHEETS]


def is_picture(name: str) -> bool:
    """Whether a file of this name is a picture."""
    return name.lower().endswith(IMAGE_ENDINGS)


def holds_only_pictures(path: Path) -> bool:
    """A folder, a picture, or an archive without a sheet but with pictures."""
    if path.is_dir() or is_picture(path.name):
        return True
    return _is_archive(path) and _is_picture_archive(path)


def _is_archive(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(ZIP_START)) == ZIP_START
    except OSError:
        return False


def _is_picture_archive(path: Path) -> bool:
    try:
        with SafeZip(path, path.name, strict=False) as archive:
            names = [name.lower() for name in archive.members]
        if "[content_types].xml" in names or "mimetype" in names or not any(map(is_picture, names)):
            return False
        DataPackage(path, path.name).close()
    except WorkbookError as error:
        return error.error_code == "workbook.no_products"
    except OSError:
        return False
    return False


def pictures_in(path: Path, ctx: TaskContext | None = None) -> Iterator[Path]:
    """The picture files of a folder and the folders in it, or the picture itself; links to folders are not followed.

    Raises:
        TaskCancelled: stopped.
    """
    if not path.is_dir():
        if is_picture(path.name):
            yield path
        return
    looked_at = 0
    for folder, _, names in os.walk(path):
        for name in sorted(names):
            looked_at += 1
            if looked_at > MOST_FILES:
                return
            if ctx is not None and looked_at % CHECKPOINT_EVERY == 0:
                ctx.checkpoint()
            if is_picture(name):
                yield Path(folder, name)
