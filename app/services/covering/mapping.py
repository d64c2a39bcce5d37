"""One listing of another store as a draft of ours: every value that means nothing here is replaced or named.

Pure: the names of both stores' things come in `Sides`, the checker's context is that of the own store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from app.services.amounts import money_text
from app.services.codes.normal import normalise
from app.services.codes.reading import read_code
from app.services.codes.rules import PLAIN_STORE, CodeRules, StoreMarks
from app.services.compliance import CheckContext
from app.services.compliance.names import NameIndex
from app.services.compliance.rule_data import rule_file
from app.services.covering.costs import GoodsCosts
from app.services.covering.detail import pictures_of, without_theirs
from app.services.covering.records import BY_DEFAULT, BY_MAPPING, BY_NAME, BY_RULE, Mapped, Replacement, Unmapped
from app.services.covering.rules import NO_GROUP, CoverRules
from app.services.expressions import Formula, FormulaError
from app.services.listings.bulk_edit.formulas import compiled
from app.services.listings.bulk_edit.sizes import converted_text
from app.services.listings.bulk_edit.texts import RowRefused
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.marketplace.port import RemoteListing
from app.services.stores.sync.mapping import to_record

BEGINNER = "0"
"""The service template every store has (aliexpress-open-platform.md 5.14)."""
_STEP = Decimal("0.05")
DEAREST = Decimal(1_000_000)
"""From here on a result is no price."""


@dataclass(frozen=True, slots=True)
class Things:
    """Names of a store's things by id."""

    templates: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sides:
    """Both stores: what theirs and ours are called, the currency ours sells in, "" where that is not known, what their
    goods cost us, without which no cost is known, and how ours writes its codes."""

    theirs: Things
    ours: Things
    context: CheckContext
    currency: str = ""
    costs: GoodsCosts | None = None
    marks: StoreMarks = PLAIN_STORE


def map_listing(remote: RemoteListing, rules: CoverRules, sides: Sides) -> Mapped:
    """*remote* as a draft of our store, with everything that was replaced and everything that could not be."""
    record = to_record(remote, sides.context)
    record.product_id, record.remote, record.sent_hash, record.status, record.off_reason = None, None, None, "draft", ""
    record.product_key = remote.product_id
    draft = _Draft(Mapped(remote.product_id, record), rules, sides)
    draft.map_things(str(remote.raw.get("promise_template_id") or BEGINNER))
    draft.map_texts()
    draft.map_brand()
    draft.map_unit()
    draft.map_variants()
    draft.map_detail()
    draft.name_left(remote.raw)
    return draft.mapped


