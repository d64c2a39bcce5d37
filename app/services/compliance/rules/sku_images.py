"""Rules about the pictures of single variants: they only have to be there and be taken by the photobank."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Hit
from app.services.compliance.image_facts import ImageFacts, host_of, is_remote
from app.services.compliance.registry import RuleGroup
from app.services.compliance.rule_data import Limits
from app.services.listings.records import ListingRecord


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    try:
        for look in context.variant_look.all(record.skus):
            for source in look.images:
                if not context.images.sound[source]:
                    return False
    except KeyError:
        return False
    return True


GROUP = RuleGroup(_is_fine, ("skus",))


def _pictures(record: ListingRecord) -> Iterator[tuple[int, str, str]]:
    """Number of the variant, its name and the picture."""
    for number, sku in enumerate(record.skus):
        for part in sku.properties:
            if source := part.get("image"):
                yield number, sku.code.strip() or f"#{number + 1}", source


def _is_unusable(facts: ImageFacts, limits: Limits) -> bool:
    """Whether the photobank will not take the file."""
    sides = max(facts.width or 0, facts.height or 0)
    return (
        facts.problem in ("damaged", "huge", "heavy")
        or (not facts.problem and facts.format not in limits.photobank_formats)
        or (facts.byte_count or 0) > limits.photobank_bytes_max
        or sides > limits.photobank_side_max_px
    )


@GROUP.rule("sku.image_missing", "sku.properties")
def missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The file is not there, or may not be read."""
    for number, name, source in _pictures(record):
        facts = context.images.known(source)
        if facts is not None and facts.problem in ("missing", "denied"):
            yield Hit({"sku": name, "file": PurePath(source).name}, number)


@GROUP.rule("sku.image_unread", "sku.properties")
def unread(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Nobody looked into the file yet."""
    for number, name, source in _pictures(record):
        if not is_remote(source) and context.images.known(source) is None:
            yield Hit({"sku": name, "file": PurePath(source).name}, number)


@GROUP.rule("sku.image_damaged", "sku.properties")
def damaged(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """No picture, or one that the photobank does not take."""
    for number, name, source in _pictures(record):
        facts = context.images.known(source)
        if facts is not None and _is_unusable(facts, context.limits):
            yield Hit({"sku": name, "file": PurePath(source).name}, number)


@GROUP.rule("sku.image_foreign", "sku.properties")
def foreign(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """An address outside the platform's own picture hosts."""
    for number, name, source in _pictures(record):
        if is_remote(source) and not context.images.is_photobank(source):
            yield Hit({"sku": name, "host": host_of(source) or source[:80]}, number)
