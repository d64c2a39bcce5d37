"""What the checker knows besides the listing: the store's own things, the category tree, pictures, rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from app.services.codes.shortening import ShortCodes
from app.services.compliance.categories import CategoryTree, path_key
from app.services.compliance.contact import ContactData
from app.services.compliance.detail_text import DetailLook
from app.services.compliance.image_facts import FactsReader, ImageBook
from app.services.compliance.leaf import AttributeFacts, LeafFacts
from app.services.compliance.names import NameIndex
from app.services.compliance.registry import Look, Rule
from app.services.compliance.rule_data import RuleData, rule_data, rule_file
from app.services.compliance.ships_from import ShipsFrom, ships_from
from app.services.compliance.twins import TwinBook, TwinReader
from app.services.compliance.units import resolve_unit, units
from app.services.compliance.variant_looks import VariantLooks
from app.services.compliance.verdict_book import NO_VERDICTS, VerdictBook
from app.services.compliance.words import WordBook, word_book
from app.services.listings.holds import HoldBook, HoldReader
from app.services.price_guard.book import GuardBook

AttributeReader = Callable[[str], Iterable[AttributeFacts]]

UNKNOWN_COLOURS = (("gray", "grey"), ("grey", "gray"))
"""Spellings of one colour that category lists use either of."""


class CheckContext:
    """Everything `check` and the import's resolvers look things up in; made by `load_context`.

    It is a picture of the moment: make a new one after a sync or a change of the rules. Threads: one at a time.

    Args:
        templates: id → name of the store's freight templates.
        foreign_templates: id → name of the store that owns it, for templates of other stores.
        groups: id → name of the store's product groups; `group_paths`: id → `parent > child`.
        services: id → name of the store's service templates, empty where they were not read.
        read_attributes: reads the attributes of a leaf category; asked once for each category.
        read_images: reads what is stored about pictures `images.learn` was not told of.
        read_twins: reads the twins of listings `twins.learn` was not told of.
        read_holds: reads which listings a person holds back.
        words: the listed words that count in the store; the shipped ones without.
        guard: of prices; without one only what stands in a listing itself is compared.
        verdicts: what the company's tables say of goods, as the store writes its codes.
        short_codes: what could be written for codes that are too long.
        image_hosts: hosts besides the platform's own at which its photobank keeps pictures.
    """

    def __init__(
        self,
        *,
        store_id: int = 0,
        store_name: str = "",
        templates: Mapping[str, str] | None = None,
        foreign_templates: Mapping[str, str] | None = None,
        groups: Mapping[str, str] | None = None,
        group_paths: Mapping[str, str] | None = None,
        foreign_groups: Mapping[str, str] | None = None,
        services: Mapping[str, str] | None = None,
        categories: CategoryTree | None = None,
        read_attributes: AttributeReader = lambda category_id: (),
        read_images: FactsReader | None = None,
        read_twins: TwinReader | None = None,
        read_holds: HoldReader | None = None,
        image_hosts: Iterable[str] = (),
        rules: RuleData | None = None,
        words: WordBook | None = None,
        guard: GuardBook | None = None,
        verdicts: VerdictBook = NO_VERDICTS,
        short_codes: ShortCodes | None = None,
    ) -> None:
        self.store_id, self.store_name = store_id, store_name
        self.templates, self.foreign_templates = dict(templates or {}), dict(foreign_templates or {})
        self.groups, self.foreign_groups = dict(groups or {}), dict(foreign_groups or {})
        self._group_paths = dict(group_paths or {})
        self.services = dict(services or {})
        self.categories = categories or CategoryTree()
        self._read_attributes = read_attributes
        self._leaves: dict[str, LeafFacts | None] = {}
        data = rules or rule_data()
        self.limits, self.severities = data.limits, data.severities
        self.units = units()
        self.ships_from: ShipsFrom = ships_from()
        self.words: WordBook = words or word_book()
        self.verdicts, self.short_codes = verdicts, short_codes or ShortCodes()
        self.variant_look = VariantLooks()
        self.images = ImageBook(self.limits, (*rule_file("detail_html")["photobank_hosts"], *image_hosts), read_images)
        self.twins = TwinBook(read_twins)
        self.holds = HoldBook(read_holds)
        self.guard = guard or GuardBook(far_below=self.limits.far_below_share)
        self._compile()
        self.contact = ContactData(self.limits)
        self.detail_look = DetailLook(self.images.hosts)
        self.plan = self._plan()

    def _compile(self) -> None:
        """Patterns that are asked for with every variant and attribute."""
        signs = re.escape(self.limits.code_signs)
        self.is_usual_code = re.compile(rf"[A-Za-z0-9{signs}]{{1,{self.limits.code_max}}}").fullmatch
        self.has_property_sign = re.compile(f"[{re.escape(self.limits.property_text_forbidden)}]").search
        self.has_attribute_sign = re.compile(f"[{re.escape(self.limits.attribute_text_forbidden)}]").search
        plain = rf"\d{re.escape(self.limits.attribute_text_forbidden)}"
        self.is_plain_text = re.compile(rf"\d+|[^{plain}]*[^\s{plain}][^{plain}]*").fullmatch

    def _plan(self) -> tuple[tuple[Look, tuple[Rule, ...]], ...]:
        from app.services.compliance.rules import GROUPS

        plan = ((group.is_fine, tuple(r for r in group.rules if r.code in self.severities)) for group in GROUPS)
        return tuple((look, rules) for look, rules in plan if rules)

    def leaf(self, category_id: str) -> LeafFacts | None:
        """What the category asks for, read once; None where nothing was read from the platform yet."""
        try:
            return self._leaves[category_id]
        except KeyError:
            attributes = list(self._read_attributes(category_id)) if category_id else []
            found = self._leaves[category_id] = LeafFacts(category_id, attributes) if attributes else None
            return found

    def resolve_category(self, text: str) -> str | None:
        """The id of the category that *text* means: an id, a path, or the only leaf of that name."""
        return self.categories.find(text)

    def resolve_freight_template(self, text: str) -> str | None:
        """The id of the store's freight template that *text* means: an id, a name, or both."""
        return self._template_names.find(text)

    def resolve_service_template(self, text: str) -> str | None:
        """The id of the store's service template that *text* means: an id, a name, or both."""
        return self._service_names.find(text)

    def resolve_group(self, text: str) -> str | None:
        """The id of the store's product group that *text* means: an id, a name, or a path."""
        return self._group_names.find(text) or self._group_names.find(path_key(text))

    def resolve_unit(self, text: str) -> str | None:
        """The unit id that *text* means, such as `pcs` or `件/个`."""
        return resolve_unit(text)

    def resolve_property(self, category_id: str, name: str, value: str) -> tuple[str, str, str] | None:
        """A sale property as a sheet writes it, by names or, as in a data package, both by ids → name id, value id,
        custom name.

        The value id is "" and the custom name is *value* where the category takes the seller's own text. None where
        the category has no such property or value. Without the category's attributes only Ships From is known.
        """
        alias = self.ships_from.property_alias(name)
        leaf = self.leaf(category_id)
        if leaf is None:
            return self._ships_from_value(value) if alias == self.ships_from.property_id else None
        known = leaf.attributes.get(name)
        attribute = leaf.sale(known.attribute_id if known else "", name, alias=alias)
        if attribute is None or not value.strip():
            return None
        is_id = known is not None and value in attribute.values
        value_id = value if is_id else self.resolve_value(leaf, attribute, value)
        if value_id:
            return attribute.attribute_id, value_id, ""
        return (attribute.attribute_id, "", value.strip()) if attribute.is_free else None

    def resolve_value(self, leaf: LeafFacts, attribute: AttributeFacts, value: str) -> str | None:
        """The id of the value of *attribute* that *value* means, also 黑 for 黑色, grey for gray, ES for Spain."""
        found = leaf.value_id(attribute, value)
        if found is None and attribute.attribute_id == self.ships_from.property_id:
            ids = self.ships_from.value_ids.get(self.ships_from.country(value) or "", ())
            found = next((value_id for value_id in ids if value_id in attribute.values or not attribute.values), None)
        if found is None:
            found = leaf.value_id(attribute, value.strip() + "色")
        for written, other in UNKNOWN_COLOURS:
            if found is None and written in value.lower():
                found = leaf.value_id(attribute, value.lower().replace(written, other))
        return found

    def _ships_from_value(self, value: str) -> tuple[str, str, str] | None:
        ids = self.ships_from.value_ids.get(self.ships_from.country(value) or "")
        return (self.ships_from.property_id, ids[0], "") if ids else None

    @cached_property
    def _template_names(self) -> NameIndex:
        return _ids_and_names(self.templates)

    @cached_property
    def _service_names(self) -> NameIndex:
        return _ids_and_names(self.services)

    @cached_property
    def _group_names(self) -> NameIndex:
        names = _ids_and_names(self.groups)
        for group_id, path in self._group_paths.items():
            names.add(path_key(path), group_id)
        return names


def _ids_and_names(things: Mapping[str, str]) -> NameIndex:
    index = NameIndex((name, thing_id) for thing_id, name in things.items())
    for thing_id in things:
        index.add(thing_id, thing_id)
    return index