@dataclass(slots=True)
class _Draft:
    mapped: Mapped
    rules: CoverRules
    sides: Sides

    @property
    def record(self) -> ListingRecord:
        return self.mapped.record

    def replaced(self, name: str, before: object, after: object, why: str, code: str = "") -> None:
        if before != after:
            self.mapped.replacements.append(
                Replacement(self.mapped.product_id, name, str(before), str(after), why, code)
            )

    def unmapped(self, name: str, value: object, why: str, code: str = "") -> None:
        self.mapped.unmapped.append(Unmapped(self.mapped.product_id, name, str(value), why, code))

    # -- templates and groups ----------------------------------------------------------------------------------

    def map_things(self, service_id: str) -> None:
        """Freight template, service template and group; one nobody can map stays and blocks publishing. The service
        template every store has, and no group at all, are things to map where a rule speaks of them."""
        rules, theirs, ours = self.rules, self.sides.theirs, self.sides.ours
        record = self.record
        record.freight_template_id = self._own(
            "freight_template_id",
            record.freight_template_id,
            _Lookup(rules.templates, theirs.templates, ours.templates, rules.default_template),
        )
        if service_id != BEGINNER or rules.services.get(BEGINNER) or rules.default_service:
            record.service_template_id = self._own(
                "service_template_id",
                service_id,
                _Lookup(rules.services, theirs.services, ours.services, rules.default_service),
            )
        if record.group_id or rules.default_group:
            record.group_id = self._own(
                "group_id",
                record.group_id,
                _Lookup(rules.groups, theirs.groups, ours.groups, rules.default_group),
            )

    def _own(self, name: str, their_id: str, lookup: _Lookup) -> str:
        """Our id in place of theirs; theirs where there is none."""
        their_name = lookup.theirs.get(their_id, "")
        shown = _shown(their_id, their_name)
        own, why = lookup.mapping.get(their_id, ""), BY_MAPPING
        if not own and self.rules.same_names and their_name:
            names = NameIndex((called, own_id) for own_id, called in lookup.ours.items())
            own, why = names.find(their_name) or "", BY_NAME
        if not own:
            own, why = lookup.default, BY_DEFAULT
        if own == NO_GROUP:
            self.replaced(name, shown, "", why)
            return ""
        if own and own in lookup.ours:
            self.replaced(name, shown, _shown(own, lookup.ours[own]), why)
            return own
        self.unmapped(name, shown, "no_mapping")
        return their_id

    # -- texts -------------------------------------------------------------------------------------------------

    def map_texts(self) -> None:
        """Words of title and keywords, sizes in inches."""
        record = self.record
        for name in ("title", "keywords"):
            before = getattr(record, name)
            after = replaced_words(before, self.rules.words)
            self.replaced(name, before, after, BY_RULE)
            setattr(record, name, self._in_centimetres(name, after))
        for entry in record.attributes:
            if entry.get("value") and not entry.get("value_id"):
                entry["value"] = self._in_centimetres("attributes", entry["value"])

    def _in_centimetres(self, name: str, text: str) -> str:
        if not self.rules.inches:
            return text
        try:
            after = converted_text(text)
        except RowRefused:
            self.unmapped(name, text, "suspicious_size")
            return text
        self.replaced(name, text, after, BY_RULE)
        return after

    def map_brand(self) -> None:
        """The brand ours are listed under, by its id where the category has one."""
        brand, record, context = self.rules.brand, self.record, self.sides.context
        brand_id = rule_file("cover")["brand_attribute"]
        entry = next((one for one in record.attributes if one.get("name_id") == brand_id), None)
        if not brand or entry is None:
            return
        leaf = context.leaf(record.category_id)
        attribute = leaf.attributes.get(brand_id) if leaf is not None else None
        value_id = context.resolve_value(leaf, attribute, brand) if leaf is not None and attribute is not None else None
        if value_id is None and attribute is not None and not attribute.is_free:
            self.unmapped("brand", brand, "no_value")
            return
        self.replaced("brand", entry.get("value") or entry.get("value_id", ""), brand, BY_RULE)
        entry["value_id"], entry["value"] = value_id or "", brand

    def map_unit(self) -> None:
        """The unit of sale, where it is mapped."""
        own = self.rules.units.get(self.record.unit)
        if own:
            names = self.sides.context.units
            shown = [names[unit].en if unit in names else unit for unit in (self.record.unit, own)]
            self.replaced("unit", shown[0], shown[1], BY_RULE)
            self.record.unit = own

    # -- variants ----------------------------------------------------------------------------------------------

    def map_variants(self) -> None:
        """Codes, prices and stock; the sale properties, Ships From among them, mean the same in every store."""
        self.record.regional_prices = {}  # they are named as left: no price rule speaks of them
        formula = compiled(self.rules.price) if self.rules.price else None
        record = self.record
        is_other = bool(self.sides.currency) and record.currency != self.sides.currency
        if is_other:
            self.unmapped("currency", record.currency, "other_currency")
            record.currency = self.sides.currency
        for sku in record.skus:
            goods = mapped_code(sku.code, replace(self.rules, add_prefix="", add_suffix=""))
            self._map_code(sku)
            self._map_price(sku, formula, goods, is_other=is_other)
            if self.rules.stock is not None:
                self.replaced("sku.stock", _known(sku.stock), self.rules.stock, BY_RULE, sku.code)
                sku.stock = self.rules.stock
        self._name_unread(record.skus)

    def _name_unread(self, skus: Sequence[SkuRecord]) -> None:
        """A code whose goods are not known any more behind what our rules put around it: delisting would miss it."""
        rules, ours = self.rules, CodeRules(store=self.sides.marks)
        for sku in skus if rules.add_prefix or rules.add_suffix else ():
            goods = mapped_code(sku.code, CoverRules(remove_prefix=rules.add_prefix, remove_suffix=rules.add_suffix))
            if read_code(sku.code, ours).match_key != read_code(goods, ours).match_key:
                self.unmapped("sku.code", sku.code, "unread", sku.code)
                return

    def _map_code(self, sku: SkuRecord) -> None:
        before = sku.code
        sku.code = mapped_code(before, self.rules)
        self.replaced("sku.code", before, sku.code, BY_RULE, before)

    def _map_price(self, sku: SkuRecord, formula: Formula | None, goods: str, *, is_other: bool) -> None:
        """*goods*: the code without what a store puts around it."""
        before = sku.price_minor
        if is_other:
            sku.price_minor = None
        elif before is not None and (formula is not None or self.rules.rounding):
            values = self._values(formula, goods)
            sku.price_minor = mapped_price(before, formula, self.rules.rounding, values)
            if sku.price_minor is None:
                missing = next((name for name in ("cost", "rate") if name in values and values[name] is None), "")
                self.unmapped("sku.price", _price(before), f"no_{missing}" if missing else "formula", sku.code)
        self.replaced("sku.price", _price(before), _price(sku.price_minor), BY_RULE, sku.code)

    def _values(self, formula: Formula | None, goods: str) -> dict[str, Decimal | None]:
        """What the formula reads besides the price."""
        names = formula.names if formula is not None else frozenset[str]()
        costs = self.sides.costs
        found: dict[str, Decimal | None] = {}
        if "cost" in names:
            found["cost"] = costs.of(goods) if costs is not None else None
        if "rate" in names:
            found["rate"] = costs.rate if costs is not None else None
        return found

    # -- pictures and the page ---------------------------------------------------------------------------------

    def map_detail(self) -> None:
        """The page without their modules and links; every picture is theirs and goes into the own photobank later."""
        record = self.record
        page = without_theirs(record.detail_html)
        record.detail_html = page.html
        for name, taken in (("detail.module", page.modules), ("detail.link", page.links)):
            for one in taken:
                self.replaced(name, one[:200], "", "removed")
        of_skus = (part.get("image", "") for sku in record.skus for part in sku.properties)
        pictures = dict.fromkeys(filter(None, (*record.images, *of_skus, *pictures_of(record.detail_html))))
        self.mapped.pictures = tuple(pictures)
        if pictures:
            self.replaced("images", f"{len(pictures)}", "", "taken_over")

    def name_left(self, raw: Mapping[str, Any]) -> None:
        """What of their record a draft cannot carry."""
        told: dict[str, object] = {}
        for name, noun in rule_file("cover")["left"].items():
            if _says_something(raw.get(name)):
                told.setdefault(noun, raw[name])
        for noun, value in told.items():
            self.unmapped(noun, str(value)[:200], "not_carried")


