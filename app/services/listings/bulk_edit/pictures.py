"""Operations on the pictures of a listing: a list of paths or addresses, the main one first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.services.errors import InputError
from app.services.listings.bulk_edit.operations import (
    AddImages,
    Operation,
    RemoveImages,
    ReorderImages,
    ReplaceImage,
)
from app.services.listings.bulk_edit.texts import RowRefused
from app.services.listings.records import SkuRecord

Hashes = Mapping[str, str]
"""SHA-256 by source, of pictures that were read."""


class UnreadableFile(InputError):
    """A picture that was chosen cannot be read; `file` names it."""

    code = "bulk_edit.unreadable_file"


def content_hash(path: str) -> str:
    """SHA-256 of a picture file: how a listing's picture is found again. Raises: UnreadableFile."""
    try:
        with Path(path).open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise UnreadableFile(file=Path(path).name) from error


def looks_into_pictures(operations: Iterable[Operation]) -> bool:
    """Whether some of *operations* look for a picture by what is in it, so that pictures have to be read first."""
    return any(isinstance(one, ReplaceImage) or (isinstance(one, RemoveImages) and one.hashes) for one in operations)


def pictures_given(operations: Iterable[Operation]) -> Iterator[str]:
    """Pictures that *operations* put into listings."""
    for one in operations:
        if isinstance(one, AddImages):
            yield from one.sources
        elif isinstance(one, ReplaceImage):
            yield one.source


def added(images: Sequence[str], operation: AddImages) -> list[str]:
    """With pictures that are not there yet."""
    new = [source for source in dict.fromkeys(operation.sources) if source not in images]
    return [*new, *images] if operation.at == "start" else [*images, *new]


def removed(images: Sequence[str], operation: RemoveImages, hashes: Hashes) -> list[str]:
    """Without some pictures."""
    return [
        source
        for place, source in enumerate(images)
        if place not in operation.positions and hashes.get(source, "") not in operation.hashes
    ]


def reordered(images: Sequence[str], operation: ReorderImages) -> list[str]:
    """In another order.

    Raises:
        RowRefused: there are fewer pictures.
    """
    first = list(dict.fromkeys(operation.first))
    if any(not 0 <= place < len(images) for place in first):
        raise RowRefused("too_few_images")
    return [images[place] for place in (*first, *(n for n in range(len(images)) if n not in first))]


def replaced_image(images: Sequence[str], operation: ReplaceImage, hashes: Hashes) -> list[str]:
    """With another picture in the place of one."""
    new = [operation.source if hashes.get(source) == operation.sha256 else source for source in images]
    return list(dict.fromkeys(new))


def with_pictures(skus: Sequence[SkuRecord], shown: Callable[[str], str]) -> list[SkuRecord]:
    """Variants with the pictures that *shown* gives for theirs, "" for none."""
    return [_with_pictures(sku, shown) for sku in skus]


def _with_pictures(sku: SkuRecord, shown: Callable[[str], str]) -> SkuRecord:
    parts = [{**part, "image": shown(part["image"])} if part.get("image") else part for part in sku.properties]
    return sku if parts == sku.properties else replace(sku, properties=parts)
