"""Rules about the main images: what the files are, not what they are called (domain.md 5.1, 14.2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Fix, Hit
from app.services.compliance.image_facts import ImageFacts, host_of, is_remote
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord

MEGABYTE = 1024 * 1024


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    images, sound = record.images, context.images.sound
    try:
        distinct = {sound[source] for source in images}
    except KeyError:
        return False
    return 0 < len(images) <= context.limits.images_max and len(distinct) == len(images)


GROUP = RuleGroup(_is_fine, ("images",))


def _facts(record: ListingRecord, context: CheckContext) -> Iterator[tuple[int, ImageFacts]]:
    """Readable pictures with their number, counted from 1."""
    for number, source in enumerate(record.images, 1):
        facts = context.images.known(source)
        if facts is not None and not facts.problem:
            yield number, facts


def _problems(record: ListingRecord, context: CheckContext, *problems: str) -> Iterator[Hit]:
    for number, source in enumerate(record.images, 1):
        facts = context.images.known(source)
        if facts is not None and facts.problem in problems:
            yield _hit(record, number, width=facts.width or 0, height=facts.height or 0)


def _hit(record: ListingRecord, number: int, *, fix: Fix | None = None, **params: object) -> Hit:
    source = record.images[number - 1]
    return Hit({"number": number, "file": PurePath(source).name or source, **params}, fix=fix)


@GROUP.rule("image.none", "images")
def none(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """There is no image."""
    if not record.images:
        yield Hit()


@GROUP.rule("image.too_many", "images", has_fix=True)
def too_many(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """More images than the platform takes; the remedy keeps the first ones."""
    count, limit = len(record.images), context.limits.images_max
    if count > limit:
        fix = Fix("keep_images", "images", record.images[:limit], params={"max": limit})
        yield Hit({"count": count, "max": limit}, fix=fix)


@GROUP.rule("image.missing", "images")
def missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The file is not there, or may not be read."""
    yield from _problems(record, context, "missing", "denied")


@GROUP.rule("image.unread", "images")
def unread(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Nobody looked into the file yet."""
    for number, source in enumerate(record.images, 1):
        if not is_remote(source) and context.images.known(source) is None:
            yield _hit(record, number)


@GROUP.rule("image.damaged", "images")
def damaged(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The file is no picture, or ends too early."""
    yield from _problems(record, context, "damaged")


@GROUP.rule("image.huge", "images")
def huge(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """So many pixels that unpacking it would fill the memory."""
    yield from _problems(record, context, "huge")


@GROUP.rule("image.format", "images")
def image_format(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A format the platform does not take."""
    limits = context.limits
    for number, facts in _facts(record, context):
        if facts.format not in limits.image_formats | limits.image_formats_tolerated:
            yield _hit(record, number, format=facts.format)


@GROUP.rule("image.not_jpeg", "images")
def not_jpeg(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A format the photobank takes although the listing page asks for JPEG."""
    limits = context.limits
    for number, facts in _facts(record, context):
        if facts.format in limits.image_formats_tolerated - limits.image_formats:
            yield _hit(record, number, format=facts.format)


@GROUP.rule("image.too_heavy", "images")
def too_heavy(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """More bytes than a main image may have."""
    limit = context.limits.image_bytes_max
    for number, source in enumerate(record.images, 1):
        facts = context.images.known(source)
        if facts is not None and (facts.byte_count or 0) > limit:
            yield _hit(record, number, size=_megabytes(facts.byte_count or 0), max=_megabytes(limit))


@GROUP.rule("image.photobank", "images")
def photobank(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Good for the page, yet too large for the upload to the photobank."""
    limits = context.limits
    for number, facts in _facts(record, context):
        weight, side = facts.byte_count or 0, max(facts.width or 0, facts.height or 0)
        if limits.photobank_bytes_max < weight <= limits.image_bytes_max or side > limits.photobank_side_max_px:
            yield _hit(
                record,
                number,
                width=facts.width or 0,
                height=facts.height or 0,
                size=_megabytes(weight),
                max=_megabytes(limits.photobank_bytes_max),
                side=limits.photobank_side_max_px,
            )


@GROUP.rule("image.too_small", "images", has_fix=True)
def too_small(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Fewer pixels than the platform asks for; the remedy leaves the picture out."""
    side = context.limits.image_side_min_px
    for number, facts in _facts(record, context):
        width, height = facts.width or 0, facts.height or 0
        if min(width, height) < side:
            yield _hit(record, number, fix=_without(record, number), width=width, height=height, min=side)


@GROUP.rule("image.ratio", "images")
def ratio(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Too long and narrow."""
    most = context.limits.image_ratio_max
    for number, facts in _facts(record, context):
        width, height = facts.width or 0, facts.height or 0
        short, long = sorted((width, height))
        if long > short * most:
            shown = f"1:{long / short:.2f}" if short else f"{width}:{height}"
            yield _hit(record, number, width=width, height=height, ratio=shown, max=f"1:{most:g}")


@GROUP.rule("image.repeated", "images", has_fix=True)
def repeated(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The same picture twice, by content; the remedy leaves the later one out."""
    first: dict[str, int] = {}
    for number, source in enumerate(record.images, 1):
        facts = context.images.known(source)
        identity = facts.sha256 if facts is not None and facts.sha256 else source
        if first.setdefault(identity, number) != number:
            yield _hit(record, number, fix=_without(record, number), first=first[identity])


@GROUP.rule("image.foreign", "images")
def foreign(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """An address outside the platform's own picture hosts."""
    for number, source in enumerate(record.images, 1):
        if is_remote(source) and not context.images.is_photobank(source):
            yield _hit(record, number, host=host_of(source) or source)


def _without(record: ListingRecord, number: int) -> Fix | None:
    """Leave one picture out, unless it is the only one."""
    rest = [source for position, source in enumerate(record.images, 1) if position != number]
    return Fix("remove_image", "images", rest, params={"number": number}) if rest else None


def _megabytes(count: int) -> str:
    return f"{count / MEGABYTE:.1f} MB"