@dataclass(frozen=True, slots=True)
class _Lookup:
    mapping: Mapping[str, str]
    theirs: Mapping[str, str]
    ours: Mapping[str, str]
    default: str


def replaced_words(text: str, words: tuple[tuple[str, str], ...]) -> str:
    """*text* with whole words replaced, whatever their case; single blanks where one went. Chinese has no blanks
    between words: there a part of the text counts."""
    for found, put in words:
        plain = re.escape(found.strip())
        left = r"(?<![0-9A-Za-z])" if found.strip()[0].isascii() else ""
        right = r"(?![0-9A-Za-z])" if found.strip()[-1].isascii() else ""
        parts = re.split(left + plain + right, text, flags=re.IGNORECASE)
        after = put.strip().join(parts)
        text = " ".join(after.split()) if after != text else text
    return text


def mapped_code(code: str, rules: CoverRules) -> str:
    """A merchant code with their marks off, however they are written, and ours on; an empty one stays empty, and every
    one where no rule speaks of codes."""
    body = code.strip()
    if not body or not (rules.remove_prefix or rules.remove_suffix or rules.add_prefix or rules.add_suffix):
        return code
    body = body[_length_of(rules.remove_prefix, body) :].strip()
    if length := _length_of(rules.remove_suffix, body, is_behind=True):
        body = body[:-length].strip()
    return f"{rules.add_prefix}{body}{rules.add_suffix}"


def _length_of(mark: str, code: str, *, is_behind: bool = False) -> int:
    """How many characters of *code* are *mark*, in front or behind; 0 where it is not there, or is all there is."""
    wanted, whole = normalise(mark), normalise(code)
    if not wanted or wanted == whole or not (whole.endswith if is_behind else whole.startswith)(wanted):
        return 0
    parts = ((length, code[-length:] if is_behind else code[:length]) for length in range(1, len(code)))
    return next((length for length, part in parts if normalise(part) == wanted), 0)


def mapped_price(
    minor: int, formula: Formula | None, rounding: str, values: Mapping[str, Decimal | None] | None = None
) -> int | None:
    """A price in cents after formula and rounding; None where no price comes out of them.

    Args:
        values: what the formula reads besides the price.
    """
    value = Decimal(minor) / 100
    if formula is not None:
        try:
            value = formula.value({**(values or {}), "price": value})
        except FormulaError:
            return None
    if not 0 < value < DEAREST:
        return None
    if rounding == "end_99":
        value = (value + Decimal("0.01")).to_integral_value(ROUND_CEILING) - Decimal("0.01")
    elif rounding == "step_0.05":
        value = max(_STEP, (value / _STEP).quantize(Decimal(1), rounding=ROUND_HALF_UP) * _STEP)
    elif rounding == "whole":
        value = max(Decimal(1), value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return max(1, int((value * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def _shown(id: str, name: str) -> str:
    return f"{name} ({id})" if name else id


def _price(minor: int | None) -> str:
    return "" if minor is None else money_text(minor)


def _known(number: int | None) -> str:
    return "" if number is None else str(number)


def _says_something(value: Any) -> bool:
    """Whether anything but empty lists, nothing and zero stands in *value*."""
    if isinstance(value, dict):
        return any(map(_says_something, value.values()))
    if isinstance(value, list):
        return any(map(_says_something, value))
    return bool(value) and value != "0"
