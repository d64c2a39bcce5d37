"""Finding the pictures a sheet names: addresses, files beside the sheet, in its picture folders, or in the zip."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from app.services.compliance.image_facts import is_remote
from app.services.workbooks import DataPackage

FOLDERS = ("", "images", "image", "img", "pictures", "主图", "图片", "产品图片")
"""Folders beside a sheet in which suppliers keep its pictures."""
LARGEST_IMAGE = 40 * 1024 * 1024


class PictureFinder:
    """Turns what a sheet says into paths and addresses. A name without a file stays a path: the checker names it.

    Args:
        sheet: the dropped file.
        others: further dropped files and folders, searched by name.
        package: the zip the sheet came in; its pictures are unpacked to *unpack_to* when they are named.
    """

    def __init__(
        self,
        sheet: Path,
        others: Iterable[Path] = (),
        package: DataPackage | None = None,
        unpack_to: Path | None = None,
    ) -> None:
        self._base = sheet.parent.resolve()
        self._by_name: dict[str, str] = {}
        self._members: dict[str, str] = {}
        self._package, self._unpack_to = package, unpack_to
        self._known: dict[str, str] = {}
        for other in others:
            self._add(other)
        if package is not None:
            for member in package.members:
                if member.is_image:
                    self._members.setdefault(_name(member.name), member.name)
                    self._members[member.name.casefold()] = member.name

    def find_all(self, lists: Sequence[tuple[str, ...] | None]) -> list[list[str] | None]:
        """Pictures of each row; None where the row names none."""
        made: dict[tuple[str, ...], list[str]] = {}
        result: list[list[str] | None] = []
        for names in lists:
            if not names:
                result.append(None)
                continue
            found = made.get(names)
            if found is None:
                found = made[names] = list(dict.fromkeys(self.find(name) for name in names))
            result.append(found)
        return result

    def find_each(self, names: Sequence[str | None]) -> list[str | None]:
        """One picture a row."""
        return [self.find(name) if name else None for name in names]

    def find(self, name: str) -> str:
        """The address or path that *name* means."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._find(name)
        return found

    def _find(self, name: str) -> str:
        if is_remote(name):
            return name
        if name.startswith("//"):
            return f"https:{name}"
        relative = name.replace("\\", "/")
        member = self._members.get(relative.casefold()) or self._members.get(_name(relative))
        if member is not None:
            return self._unpacked(member)
        written = Path(name)
        if written.is_absolute():
            return str(written)
        for folder in FOLDERS:
            path = self._base / folder / relative
            if path.is_file():
                return str(path)
        return self._by_name.get(_name(relative)) or str(self._base / relative)

    def _add(self, path: Path) -> None:
        for file in path.rglob("*") if path.is_dir() else (path,):
            if file.is_file():
                self._by_name.setdefault(file.name.casefold(), str(file.resolve()))

    def _unpacked(self, member: str) -> str:
        """The picture of the zip as a file of the data folder, named by its content so that it is kept once."""
        assert self._package is not None
        if self._unpack_to is None:
            return member
        data = self._package.read(member, LARGEST_IMAGE)
        target = self._unpack_to / f"{hashlib.sha256(data).hexdigest()[:32]}{PurePosixPath(member).suffix.lower()}"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(".part")
            part.write_bytes(data)
            part.replace(target)
        return str(target)


def _name(path: str) -> str:
    return PurePosixPath(path).name.casefold()
