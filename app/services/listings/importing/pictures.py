"""Finding the pictures a sheet names: addresses, files beside the sheet, in its picture folders, or in an archive.

A name without a file stays a path: the checker names it. Nothing is unpacked before the import is applied.
"""

from __future__ import annotations

import contextlib
import filecmp
import os
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType

from app.services.compliance.image_facts import is_remote
from app.services.listings.importing.dropped import is_picture, pictures_in
from app.services.listings.importing.path_ends import PathEnds
from app.services.tasks import TaskContext
from app.services.workbooks import DataPackage, WorkbookError
from app.services.workbooks.zip_guard import SafeZip

FOLDERS = ("", "images", "image", "img", "pictures", "主图", "图片", "产品图片")
"""Folders beside a sheet in which suppliers keep its pictures."""
PLAIN_CHARS = 40
_UNPACKED = re.compile(r"([0-9a-f]{8}-\d+)(?:-(.+)|\.\w+)")
LARGEST_IMAGE = 40 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PackedPicture:
    """A picture in an archive, and the file it is unpacked to when the import is applied."""

    archive: Path
    member: str
    target: Path


class PictureFinder:
    """Turns what a sheet says into paths and addresses. Use as a context manager, or `close` it.

    Args:
        sheet: the dropped file.
        others: further dropped pictures, folders and archives, searched by name.
        package: the zip the sheet came in.
        unpack_to: folder for pictures of archives.
        is_lazy: leave pictures packed; `packed` says which files `unpack` has to make.

    Attributes:
        missing: paths of names without a file.
        packed: path → where it is packed, for the pictures that were named.
        counts: picture source → pictures it holds; `used` of them were named.

    Raises:
        TaskCancelled: stopped while looking through a folder.
    """

    def __init__(
        self,
        sheet: Path,
        others: Iterable[Path] = (),
        package: DataPackage | None = None,
        unpack_to: Path | None = None,
        *,
        is_lazy: bool = False,
        ctx: TaskContext | None = None,
    ) -> None:
        self._base = Path(sheet).parent.resolve()
        self._unpack_to, self._is_lazy = unpack_to, is_lazy
        self._folders: dict[Path, dict[str, str]] = {}
        self._loose = PathEnds[tuple[str, Path]](_same_file)
        self._members = PathEnds[tuple[Path, str]](self._same_member)
        self._archives: dict[Path, SafeZip] = {}
        self._known: dict[str, str] = {}
        self._used: dict[Path, set[str]] = {}
        self._roots = [_root(self._base)]
        self._trusted: Collection[str] = ()
        self.missing: set[str] = set()
        self.packed: dict[str, PackedPicture] = {}
        self.counts: dict[Path, int] = {}
        if package is not None:
            self._add_archive(Path(sheet))
        for other in others:
            self._add(Path(other), ctx)

    def __enter__(self) -> PictureFinder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the archives."""
        for archive in self._archives.values():
            archive.close()
        self._archives.clear()

    def used(self, source: Path) -> int:
        """How many pictures of a dropped file or folder were named so far."""
        return len(self._used.get(source, ()))

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
            return f"https:{name}" if name.startswith("//") else name
        relative = name.replace("\\", "/")
        if relative.startswith("//"):
            relative = _name(relative)  # another computer's share: asking for it would sign in there
        if (path := self._leads_to(relative)) is not None:
            known = next((one for one in (name, path) if one in self._trusted), None)
            if known is not None:
                return known
            relative = _name(relative)
        member = self._members.find(relative)
        if member is not None:
            return self._of_archive(*member)
        beside = self._beside(relative)
        if beside is not None:
            return beside
        loose = self._loose.find(relative)
        if loose is None:
            path = str(self._base / relative)
            self.missing.add(path)
            return path
        self._used.setdefault(loose[1], set()).add(loose[0])
        return loose[0]

    def outside(self, name: str) -> str | None:
        """The path *name* leads to, if that lies in no folder that was given and no such picture was given either."""
        if ".." not in name and name[:1] not in ("/", "\\") and name[1:2] != ":":
            return None  # nearly every one
        relative = name.replace("\\", "/")
        if is_remote(name) or relative.startswith("//"):
            return None
        path = self._leads_to(relative)
        own = _name(relative)
        if path is None or self._members.knows(own) or self._loose.knows(own) or self._beside(own) is not None:
            return None
        return path

    def trust(self, paths: Collection[str]) -> None:
        """Take these files, wherever they lie: they are ours already."""
        self._trusted = paths
        self._known.clear()

    def _leads_to(self, relative: str) -> str | None:
        """The path a name leads to, None if that is in the sheet's folder or in one that was dropped along."""
        has_drive = relative[1:2] == ":"
        if ".." not in relative and not relative.startswith("/") and not has_drive:
            return None
        path = relative if has_drive else os.path.normpath(self._base / relative)
        normal = os.path.normcase(os.path.normpath(path))
        return None if any(normal.startswith(root) for root in self._roots) else path

    def _beside(self, relative: str) -> str | None:
        """The file beside the sheet or in one of its picture folders, however its name is capitalised."""
        parent, slash, name = relative.rpartition("/")
        for folder in FOLDERS:
            found = self._files(self._base / folder / (parent + slash)).get(name.casefold())
            if found is not None:
                return found
        return None

    def _files(self, folder: Path) -> dict[str, str]:
        """Folded name → path of what lies in a folder, listed once: a stat for each name would take minutes."""
        known = self._folders.get(folder)
        if known is None:
            known = {}
            with contextlib.suppress(OSError, ValueError):  # no such folder, or a name no file system takes
                known = {path.name.casefold(): str(path) for path in sorted(folder.iterdir())}
            self._folders[folder] = known
        return known

    # -- what was dropped along ---------------------------------------------------------------------------------

    def _add(self, source: Path, ctx: TaskContext | None) -> None:
        if not source.is_dir() and not is_picture(source.name):
            self._add_archive(source)
            return
        if source.is_dir():
            self._roots.append(_root(source.resolve()))
        count, root = 0, source.resolve().parent
        for file in pictures_in(source, ctx):
            count += 1
            path = file.resolve()
            end = path.relative_to(root) if path.is_relative_to(root) else Path(file.name)
            self._loose.add(end.as_posix(), (str(path), source))
        self.counts[source] = count

    def _add_archive(self, source: Path) -> None:
        archive = self._archives[source] = SafeZip(source, source.name, strict=False)
        members = [name for name in archive.members if is_picture(name)]
        for member in members:
            self._members.add(member, (source, member))
        self.counts[source] = len(members)

    def _same_member(self, one: tuple[Path, str], other: tuple[Path, str]) -> bool:
        infos = [self._archives[source].members[member] for source, member in (one, other)]
        return len({(info.CRC, info.file_size) for info in infos}) == 1

    def _of_archive(self, source: Path, member: str) -> str:
        """The file a member is unpacked to: named by its checksum and size, so that the same archive again gives the
        same paths, and by its own name, so that it is known again without the archive."""
        self._used.setdefault(source, set()).add(member)
        if self._unpack_to is None:
            return member
        info = self._archives[source].members[member]
        name = f"{info.CRC:08x}-{info.file_size}-{plain_name(member)}"
        packed = PackedPicture(source, member, self._unpack_to / name)
        self.packed[str(packed.target)] = packed
        if not self._is_lazy:
            _write(self._archives[source], packed)
        return str(packed.target)


