"""What a product points to must exist, and belong to the store that sells it."""

from __future__ import annotations

from app.practice_market import categories
from app.practice_market.catalogue import rules
from app.practice_market.content.reading import Family, Record
from app.practice_market.context import Context
from app.practice_market.refusals import Refusal


def leaf(record: Record, context: Context) -> categories.Category:
    """The leaf category of a record.

    Raises:
        Refusal: `category.not_leaf`, `category.permission`.
    """
    category = categories.find(record.get("category_id") or 0)
    if category is None or not category.is_leaf:
        raise Refusal("category.not_leaf", category_id=record.get("category_id"))
    if category.needs_permission or category.category_id in context.faults.switches.forbidden_categories:
        raise Refusal("category.permission", category_id=category.category_id)
    return category


def check(record: Record, family: Family, context: Context) -> None:
    """Freight template, service template, size chart, group and currency are the store's own."""
    template_id = record.get("freight_template_id")
    is_refused = family is Family.SOLUTION and template_id in rules()["overseas_refused_templates"]
    if is_refused or not has_template(context, template_id):
        raise Refusal("template.foreign", pointer="shipping_template_id")
    promise_id = record["promise_template_id"]
    if not _exists(context, "SELECT 1 FROM promise_template WHERE store_id = ? AND template_id = ?", promise_id):
        raise Refusal("template.foreign", pointer="service_template_id")
    chart_id = record.get("sizechart_id")
    chart = "SELECT 1 FROM size_chart WHERE store_id = ? AND chart_id = ? AND category_id = ?"
    params = (context.store_id, chart_id, record["category_id"])
    if chart_id and context.storage.value(chart, params) is None:
        raise Refusal("template.foreign", pointer="sizechart_id")
    for group_id in record["group_ids"]:
        if not _exists(context, "SELECT 1 FROM product_group WHERE store_id = ? AND group_id = ?", group_id):
            raise Refusal("template.foreign", pointer="group_id")
    if record["currency_code"] != context.store["currency"]:
        raise Refusal("schema.value", pointer="currency_code", value=record["currency_code"])


def has_template(context: Context, template_id: int | None) -> bool:
    """Whether the calling store has that freight template, or some store has it and that is good enough."""
    if context.faults.switches.foreign_templates == "accepted":
        sql = "SELECT 1 FROM freight_template WHERE template_id = ?"
        return context.storage.value(sql, (template_id,)) is not None
    return _exists(context, "SELECT 1 FROM freight_template WHERE store_id = ? AND template_id = ?", template_id)


def _exists(context: Context, sql: str, item_id: int | None) -> bool:
    return item_id is not None and context.storage.value(sql, (context.store_id, item_id)) is not None
