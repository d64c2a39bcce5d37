"""What listings are sorted by where a cell shows a name or a word, and the row has only what it stands for.

Names stand as titles do: folded, by their characters. There are some hundreds of them, which are folded once for a
statement (`MATERIALIZED`) and then looked up for each row; of words, which are known beforehand, the places suffice.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from app.messages import Messages, catalogue
from app.models import ListingStatus, WarehouseKind
from app.services.listings.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.messages import Language

OF_WHOLE_ROWS = frozenset({"status", "marketing_group", "hold_reason", "warehouse_kind"})
"""What no index of listings has, or what stands in a table by their ids: it is quickest to go through all rows in the
order of their ids, which these tables have too."""
OF_WORDS = frozenset({"status", "warehouse_kind"})
"""Their order is a small number."""
_OFF = "listings.off."
"""Why a listing is off sale is called by this and the reason, or `other`."""


@cache
def shown_order(name: str, language: Language) -> str:
    """What listings are sorted by in the order of the field *name*; "" where that is what the field itself has."""
    match name:
        case "category":
            return _category(language)
        case "freight_template":
            return _of_store("freight_template", "template_id", "freight_template_id")
        case "group":
            return _of_store("product_group", "group_id", "group_id")
        case "marketing_group":
            return _marketing_group()
        case "hold_reason":
            return _hold_reason()
        case "warehouse_kind":
            return _warehouse_kind(language)
        case "status":
            return _status(language)
    return ""


def _name(names: str, found: str) -> str:
    """The name *found* in the table `named`, which is of *names*; None where there is none."""
    return f"(WITH named AS MATERIALIZED ({names}) SELECT named.name FROM {found})"


def _of_store(table: str, key: str, column: str) -> str:
    """What the id in *column* is called in the listing's store; without a name the id is shown."""
    names = f"SELECT store_id, {key} AS key, folded(name) AS name FROM {table}"
    name = _name(names, f"named WHERE named.store_id = listing.store_id AND named.key = listing.{column}")
    return f"coalesce({name}, lower(listing.{column}))"


def _category(language: Language) -> str:
    """Mostly all stores are of one gateway: that need not be looked up for each listing, which takes a third off."""
    is_one = "(SELECT count(DISTINCT gateway) = 1 FROM store)"
    names = (
        f"SELECT gateway, category_id AS key, folded(name_{language}) AS name FROM category "
        "WHERE gateway IN (SELECT gateway FROM store)"
    )
    of_one = _name(names, "named WHERE named.key = listing.category_id")
    of_several = _name(
        names,
        "store CROSS JOIN named ON named.gateway = store.gateway AND named.key = listing.category_id "
        "WHERE store.id = listing.store_id",
    )
    return f"coalesce(CASE WHEN {is_one} THEN {of_one} ELSE {of_several} END, lower(listing.category_id))"


def _marketing_group() -> str:
    name = _name(
        "SELECT id, folded(name) AS name FROM marketing_group",
        "marketing_member CROSS JOIN named ON named.id = marketing_member.group_id "
        "WHERE marketing_member.listing_id = listing.id",
    )
    return f"coalesce({name}, '')"


def _hold_reason() -> str:
    name = _name(
        "SELECT reason AS key, folded(reason) AS name FROM (SELECT DISTINCT reason FROM listing_hold)",
        "listing_hold CROSS JOIN named ON named.key = listing_hold.reason WHERE listing_hold.listing_id = listing.id",
    )
    return f"coalesce({name}, '')"


def _warehouse_kind(language: Language) -> str:
    told = Messages(language)
    words = {str(kind): told.text(f"listings.warehouse.{kind}") for kind in WarehouseKind}
    kind = "(SELECT kind FROM listing_warehouse WHERE listing_id = listing.id)"
    return f"CASE {kind} {_whens(words, _places(words.values()))} ELSE 0 END"


def _status(language: Language) -> str:
    """Of those off sale, also by why."""
    told = Messages(language)
    words = {str(status): told.text(f"status.listing.{status}") for status in ListingStatus}
    off = words.pop(ListingStatus.OFF)
    reasons = {
        key.removeprefix(_OFF): told.text("listings.off_reason", word=off, reason=told.text(key))
        for key in catalogue()
        if key.startswith(_OFF)
    }
    places = _places([off, *words.values(), *reasons.values()])
    why = f"CASE listing.off_reason WHEN '' THEN {places[fold(off)]} {_whens(reasons, places)}"
    why += f" ELSE {places[fold(reasons['other'])]} END"
    return f"CASE listing.status {_whens(words, places)} ELSE {why} END"


def _places(words: Iterable[str]) -> dict[str, int]:
    """Where each folded word stands among all."""
    return {word: place for place, word in enumerate(sorted(set(map(fold, words))), start=1)}


def _whens(words: dict[str, str], places: dict[str, int]) -> str:
    return " ".join(f"WHEN '{value}' THEN {places[fold(word)]}" for value, word in words.items())
