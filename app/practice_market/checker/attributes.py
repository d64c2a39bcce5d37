"""Category attributes: they belong to the category, their values to them, and the required ones are there."""

from __future__ import annotations

from app.practice_market.catalogue import rules
from app.practice_market.categories import Attribute, Category, other_value_id
from app.practice_market.content.reading import Record
from app.practice_market.refusals import Refusal


def check(record: Record, category: Category) -> None:
    """Refuse the first attribute that is foreign, has a foreign value, is malformed or missing."""
    present: set[int] = set()
    for item in record["aeop_ae_product_propertys"]:
        attribute_id = item.get("attr_name_id")
        if attribute_id is None:
            _check_custom(item)
            continue
        attribute = category.attribute(attribute_id)
        if attribute is None or attribute.is_sku:
            raise Refusal("attribute.foreign", attribute=attribute_id, category_id=category.category_id)
        _check_value(item, attribute)
        present.add(attribute_id)
    for attribute in category.attributes:
        if attribute.is_required and attribute.attribute_id not in present:
            raise Refusal("attribute.required", attribute=attribute.en)


def _check_custom(item: Record) -> None:
    """A free attribute needs a name and a value (5.2, way 4)."""
    name, value = item.get("attr_name", ""), item.get("attr_value", "")
    if not name or not value:
        raise Refusal("schema.together", pointer="attribute_list", one="attribute_name", other="attribute_value")
    _check_text(name, name)
    _check_text(name, value)


def _check_value(item: Record, attribute: Attribute) -> None:
    value_id, text = item.get("attr_value_id"), item.get("attr_value", "")
    if value_id is not None and attribute.values and value_id not in attribute.values:
        raise Refusal("attribute.value", value=value_id, attribute=attribute.en)
    if not text and (value_id is None or value_id == other_value_id()):
        raise Refusal("attribute.value", value="", attribute=attribute.en)
    _check_text(attribute.en, text)


def _check_text(name: str, text: str) -> None:
    if any(sign in text for sign in rules()["attributes"]["forbidden"]):
        raise Refusal("attribute.malformed", attribute=name)
