"""Names for the pictures of listings in a package: the ones their own package had, else a folder a listing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from app.services.compliance.image_facts import is_remote
from app.services.listings.records import ListingRecord
from app.services.packages.rules import package_rules
from app.services.packages.saving import Chunks, file_chunks
from app.services.workbooks.zip_guard import is_safe_name

_UNPACKED = re.compile(r"[0-9a-f]{8}-\d+-(.+)")
_PLAIN_CHARS = 40


class PictureNames(Mapping[str, str]):
    """Path of a picture → its name in the package; addresses stay as they are. One for each zip."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._taken: dict[str, str] = {package_rules().sheet_file.casefold(): ""}

    def __getitem__(self, source: str) -> str:
        return source if is_remote(source) else self._names[source]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def meet(self, record: ListingRecord, wished: Mapping[str, str]) -> bool:
        """Give the pictures of a listing their names; *wished*: those they had in the package they came from.

        Returns: whether every wish could be met, so that the old texts still name the right pictures.
        """
        folder = plain_name(record.product_id or record.product_key or f"listing-{record.id}")
        met = [self._meet(source, folder, wished.get(source, "")) for source in pictures_of(record)]
        return all(met)

    def _meet(self, source: str, folder: str, wish: str) -> bool:
        if is_remote(source):
            return True
        wish = wish.replace("\\", "/")
        if source not in self._names:
            free = bool(wish) and is_safe_name(wish) and wish.casefold() not in self._taken
            self._take(source, wish if free else self._own(source, folder))
        return not wish or self._names[source] == wish

    def _take(self, source: str, name: str) -> None:
        self._names[source] = name
        self._taken[name.casefold()] = source

    def _own(self, source: str, folder: str) -> str:
        """A free name; an unpacked picture gets back the name it had, so that it is known again."""
        leaf = PurePosixPath(source.replace("\\", "/")).name
        unpacked = _UNPACKED.fullmatch(leaf)
        plain = PurePosixPath(plain_name(unpacked[1] if unpacked else leaf))
        found, number = f"{package_rules().image_folder}/{folder}/{plain}", 1
        while found.casefold() in self._taken:
            number += 1
            found = f"{package_rules().image_folder}/{folder}/{number}/{plain}"
        return found

    def files(self) -> list[tuple[str, Chunks]]:
        """Name and bytes of every picture, for the zip."""
        return [(name, file_chunks(Path(source))) for source, name in self._names.items()]


def pictures_of(record: ListingRecord) -> Iterator[str]:
    """The listing's pictures and those of its variants."""
    yield from record.images
    for sku in record.skus:
        for part in sku.properties:
            if part.get("image"):
                yield part["image"]


def plain_name(text: str) -> str:
    """*text* in letters that every file system takes."""
    return re.sub(r"[^\w.-]", "_", text).strip(".")[-_PLAIN_CHARS:] or "_"


def paired(sources: Sequence[str], names: Iterable[str]) -> dict[str, str]:
    """Source → the name it had, where there are as many names as sources."""
    own = list(names)
    return dict(zip(sources, own, strict=True)) if len(own) == len(sources) else {}
