"""Rules that keep another store's template and group out (domain.md 3.2 step 5)."""

from __future__ import annotations

from collections.abc import Iterator

from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Fix, Hit
from app.services.compliance.registry import RuleGroup
from app.services.listings.records import ListingRecord


def _is_fine(record: ListingRecord, context: CheckContext) -> bool:
    return (
        record.freight_template_id in context.templates
        and (not record.group_id or record.group_id in context.groups)
        and (not record.service_template_id or record.service_template_id in context.services)
    )


GROUP = RuleGroup(_is_fine, ("freight_template_id",))


@GROUP.rule("freight_template.missing", "freight_template_id")
def template_missing(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """There is no freight template."""
    if not record.freight_template_id.strip():
        yield Hit()


@GROUP.rule("freight_template.unread", "freight_template_id")
def template_unread(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The store's templates were not read yet."""
    template = record.freight_template_id
    if template.strip() and not context.templates and template not in context.foreign_templates:
        yield Hit({"template": template, "store": context.store_name})


@GROUP.rule("freight_template.foreign", "freight_template_id")
def template_foreign(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The template belongs to another store."""
    template = record.freight_template_id
    owner = context.foreign_templates.get(template)
    if owner is not None and template not in context.templates:
        yield Hit({"template": template, "owner": owner, "store": context.store_name})


@GROUP.rule("freight_template.unknown", "freight_template_id", has_fix=True)
def template_unknown(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The store has no such template; the remedy is the one of that name."""
    template = record.freight_template_id
    if template.strip() and context.templates and template not in {**context.templates, **context.foreign_templates}:
        found = context.resolve_freight_template(template)
        fix = None
        if found:
            fix = Fix("use_template", "freight_template_id", found, params={"name": context.templates[found]})
        yield Hit({"template": template, "store": context.store_name}, fix=fix)


@GROUP.rule("service_template.unknown", "service_template_id", reads=("service_template_id", "product_id"))
def service_unknown(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """A covered listing still has the service template of the store it came from."""
    template = record.service_template_id
    if template and template not in context.services and record.product_id is None:
        known = ", ".join(f"{name} ({number})" for number, name in sorted(context.services.items()))
        yield Hit({"template": template, "store": context.store_name, "known": known or "–"})


@GROUP.rule("group.foreign", "group_id", reads=("group_id",))
def group_foreign(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The product group belongs to another store."""
    owner = context.foreign_groups.get(record.group_id)
    if owner is not None and record.group_id not in context.groups:
        yield Hit({"group": record.group_id, "owner": owner, "store": context.store_name})


@GROUP.rule("group.unknown", "group_id", has_fix=True, reads=("group_id",))
def group_unknown(record: ListingRecord, context: CheckContext) -> Iterator[Hit]:
    """The store has no such product group; the remedy is the one of that name."""
    group = record.group_id
    if group and group not in context.groups and group not in context.foreign_groups:
        found = context.resolve_group(group)
        fix = Fix("use_group", "group_id", found, params={"name": context.groups[found]}) if found else None
        yield Hit({"group": group, "store": context.store_name}, fix=fix)
