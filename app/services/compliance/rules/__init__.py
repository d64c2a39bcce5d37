"""All rules, by subject, in the order of the form."""

from app.services.compliance.registry import RuleGroup
from app.services.compliance.rules import (
    attributes,
    category,
    detail,
    images,
    imported,
    keywords,
    ownership,
    package,
    picture_looks,
    sale_properties,
    sku_images,
    skus,
    terms,
    title,
    twins,
    words,
)

GROUPS: tuple[RuleGroup, ...] = (
    title.GROUP,
    title.LENGTH_GROUP,
    keywords.GROUP,
    category.GROUP,
    attributes.GROUP,
    images.GROUP,
    skus.GROUP,
    sale_properties.GROUP,
    sku_images.GROUP,
    picture_looks.GROUP,
    package.GROUP,
    terms.GROUP,
    ownership.GROUP,
    detail.GROUP,
    words.GROUP,
    imported.GROUP,
    twins.GROUP,
)
