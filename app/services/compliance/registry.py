"""How rules are declared: small functions with a code and a field, in groups with one quick look before them.

Nearly every listing of a store is in order, so a group asks first whether anything of it can be wrong at all.
That look must be true only where no rule of the group would yield; a property test holds the two together.

Each rule also says which fields of a record it reads, so that an edit of titles asks the rules about titles alone
(`field_looks.py`). A property test holds this together with what the rules do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
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
    """One rule: yields a `Hit` for each place that breaks it.

    Attributes:
        has_fix: some of them carry their one remedy.
        reads: fields of the record it reads, all together.
        each: fields it looks through on their own: what it says of one does not depend on the others of them.
    """

    code: str
    field: str
    check: Check
    has_fix: bool = False
    reads: frozenset[str] = frozenset()
    each: frozenset[str] = frozenset()

    def needs(self, changed: Set[str]) -> frozenset[str]:
        """Fields that tell how what it says differs after a change of *changed*; none where it says the same."""
        if self.reads & changed:
            return self.reads | self.each
        touched = self.each & changed
        return self.reads | touched if touched else frozenset()


class RuleGroup:
    """Rules about one subject. `is_fine(record, context)`: whether none of them can yield anything. *reads*, *each*:
    of its rules, see `Rule`, where they do not say otherwise."""

    def __init__(self, is_fine: Look, reads: Iterable[str], each: Iterable[str] = ()) -> None:
        self.is_fine = is_fine
        self.rules: list[Rule] = []
        self._reads, self._each = frozenset(reads), frozenset(each)

    def rule(
        self, code: str, field: str, *, has_fix: bool = False, reads: Iterable[str] | None = None
    ) -> Callable[[Check], Check]:
        """Declare the decorated function as the rule *code* about *field*. *reads*: in place of the group's."""
        if field not in FIELDS:
            raise ValueError(f"{code}: {field} is no field")

        def register(check: Check) -> Check:
            fields = self._reads if reads is None else frozenset(reads)
            self.rules.append(Rule(code, field, check, has_fix, fields, self._each))
            return check

        return register
