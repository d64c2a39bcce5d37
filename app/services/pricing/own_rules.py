"""Price rules of the team's own: a formula, or one of the rules teams start with at a margin or by price step
(domain.md 10.3). Each is a formula in the end, so that a bulk edit shows, applies and undoes it like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson
from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.errors import InputError, NotFound
from app.services.history.recording import this_person
from app.services.history.records import Entry
from app.services.history.row_images import insert_row, row_image
from app.services.listings.bulk_edit.formulas import compiled
from app.services.listings.writing import update_columns
from app.services.pricing.errors import BadPriceInput, named
from app.services.pricing.noting import note_change
from app.services.pricing.team_rules import MarginStep, TeamRule, margin_steps, team_rules

LONGEST_NAME = 60
MOST_STEPS = 20
FORMULA = "formula"
_UP = "ceil(({expression}) * 100) / 100"
"""Prices from a target are rounded up (domain.md 19)."""
_ALL = "SELECT name, body FROM price_rule ORDER BY name"
_ID = "SELECT id FROM price_rule WHERE name = ?"
TABLE: Final = "price_rule"
"""Also what the history calls a row of it."""


class BadOwnRule(InputError):
    """A rule cannot be kept: `guard.rule_name` its name, `guard.rule_kind`, `guard.rule_steps` its steps."""

    code = "guard.rule_name"


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A rule as it is kept.

    Attributes:
        kind: `formula`, or the key of one of `team_rules`.
        formula: of the kind `formula`, over the names a bulk edit knows.
        margin: t of a team rule, a share; None: by `steps`.
        discount: d of a team rule, a share.
        steps: margins by price, cheapest first, the last without an end.
    """

    kind: str
    formula: str = ""
    margin: Decimal | None = None
    discount: Decimal = Decimal(0)
    steps: tuple[MarginStep, ...] = field(default=())

    @property
    def text(self) -> str:
        """The rule as a formula of a bulk edit."""
        if self.kind == FORMULA:
            return self.formula
        rule = team_rules()[self.kind]
        if self.margin is not None:
            return _price(rule, self.margin, self.discount)
        prices = [_price(rule, step.most, self.discount) for step in self.steps]
        text = prices[-1]
        for step, price in reversed(list(zip(self.steps[:-1], prices[:-1], strict=True))):
            text = f"if({price} < {step.below}, {price}, {text})"
        return text


def _price(rule: TeamRule, margin: Decimal, discount: Decimal) -> str:
    """`TeamRule.list_price` as a formula."""
    paid = f"{rule.cost_factor} * cost + {rule.packing}" + (" + freight" if rule.has_freight else "")
    kept = rule.kept - margin if rule.is_margin_subtracted else rule.kept * (1 - margin)
    return _UP.format(expression=f"({paid}) / (rate * {kept:f} * {1 - discount:f})")


def own_rule(kind: str, formula: str = "", margin: str = "", discount: str = "", steps: str = "") -> OwnRule:
    """A rule as typed: margin and discount in percent, steps as `2:3, 5:5, 10:10, :17` (below USD 2 three percent …,
    any other price 17); without margin and steps the steps of domain.md 10.3.

    Raises:
        BadOwnRule: no such kind, or steps that do not follow each other.
        BadPriceInput, NoPriceReaches: a number that cannot be.
        FormulaError: the formula cannot be read.
    """
    if kind == FORMULA:
        compiled(formula)
        return OwnRule(kind, formula.strip())
    if kind not in team_rules():
        raise BadOwnRule("guard.rule_kind", value=kind, known=", ".join((FORMULA, *team_rules())))
    share = _share("margin", margin) if margin.strip() else None
    if share is not None and steps.strip():
        raise BadOwnRule("guard.rule_steps", value=steps)
    found = () if share is not None else _steps(steps) if steps.strip() else margin_steps()
    rule = OwnRule(kind, "", share, _share("discount", discount or "0"), found)
    for one in (share,) if share is not None else [step.most for step in found]:
        _try(team_rules()[kind], one, rule.discount)
    compiled(rule.text)
    return rule


def _try(rule: TeamRule, margin: Decimal, discount: Decimal) -> None:
    """Any price at all: a margin that takes everything is said before it is kept."""
    rule.list_price(Decimal(1), Decimal(1), margin, discount, Decimal(1))


def steps_text(steps: Sequence[MarginStep]) -> str:
    """Steps as `own_rule` reads them."""
    return ", ".join(f"{'' if one.below is None else _plain(one.below)}:{_plain(one.most * 100)}" for one in steps)


