"""The one-click remedy of a finding: one definition for the panel, the publish result and the bulk edit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import NamedTuple

from app.messages import tr
from app.services.compliance import CheckContext, Fix
from app.services.compliance.registry import Rule
from app.services.compliance.rules import GROUPS
from app.services.listings.editing import ListingEdit, VirtualGoods
from app.services.listings.records import ListingRecord

SKU_NAMES = {"price": "price_minor"}
"""Fields of a variant whose name in a finding differs from the column's."""

MOST_FIXES = 100
"""Remedies of one rule in one listing: one a variant or a picture at most."""


def edit_of(record: ListingRecord, fix: Fix) -> ListingEdit:
    """What pressing the button of *fix* changes in *record*, the listing it was found in."""
    if fix.sku is not None:
        sku_id = record.skus[fix.sku].id or 0
        return ListingEdit(record.id, skus={sku_id: {_column(fix): fix.value}}, virtual=dict(fix.virtual))
    if fix.field == "images":
        return ListingEdit(record.id, images=list(fix.value))
    return ListingEdit(record.id, fields={fix.field: fix.value})


@cache
def fixable_rules() -> dict[str, Rule]:
    """Rules whose findings can carry a remedy, by code."""
    return {rule.code: rule for group in GROUPS for rule in group.rules if rule.has_fix}


def fix_name(code: str) -> str:
    """What the remedy of a rule does to many listings, in the user's language."""
    return tr(f"fix_rule.{code}")


class Fixed(NamedTuple):
    """A listing after its remedies, and the new virtual codes they need, with their goods."""

    record: ListingRecord
    virtual: VirtualGoods


def fixed(record: ListingRecord, context: CheckContext, rule: Rule) -> Fixed:
    """*record* as it is after every remedy of *rule*, one after the other; itself where there is none."""
    virtual: VirtualGoods = {}
    for _ in range(MOST_FIXES):
        fix = next((hit.fix for hit in rule.check(record, context) if hit.fix is not None), None)
        after = _after(record, fix) if fix is not None else record
        if fix is None or after == record:
            break
        record = after
        virtual.update(fix.virtual)
    return Fixed(record, virtual)


def _column(fix: Fix) -> str:
    name = fix.field.removeprefix("sku.")
    return SKU_NAMES.get(name, name)


def _after(record: ListingRecord, fix: Fix) -> ListingRecord:
    if fix.sku is None:
        return replace(record, **{fix.field: fix.value})
    skus = list(record.skus)
    skus[fix.sku] = replace(skus[fix.sku], **{_column(fix): fix.value})
    return replace(record, skus=skus)
