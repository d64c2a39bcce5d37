"""How listings of one store become listings of another: rules kept per pair of stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from app.models import CoverRules as StoredRules
from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import InputError
from app.services.expressions import FormulaError
from app.services.history.kept import Keeping, Rows
from app.services.history.records import RULES
from app.services.listings.bulk_edit.formulas import compiled

ROUNDINGS = ("", "end_99", "step_0.05", "whole")
"""How a price is rounded: not at all, up to the next .99, to the nearest 0.05, to whole units."""
MOST_PREFIX = 20
PRICE_NAMES = frozenset({"price", "cost", "rate"})
"""What a price formula may read: their price, the cost of the goods in CNY, CNY for one USD. Freight and profit are of
listings that are here."""


class BadRule(InputError):
    """A rule makes no sense: `name` says which, `value` what it is."""

    code = "cover.bad_rule"


@dataclass(frozen=True, slots=True)
class CoverRules:
    """Rules of one pair of stores.

    Attributes:
        templates: their freight template id → ours; `default_template` for the others, "" for none.
        services: their service template id → ours; `default_service` for the others, the usual one among them,
            "" for the platform's default.
        groups: their group id → ours; `default_group` for the others and for products without a group: an id,
            `-` for no group, "" for "to be chosen".
        same_names: a thing without a mapping becomes ours of the same name.
        brand: the brand ours are listed under, "" to keep theirs.
        units: their unit id → ours.
        inches: sizes in inches in title and attributes become centimetres.
        words: pairs of words in titles and keywords: found, put in its place.
        remove_prefix, remove_suffix: taken off merchant codes that have them; then `add_prefix`, `add_suffix`.
        price: formula over `PRICE_NAMES`, such as `price * 1.1 + 0.5`; "" keeps theirs.
        rounding: one of `ROUNDINGS`.
        stock: pieces every variant gets, None keeps theirs.
    """

    templates: Mapping[str, str] = field(default_factory=dict)
    default_template: str = ""
    services: Mapping[str, str] = field(default_factory=dict)
    default_service: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    default_group: str = ""
    same_names: bool = True
    brand: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    inches: bool = False
    words: tuple[tuple[str, str], ...] = ()
    remove_prefix: str = ""
    remove_suffix: str = ""
    add_prefix: str = ""
    add_suffix: str = ""
    price: str = ""
    rounding: str = ""
    stock: int | None = None

    def check(self) -> None:
        """Raises: BadRule, FormulaError."""
        if self.rounding not in ROUNDINGS:
            raise BadRule(name="rounding", value=self.rounding)
        if self.stock is not None and not 0 <= self.stock <= 999_999:
            raise BadRule(name="stock", value=str(self.stock))
        for name in ("remove_prefix", "remove_suffix", "add_prefix", "add_suffix"):
            value = getattr(self, name)
            if len(value) > MOST_PREFIX or value.split() not in ([], [value]):
                raise BadRule(name=name, value=value[: 2 * MOST_PREFIX])
        if any(not found.strip() for found, _ in self.words):
            raise BadRule(name="words", value="")
        if self.price:
            formula = compiled(self.price)
            if formula.names - PRICE_NAMES:
                raise BadRule(name="price", value=self.price)


NO_GROUP = "-"


def price_formula(factor: str, plus: str) -> str:
    """The formula of a factor and something added, both as typed; "" where neither says anything.

    Raises:
        BadRule: no number, or a factor that is not above 0.
    """
    number = {}
    for name, typed in (("factor", factor), ("plus", plus)):
        text = typed.strip().replace(",", ".")
        try:
            number[name] = Decimal(text) if text else Decimal(1 if name == "factor" else 0)
        except InvalidOperation:
            raise BadRule(name=name, value=typed) from None
        if not number[name].is_finite() or abs(number[name]) >= 100_000:
            raise BadRule(name=name, value=typed)
    if number["factor"] <= 0:
        raise BadRule(name="factor", value=factor)
    parts = ["price"]
    if number["factor"] != 1:
        parts.append(f"* {number['factor']:f}")
    if number["plus"]:
        parts.append(f"{'+' if number['plus'] > 0 else '-'} {abs(number['plus']):f}")
    return " ".join(parts) if len(parts) > 1 else ""


def to_json(rules: CoverRules) -> dict[str, Any]:
    """For the database and the command line."""
    return asdict(rules)


def from_json(stored: Mapping[str, Any]) -> CoverRules:
    """The reverse; names nobody knows are refused.

    Raises:
        BadRule: an unknown name or a value of another kind. FormulaError: the price.
    """
    kinds = {item.name: type(getattr(CoverRules(), item.name)) for item in fields(CoverRules)}
    values: dict[str, Any] = {}
    for name, value in stored.items():
        kind = kinds.get(name)
        if kind is None or not _fits(name, kind, value):
            raise BadRule(name=name, value=str(value)[:80])
        values[name] = tuple((str(found), str(put)) for found, put in value) if name == "words" else value
    rules = CoverRules(**values)
    rules.check()
    return rules


def _fits(name: str, kind: type, value: Any) -> bool:
    if name == "stock":
        return value is None or (isinstance(value, int) and not isinstance(value, bool))
    if name == "words":
        return isinstance(value, list | tuple) and all(
            isinstance(pair, list | tuple) and len(pair) == 2 and all(isinstance(word, str) for word in pair)
            for pair in value
        )
    if kind is dict:
        return isinstance(value, dict) and all(
            isinstance(key, str) and isinstance(one, str) for key, one in value.items()
        )
    return isinstance(value, kind)


def load_rules(db: Database, from_store_id: int, to_store_id: int) -> CoverRules:
    """The rules of a pair of stores; those of nobody where none were kept, or another version kept what this one does
    not know."""
    with db.read() as session:
        row = session.get(StoredRules, (from_store_id, to_store_id))
    try:
        return from_json(row.rules) if row is not None else CoverRules()
    except (BadRule, FormulaError):
        return CoverRules()


def save_rules(db: Database, from_store_id: int, to_store_id: int, rules: CoverRules) -> None:
    """Keep *rules* for the pair; the history says who gave it others. Raises: BadRule, FormulaError."""
    rules.check()
    with db.write() as session:
        before = session.get(StoredRules, (from_store_id, to_store_id))
        if _text(before.rules if before is not None else to_json(CoverRules())) == _text(to_json(rules)):
            return
        connection = session.connection()
        names = dict(map(tuple, connection.exec_driver_sql("SELECT id, name FROM store")))
        told = {"source": names.get(from_store_id, "–"), "store": names.get(to_store_id, "–")}
        pair = {(from_store_id, to_store_id): f"{told['source']} → {told['store']}"}
        keeping = Keeping(connection, "cover_rules", pair, _shown)
        session.merge(
            StoredRules(from_store_id=from_store_id, to_store_id=to_store_id, rules=to_json(rules), updated_ms=now_ms())
        )
        session.flush()
        keeping.record(kind=RULES, label="change.cover_rules", params=told)


def _shown(rows: Rows) -> str:
    """What differs from having no rules, as `name: value`."""
    stored, usual = orjson.loads(rows["cover_rules"][0]["rules"]), orjson.loads(_text(to_json(CoverRules())))
    return "; ".join(f"{name}: {_told(value)}" for name, value in stored.items() if value != usual.get(name)) or "–"


def _told(value: Any) -> str:
    """A value of a rule as a person reads it; pairs with an arrow between."""
    pairs = value.items() if isinstance(value, dict) else value if isinstance(value, list) else None
    if pairs is not None:
        return ", ".join(f"{found} → {put or '–'}" for found, put in pairs)
    return "–" if value is None else str(value)


def _text(stored: Mapping[str, Any]) -> bytes:
    """Rules as they are compared: one text for the same."""
    return orjson.dumps(stored, option=orjson.OPT_SORT_KEYS)
