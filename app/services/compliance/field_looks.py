"""What of the checker has to be asked again after some fields of very many listings were changed.

The findings of rules that do not read these fields are what they were. The others are asked of a record that has only
the fields they read, before and after: what differs there differs in the whole findings, too. A property test holds
this together with the checker.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from sqlalchemy import Connection

from app.services.compliance.context import CheckContext
from app.services.compliance.rule_looks import RuleLook
from app.services.compliance.rules import GROUPS
from app.services.compliance.twins import Twin
from app.services.listings.loading import id_list
from app.services.listings.records import LISTING_FIELDS

OWN_COLUMNS = frozenset({"id", "store_id", "product_id", *LISTING_FIELDS})
"""Fields that stand in the row of a listing."""

TOLD_APART = "SELECT listing_id FROM told_apart UNION SELECT other_id FROM told_apart"
"""Listings of which another title may bring back what a person said about their codes."""

_SAME_TITLE = (
    "SELECT 1 FROM listing AS other WHERE other.title_folded = own.title_folded AND other.store_id = own.store_id "
    "AND other.id <> own.id AND other.status <> 'off'"
)
_TITLE_TWINS = f"SELECT id FROM listing AS own WHERE id IN ({{ids}}) AND title_folded <> '' AND EXISTS ({_SAME_TITLE})"
_SOME_TWIN = (Twin(None, 0, ""),)
"""That there is one is all that counts here."""


class FieldLook(RuleLook):
    """The rules that a change of the fields *changed* concerns.

    Attributes:
        needs: what of a record they read, which is all that a record given to `tally` need have.
        is_own: whether all of that stands in the row of a listing itself, so that this look is enough.
    """

    def __init__(self, changed: Set[str]) -> None:
        needs = {rule.code: needs for group in GROUPS for rule in group.rules if (needs := rule.needs(changed))}
        super().__init__(needs)
        self.needs = frozenset[str]().union(*needs.values())
        self.is_own = changed <= OWN_COLUMNS >= self.needs
        self.asks_titles = "title" in changed


def title_twins(connection: Connection, listing_ids: Iterable[int]) -> set[int]:
    """Those of *listing_ids* of which another listing on sale in the store has the title, nothing being told apart."""
    inside = id_list(list(listing_ids))
    return set(connection.exec_driver_sql(_TITLE_TWINS.format(ids=inside)).scalars())


def learn_title_twins(context: CheckContext, listing_ids: Iterable[int], with_twin: Set[int]) -> None:
    """Let the rule about equal titles know which of *listing_ids* have one; those about codes are not asked here."""
    context.twins.learn(listing_ids, dict.fromkeys(with_twin, _SOME_TWIN))
