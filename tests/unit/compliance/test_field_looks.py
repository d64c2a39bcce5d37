"""What rules say they read, held together with what they read; and findings of some fields alone."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from app.services.compliance.rules import GROUPS
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


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS)
def test_rules_read_what_they_say(record: ListingRecord) -> None:
    for rule in (rule for group in GROUPS for rule in group.rules if rule.code in CONTEXT.severities):
        read = Read.of(record)
        list(rule.check(read, CONTEXT))
        assert read.fields <= rule.reads | rule.each, rule.code
