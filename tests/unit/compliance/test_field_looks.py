"""What rules say they read, held together with what they read; and findings of some fields alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.compliance.checker import check
from app.services.compliance.field_looks import FieldLook
from app.services.compliance.rules import GROUPS
from app.services.compliance.stored_findings import tally
from app.services.listings.records import ListingRecord
from tests.unit.compliance.test_any_listing import CONTEXT, RECORDS


class Read(ListingRecord):
    """A record that notes which of its fields are read."""

    fields: set[str]

    @classmethod
    def of(cls, record: ListingRecord) -> Read:
        """*record*, of which nothing was read."""
        read = cls(**{name: getattr(record, name) for name in ListingRecord.__dataclass_fields__})
        object.__setattr__(read, "fields", set())
        return read

    def __getattribute__(self, name: str) -> Any:
        if name in ListingRecord.__dataclass_fields__:
            fields = self.__dict__.get("fields")
            if fields is not None:
                fields.add(name)
        return super().__getattribute__(name)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS)
def test_rules_read_what_they_say(record: ListingRecord) -> None:
    for rule in (rule for group in GROUPS for rule in group.rules if rule.code in CONTEXT.severities):
        read = Read.of(record)
        list(rule.check(read, CONTEXT))
        assert read.fields <= rule.reads | rule.each, rule.code


def test_what_a_rule_reads_is_seen() -> None:
    read = Read.of(ListingRecord(1, 1, title="lamp"))
    assert read.title == "lamp"
    assert read.fields == {"title"}


LOOKS = {
    name: FieldLook(frozenset({name}))
    for name in ("title", "keywords", "detail_html", "attributes", "group_id", "unit", "product_key")
}


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS, RECORDS, st.sampled_from(sorted(LOOKS)))
def test_what_differs_in_a_few_fields_differs_in_all(record: ListingRecord, other: ListingRecord, name: str) -> None:
    look, edited = LOOKS[name], replace(record, **{name: getattr(other, name)})
    assert look.is_own

    def alone(one: ListingRecord) -> ListingRecord:
        return ListingRecord(1, 1, **{field: getattr(one, field) for field in look.needs - {"id"}})

    whole, part = Counter(tally(check(edited, CONTEXT))), Counter(look.tally(alone(edited), CONTEXT))
    whole.subtract(tally(check(record, CONTEXT)))
    part.subtract(look.tally(alone(record), CONTEXT))
    assert {key: n for key, n in whole.items() if n} == {key: n for key, n in part.items() if n}


@pytest.mark.parametrize("name", ["freight_template_id", "currency", "handling_days", "skus", "images", "tags"])
def test_fields_that_more_than_a_row_is_needed_for_are_not_looked_at_alone(name: str) -> None:
    assert not FieldLook(frozenset({"title", name})).is_own
