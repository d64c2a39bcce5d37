"""Pictures that a listing has already, though the sheet now names another place for them."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from app.services.compliance.image_facts import ImageFacts, is_remote
from app.services.compliance.images import read_image
from app.services.compliance.loading import load_image_facts
from app.services.listings.importing.pictures import packed_as, plain_name
from app.services.listings.importing.sheet import PropertyList


class SamePictures:
    """Tells which stored picture a named one is: by content, or by its name where the named one has no file.

    Args:
        missing: paths without a file, see `PictureFinder.missing`.
    """

    def __init__(self, session: Session, missing: Collection[str] = ()) -> None:
        self._session, self._missing = session, missing
        self._facts: dict[str, ImageFacts | None] = {}
        self._contents: dict[str, tuple[bool, str]] = {}

    def kept(self, found: Sequence[str], stored: Sequence[str]) -> list[str]:
        """*found*, with the stored path for every picture the listing still has."""
        left = [source for source in stored if source not in found]
        if not left:
            return list(found)
        self._learn((*found, *stored))
        return [source if source in stored else self._partner(source, left) or source for source in found]

    def moved(self, kept: Sequence[str], stored: Sequence[str]) -> dict[str, str]:
        """Stored path → new one, of pictures whose file was moved: same content, not in its old place any more."""
        gone = {content: source for source in stored if source not in kept and (content := self._content(source)[1])}
        new = [source for source in kept if source not in stored] if gone else []
        return {gone[content]: source for source in new if (content := self._content(source)[1]) in gone}

    def _partner(self, source: str, left: Sequence[str]) -> str | None:
        """The picture among *left* that *source* is, as long as its file is there."""
        if source in self._missing:
            return next((one for one in left if _is_called(one, source)), None)
        is_there, content = self._content(source)
        if not is_there and (packed := packed_as(source)):
            return next((one for one in left if self._content(one)[0] and _is_unpacked(one, packed[0])), None)
        return next((one for one in left if content and self._content(one) == (True, content)), None)

    def _learn(self, sources: Sequence[str]) -> None:
        new = [source for source in sources if source not in self._facts and not is_remote(source)]
        self._facts |= {**dict.fromkeys(new), **load_image_facts(self._session, new)}

    def _content(self, source: str) -> tuple[bool, str]:
        """Whether the file is there, and the checksum of what it holds or, once it is gone, held."""
        known = self._contents.get(source)
        if known is None:
            known = self._contents[source] = (False, "") if is_remote(source) else self._look(source)
        return known

    def _look(self, source: str) -> tuple[bool, str]:
        facts = self._facts.get(source)
        try:
            seen = os.stat(source)  # noqa: PTH116 - a source may be no path at all; here that is a ValueError, no more
        except (OSError, ValueError):
            return False, facts.sha256 if facts is not None else ""
        if facts is not None and (seen.st_size, seen.st_mtime_ns // 1_000_000) == (facts.byte_count, facts.modified_ms):
            return True, facts.sha256
        return True, read_image(source).sha256


def images_of(properties: PropertyList) -> list[str]:
    """The pictures that sale properties name."""
    return [image for one in properties if (image := one.get("image"))]


def with_images(properties: PropertyList, images: Sequence[str]) -> PropertyList:
    """*properties* with these pictures in place of theirs, in order."""
    rest = iter(images)
    return [{**one, "image": next(rest)} if one.get("image") else one for one in properties]


def _is_called(stored: str, wanted: str) -> bool:
    """Whether a stored picture has, or had in its archive, the name that is asked for."""
    packed = packed_as(stored)
    return _name(stored) == _name(wanted) or (packed is not None and packed[1] == plain_name(_name(wanted)))


def _is_unpacked(stored: str, checksum: str) -> bool:
    packed = packed_as(stored)
    return packed is not None and packed[0] == checksum


def _name(source: str) -> str:
    return Path(source.replace("\\", "/")).name.casefold()
