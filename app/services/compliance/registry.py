"""How rules are declared: small functions with a code and a field, in groups with one quick look before them.

Nearly every listing of a store is in order, so a group asks first whether anything of it can be wrong at all.
That look must be true only where no rule of the group would yield; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.compliance.findings import FIELDS, Hit
from app.services.listings.records import ListingRecord

if TYPE_CHECKING:
    from app.services.compliance.context import CheckContext

Check = Callable[[ListingRecord, "CheckContext"], Iterable[Hit]]
Look = Callable[[ListingRecord, "CheckContext"], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: yields a `Hit` for each place that breaks it. `has_fix`: some of them carry their one remedy."""

    code: str
    field: str
    check: Check
    has_fix: bool = False


class RuleGroup:
    """Rules about one subject. `is_fine(record, context)`: whether none of them can yield anything."""

    def __init__(self, is_fine: Look) -> None:
        self.is_fine = is_fine
        self.rules: list[Rule] = []

    def rule(self, code: str, field: str, *, has_fix: bool = False) -> Callable[[Check], Check]:
        """Declare the decorated function as the rule *code* about *field*."""
        if field not in FIELDS:
            raise ValueError(f"{code}: {field} is no field")

        def register(check: Check) -> Check:
            self.rules.append(Rule(code, field, check, has_fix))
            return check

        return register
