"""Data packages: a zip with a products sheet and image folders (domain.md 6). Only what is asked for is unpacked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.limits import limits
from app.services.workbooks.zip_guard import SafeZip

_SHEET_ENDINGS = (".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".csv", ".tsv")
_IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp")
_PRODUCTS = "products"
_NOT_OURS = ("__MACOSX/", "~$", ".")


@dataclass(frozen=True, slots=True)
class PackageMember:
    """A file in a package: name with `/`, decoded from UTF-8 or GBK; size in bytes as declared."""

    name: str
    size: int

    @property
    def is_image(self) -> bool:
        """Whether the name is that of a picture."""
        return self.name.lower().endswith(_IMAGE_ENDINGS)


class DataPackage:
    """The members of a package. Threads: one at a time.

    Attributes:
        sheet_member: the products sheet.
        members: every file, in the order of the archive.

    Raises:
        WorkbookError: `.no_products` for a zip without a sheet, and what `SafeZip` raises.
    """

    def __init__(self, path: Path, shown_name: str) -> None:
        self._zip = SafeZip(path, shown_name, strict=False)
        self.members = tuple(PackageMember(name, info.file_size) for name, info in self._zip.members.items())
        sheets = [member for member in self.members if _is_sheet(member.name)]
        if not sheets:
            self._zip.close()
            raise self._zip.error("no_products")
        self.sheet_member = min(sheets, key=_rank).name

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()

    def read(self, name: str, most_bytes: int) -> bytes:
        """A member's bytes.

        Raises:
            WorkbookError: `.no_products` when there is no such member, `.bomb` when it has more than *most_bytes*.
        """
        info = self._zip.members.get(name)
        if info is None:
            raise self._zip.error("no_products")
        return self._zip.read(info, most_bytes)

    def copy_sheet(self, target: BinaryIO) -> None:
        """Write the products sheet to *target*.

        Raises:
            WorkbookError: `.bomb`, `.damaged`.
        """
        info = self._zip.members[self.sheet_member]
        self._zip.check_size(info, limits().file_bytes)
        for chunk in self._zip.chunks(info):
            target.write(chunk)

    def error(self, code: str) -> WorkbookError:
        """A `workbook.<code>` error that names the package."""
        return self._zip.error(code)


def _is_sheet(name: str) -> bool:
    return name.lower().endswith(_SHEET_ENDINGS) and not any(
        part.startswith(_NOT_OURS) or f"{part}/" in _NOT_OURS for part in PurePosixPath(name).parts
    )


def _rank(member: PackageMember) -> tuple[bool, int, int]:
    """`products.*` first, then the least deep, then the largest."""
    path = PurePosixPath(member.name)
    return path.stem.casefold() != _PRODUCTS, len(path.parts), -member.size