def unpack(pictures: Iterable[PackedPicture], ctx: TaskContext) -> None:
    """Make the files of packed pictures that are not there yet. A picture that cannot be unpacked is left out: the
    checker says that it is missing.

    Raises:
        TaskCancelled: stopped between two pictures.
    """
    wanted = sorted({one for one in pictures if not one.target.exists()}, key=lambda one: (one.archive, one.member))
    opened: dict[Path, SafeZip] = {}
    with contextlib.ExitStack() as stack:
        for number, picture in enumerate(wanted):
            ctx.checkpoint()
            ctx.report(number, len(wanted), note="import.unpacking")
            try:
                if picture.archive not in opened:
                    opened[picture.archive] = stack.enter_context(
                        SafeZip(picture.archive, picture.archive.name, strict=False)
                    )
            except WorkbookError:
                continue  # it is gone or was changed since the preview
            except OSError:
                continue
            _write(opened[picture.archive], picture)


def _write(archive: SafeZip, picture: PackedPicture) -> None:
    """Unpack one picture, whole or not at all."""
    info = archive.members.get(picture.member)
    if info is None or picture.target.exists():
        return
    part = picture.target.with_suffix(".part")
    try:
        data = archive.read(info, LARGEST_IMAGE)
        picture.target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(picture.target)
    except (WorkbookError, OSError):
        part.unlink(missing_ok=True)


def plain_name(path: str) -> str:
    """The name of a file in letters that every file system takes."""
    return re.sub(r"[^\w.-]", "_", _name(path))[-PLAIN_CHARS:]


def packed_as(source: str) -> tuple[str, str] | None:
    """Checksum with size, and plain name ("" where it was not kept), of a picture that came out of an archive."""
    found = _UNPACKED.fullmatch(_name(source.replace("\\", "/")))
    return (found[1], found[2] or "") if found else None


def _same_file(one: tuple[str, Path], other: tuple[str, Path]) -> bool:
    try:
        return filecmp.cmp(one[0], other[0], shallow=False)
    except OSError:  # one of them is gone since the folder was looked through
        return False


def _root(folder: Path) -> str:
    """How the paths below a folder begin."""
    return os.path.normcase(folder).rstrip(os.sep) + os.sep


def _name(path: str) -> str:
    return PurePosixPath(path).name.casefold()
