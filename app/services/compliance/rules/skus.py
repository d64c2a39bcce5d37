"""Rules about codes, prices and stock of the variants (domain.md 5.1, 7.3, 14.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.services.codes.normal import normalise
from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Fix, Hit
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord, SkuRecord

_DESTROYED = re.compile(r"\d+(?:\.\d+)?E\+?\d+", re.IGNORECASE)
"""What a spreadsheet makes of a long number (domain.md 7.2 step 2)."""


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    limits, is_usual = context.limits, context.is_usual_code
    low, high, stock_max = limits.price_min_minor, limits.price_max_minor, limits.stock_max
    codes, total = set(), 0
    for sku in record.skus:
        code, price, stock = sku.code, sku.price_minor, sku.stock
        if price is None or stock is None or not low <= price <= high or not 0 <= stock <= stock_max:
            return False
        if not is_usual(code) or (code[0].isdigit() and _DESTROYED.fullmatch(code)):
            return False
        codes.add(code)
        total += stock
    return 0 < total <= limits.stock_total_max and len(codes) == len(record.skus)


GROUP = RuleGroup(_is_fine, ("skus",))


def _name(sku: SkuRecord, number: int) -> str:
    """How a variant is called in a sentence: its code, else its values, else its number."""
    values = " · ".join(part["value"] for part in sku.properties if part.get("value"))
    return sku.code.strip() or values or f"#{number + 1}"


@GROUP.rule("sku.none", "skus")
def none(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A listing without a single variant has no price."""
    if not record.skus:
        yield Hit()


@GROUP.rule("sku.code_missing", "sku.code")
def code_missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A variant without a code cannot be shipped or delisted."""
    for number, sku in enumerate(record.skus):
        if not sku.code.strip():
            yield Hit({"sku": _name(sku, number)}, number)


@GROUP.rule("sku.code_too_long", "sku.code", has_fix=True)
def code_too_long(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """More characters than the platform takes; the remedy is a virtual bundle code for the same goods."""
    limit = context.limits.code_max
    for number, sku in enumerate(record.skus):
        if len(sku.code.strip()) > limit:
            yield Hit(
                {"code": sku.code, "count": len(sku.code.strip()), "max": limit},
                number,
                _shortened(context, sku.code, number),
            )


def _shortened(context: CheckContext, code: str, number: int) -> Fix | None:
    short = context.short_codes.of(code)
    if short is None:
        return None
    kind = "new_virtual" if short.virtual else "use_code"
    return Fix(kind, "sku.code", short.code, number, {"code": short.code}, short.virtual)


@GROUP.rule("sku.code_space", "sku.code", has_fix=True)
def code_space(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Blanks around or in the code; only the ones around it can be left out without changing its meaning."""
    for number, sku in enumerate(record.skus):
        code = sku.code
        if code.strip() and any(character.isspace() for character in code):
            trimmed = code.strip()
            is_clear = not any(character.isspace() for character in trimmed)
            fix = Fix("use_code", "sku.code", trimmed, number, {"code": trimmed}) if is_clear else None
            yield Hit({"code": code}, number, fix)


@GROUP.rule("sku.code_forbidden", "sku.code", has_fix=True)
def code_forbidden(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Angle brackets, full-width or other characters that are not half-width; the remedy is the half-width code."""
    for number, sku in enumerate(record.skus):
        signs = [c for c in dict.fromkeys(sku.code) if c in "<>" or not (c.isspace() or "!" <= c <= "~")]
        if signs:
            plain = normalise(sku.code)
            is_usual = context.is_usual_code(plain)
            fix = Fix("use_code", "sku.code", plain, number, {"code": plain}) if is_usual else None
            yield Hit({"code": sku.code, "signs": " ".join(signs)}, number, fix)


@GROUP.rule("sku.code_signs", "sku.code")
def code_signs(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Signs that are neither forbidden nor in use."""
    usual = context.limits.code_signs
    for number, sku in enumerate(record.skus):
        signs = [
            c
            for c in dict.fromkeys(sku.code)
            if "!" <= c <= "~" and not c.isalnum() and c not in usual and c not in "<>"
        ]
        if signs and not _DESTROYED.fullmatch(sku.code.strip()):
            yield Hit({"code": sku.code, "signs": " ".join(signs)}, number)


@GROUP.rule("sku.code_destroyed", "sku.code")
def code_destroyed(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A number in scientific notation: a spreadsheet has replaced the code."""
    for number, sku in enumerate(record.skus):
        if _DESTROYED.fullmatch(sku.code.strip()):
            yield Hit({"code": sku.code}, number)


@GROUP.rule("sku.code_repeated", "sku.code")
def code_repeated(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Two variants with one code: orders could not be told apart."""
    first: dict[str, int] = {}
    for number, sku in enumerate(record.skus):
        code = sku.code.strip()
        if code and first.setdefault(code, number) != number:
            yield Hit({"code": code, "first": first[code] + 1, "second": number + 1}, number)


@GROUP.rule("price.missing", "sku.price")
def price_missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """An unknown price is not 0."""
    for number, sku in enumerate(record.skus):
        if sku.price_minor is None:
            yield Hit({"sku": _name(sku, number)}, number)


@GROUP.rule("price.range", "sku.price")
def price_range(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A price outside what the platform takes."""
    low, high = context.limits.price_min_minor, context.limits.price_max_minor
    for number, sku in enumerate(record.skus):
        if sku.price_minor is not None and not low <= sku.price_minor <= high:
            shown = {"price": _amount(sku.price_minor), "min": _amount(low), "max": _amount(high)}
            yield Hit({"sku": _name(sku, number), **shown}, number)


@GROUP.rule("stock.missing", "sku.stock")
def stock_missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """An unknown stock is not 0."""
    for number, sku in enumerate(record.skus):
        if sku.stock is None:
            yield Hit({"sku": _name(sku, number)}, number)


@GROUP.rule("stock.range", "sku.stock", has_fix=True)
def stock_range(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A stock outside what the platform takes; the remedy is the nearest it does take."""
    limit = context.limits.stock_max
    for number, sku in enumerate(record.skus):
        if sku.stock is not None and not 0 <= sku.stock <= limit:
            nearest = min(max(sku.stock, 0), limit)
            fix = Fix("use_stock", "sku.stock", nearest, number, {"count": nearest})
            yield Hit({"sku": _name(sku, number), "stock": sku.stock, "max": limit}, number, fix)


@GROUP.rule("stock.none", "sku.stock")
def stock_none(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """Nothing to sell in any variant."""
    if record.skus and all(sku.stock is not None and sku.stock <= 0 for sku in record.skus):
        yield Hit()


@GROUP.rule("stock.total", "sku.stock")
def stock_total(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """More pieces over all variants than the platform takes."""
    total, limit = sum(sku.stock or 0 for sku in record.skus), context.limits.stock_total_max
    if total > limit and all(0 <= (sku.stock or 0) <= context.limits.stock_max for sku in record.skus):
        yield Hit({"total": total, "max": limit})


def _amount(minor: int) -> str:
    """Cents as `1,234.50`, exactly."""
    sign, rest = ("-" if minor < 0 else ""), abs(minor)
    return f"{sign}{rest // 100:,}.{rest % 100:02d}"