def _steps(text: str) -> tuple[MarginStep, ...]:
    found: list[MarginStep] = []
    for part in text.replace("，", ",").split(","):
        below, colon, margin = part.strip().replace("：", ":").partition(":")
        if not colon or (found and found[-1].below is None):
            raise BadOwnRule("guard.rule_steps", value=part.strip() or text)
        share = _share("margin", margin)
        end = _number("list_price", below) if below.strip() else None
        is_lower = end is not None and (end <= 0 or (found and end <= (found[-1].below or 0)))
        if is_lower:
            raise BadOwnRule("guard.rule_steps", value=part.strip())
        found.append(MarginStep(end, share, share))
    if not found or found[-1].below is not None or len(found) > MOST_STEPS:
        raise BadOwnRule("guard.rule_steps", value=text)
    return tuple(found)


def _share(name: str, text: str) -> Decimal:
    percent = _number(name, text.strip().removesuffix("%"))
    if not 0 <= percent < 100:
        raise BadPriceInput("pricing.percent", field=named(name), value=text.strip())
    return percent / 100


def _number(name: str, text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > 10**6 or number != round(number, 4):
        raise BadPriceInput("pricing.percent", field=named(name), value=text.strip())
    return number


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


# -- keeping them --------------------------------------------------------------------------------------------------


def own_rules(db: Database) -> dict[str, OwnRule]:
    """All that are kept, by name; one of another version of the program is left out."""
    found = {}
    with db.reader.connect() as connection:
        for name, body in connection.exec_driver_sql(_ALL):
            try:
                found[name] = _loaded(orjson.loads(body))
            except (InputError, KeyError, TypeError, InvalidOperation):
                continue
    return found


def own_rule_called(db: Database, name: str) -> OwnRule:
    """The rule of this name. Raises: NotFound."""
    rules = own_rules(db)
    if name.strip() not in rules:
        raise NotFound("guard.no_rule", name=name.strip(), known=", ".join(rules) or "–")
    return rules[name.strip()]


def save_rule(db: Database, name: str, rule: OwnRule) -> str:
    """Keep a rule, as a change that can be undone; one of the same name is replaced. Returns: its name.

    Raises: BadOwnRule.
    """
    cleaned = " ".join(name.split())
    if not 0 < len(cleaned) <= LONGEST_NAME:
        raise BadOwnRule(name=cleaned[:LONGEST_NAME], most=LONGEST_NAME)
    with db.bulk() as connection:
        stored = int(connection.exec_driver_sql(_ID, (cleaned,)).scalar() or 0)
        before = row_image(connection, TABLE, stored)
        after = {"name": cleaned, "body": orjson.dumps(_body(rule)).decode(), "updated_ms": now_ms()}
        if before is None:
            stored = insert_row(connection, TABLE, after)
        elif before["body"] == after["body"]:
            return cleaned
        else:
            update_columns(connection, TABLE, stored, after)
        _note(connection, "change.price_rule", Entry(TABLE, stored, -stored, before, after))
    return cleaned


def remove_rule(db: Database, name: str) -> None:
    """Forget a rule, as a change that can be undone. Raises: NotFound."""
    own_rule_called(db, name)
    with db.bulk() as connection:
        stored = int(connection.exec_driver_sql(_ID, (name.strip(),)).scalar_one())
        before = row_image(connection, TABLE, stored)
        connection.exec_driver_sql("DELETE FROM price_rule WHERE id = ?", (stored,))
        _note(connection, "change.price_rule_removed", Entry(TABLE, stored, -stored, before, None))


def _note(connection: Connection, label: str, entry: Entry) -> None:
    name = (entry.after or entry.before or {})["name"]
    note_change(connection, label, {"name": name, "who": this_person() or "–"}, [entry])


def _body(rule: OwnRule) -> dict[str, Any]:
    return {
        "kind": rule.kind,
        "formula": rule.formula,
        "margin": "" if rule.margin is None else _plain(rule.margin * 100),
        "discount": _plain(rule.discount * 100),
        "steps": steps_text(rule.steps),
    }


def typed_of(rule: OwnRule) -> Mapping[str, str]:
    """A rule as a person types it: arguments of `own_rule`."""
    return {name: str(value) for name, value in _body(rule).items()}


def _loaded(body: Mapping[str, str]) -> OwnRule:
    return own_rule(**body)
