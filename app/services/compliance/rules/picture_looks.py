"""Rules about what pictures look like: the same one twice, and pictures that seem to belong to another variant.

They speak of pictures somebody had looked into (`app.services.images`), and of names. All of it is suspicion: a person
has to look. Source: domain.md 14.2, two Chinese file names that became one Latin name swapped black and white.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from app.services.compliance.alike import are_alike
from app.services.compliance.colours import contradicts, named_colour
from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Fix, Hit, Label
from app.services.compliance.image_facts import ImageFacts, is_remote
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord

FORMAT_OF = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG", ".png": "PNG", ".gif": "GIF", ".webp": "WEBP",
    ".bmp": "BMP", ".tif": "TIFF", ".tiff": "TIFF",
}  # fmt: skip
_NOT_LATIN = re.compile(r"[^a-z0-9]+")


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    """Nobody looked into its pictures, which are called what they mostly are, and no variant has one."""
    for source in record.images:
        facts = context.images.known(source)
        if facts is not None and (facts.dhash or not source.lower().endswith((".jpg", ".jpeg"))):
            return False
    return not any(look.images for look in context.variant_look.all(record.skus))


GROUP = RuleGroup(_is_fine, ("images", "skus"))


def _variants(record: ListingRecord) -> Iterator[tuple[int, str, str, str]]:
    """Number of the variant, its name, the value that has the picture, the picture."""
    for number, sku in enumerate(record.skus):
        for part in sku.properties:
            if source := part.get("image"):
                yield number, sku.code.strip() or f"#{number + 1}", str(part.get("value", "")), source


def _identity(source: str, context: CheckContext) -> str:
    facts = context.images.known(source)
    return facts.sha256 if facts is not None and facts.sha256 else source


@GROUP.rule("image.lying_name", "images")
def lying_name(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The name says another format than the content, which is as it should be; other ones have a finding already."""
    for number, source in enumerate(record.images, 1):
        facts = context.images.known(source)
        said = FORMAT_OF.get(PurePath(source).suffix.lower(), "")
        is_good = facts is not None and not facts.problem and facts.format in context.limits.image_formats
        if facts is not None and is_good and said not in ("", facts.format):
            yield Hit({"number": number, "file": PurePath(source).name, "said": said, "format": facts.format})


@GROUP.rule("image.alike", "images")
def alike(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The same picture in another size or saved anew; the remedy leaves the later one out."""
    before: list[tuple[int, ImageFacts]] = []
    for number, source in enumerate(record.images, 1):
        facts = context.images.known(source)
        if facts is None or not facts.dhash:
            continue
        first = next((at for at, one in before if one.sha256 != facts.sha256 and are_alike(one, facts)), None)
        if first is not None:
            rest = [one for place, one in enumerate(record.images, 1) if place != number]
            fix = Fix("remove_image", "images", rest, params={"number": number})
            yield Hit({"number": number, "first": first, "file": PurePath(source).name}, fix=fix)
        before.append((number, facts))


@GROUP.rule("sku.image_none", "sku.properties")
def none(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Other variants of the same property have a picture, this one has none."""
    shown = {str(part.get("name", "")) for sku in record.skus for part in sku.properties if part.get("image")}
    for number, sku in enumerate(record.skus):
        for part in sku.properties:
            if part.get("name", "") in shown and not part.get("image"):
                yield Hit({"sku": sku.code.strip() or f"#{number + 1}", "value": str(part.get("value", ""))}, number)


@GROUP.rule("sku.image_shared", "sku.properties")
def shared(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Two values of a property show the same picture, by content or by look."""
    seen: list[tuple[str, str, str, ImageFacts | None]] = []
    told: set[str] = set()
    for number, name, value, source in _variants(record):
        identity, facts = _identity(source, context), context.images.known(source)
        for other_name, other_value, other_identity, other in seen:
            if other_value == value or value in told:
                continue
            if identity == other_identity or (facts is not None and other is not None and are_alike(facts, other)):
                told.add(value)
                yield Hit({"sku": name, "other": other_name, "value": value, "other_value": other_value}, number)
        seen.append((name, value, identity, facts))


@GROUP.rule("sku.image_colour", "sku.properties")
def colour(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The value names a clear colour, and the picture clearly has another one."""
    told: set[str] = set()
    for number, name, value, source in _variants(record):
        facts, named = context.images.known(source), named_colour(value)
        if facts is None or not named or value in told:
            continue
        if seen := contradicts(named, facts.colours):
            told.add(value)
            yield Hit({"sku": name, "value": value, "seen": Label.of(f"colour.{seen}")}, number)


@GROUP.rule("sku.image_name", "sku.properties")
def file_name(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Names of two different pictures become the same where Chinese is lost, and their colours do not tell them apart.
    Told once: it is about the folder, not about one variant."""
    by_name: dict[str, tuple[str, str, str]] = {}
    for number, name, value, source in _variants(record):
        facts, stem = context.images.known(source), PurePath(source).stem
        if is_remote(source) or facts is None or facts.dhash is None or stem.isascii() or _is_proved(value, facts):
            continue
        latin = _NOT_LATIN.sub("", stem.lower())
        other = by_name.setdefault(latin, (name, PurePath(source).name, _identity(source, context)))
        if other[2] != _identity(source, context):
            yield Hit({"sku": name, "other": other[0], "file": PurePath(source).name, "other_file": other[1]}, number)
            return


def _is_proved(value: str, facts: ImageFacts) -> bool:
    """Whether the picture shows the colour that its variant is called by."""
    named = named_colour(value)
    return bool(named) and facts.colours.get(named, 0.0) > 0.5
