"""A filter as it is typed: `price < 5 and (status = draft or title ~ "case")`. Window and command line share it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from app.messages import Language, Messages
from app.services.compliance.findings import group_text
from app.services.compliance.rule_data import rule_codes
from app.services.db import Database
from app.services.expressions.condition_parser import BadExpression
from app.services.expressions.conditions import conjunction, leaves, mapped, parse_condition, parsed
from app.services.expressions.syntax import All, Condition, Either, Node
from app.services.expressions.writing import CHINESE, to_text
from app.services.listings.choice_names import FilterChoices
from app.services.listings.choices import filter_choices
from app.services.listings.details import Choice
from app.services.listings.filter_fields import OPERATORS, known_fields, spellings
from app.services.listings.records import ListingStatus
from app.services.listings.source import FIELDS
from app.services.listings.text import fold
from app.services.listings.warehouse_kinds import KINDS as WAREHOUSE_KINDS
from app.services.paging import Filter
from app.services.regional_prices import KINDS
from app.services.sql_conditions import BadValue, UnknownField, as_condition, as_filter

__all__ = ["BadExpression", "BadOperator", "closest_field", "parse_filters", "read_filter", "written"]

SHOWN_FIELDS = 12
"""So many fields are named where somebody typed one that does not exist."""

Labels = Mapping[str, Collection[Choice]]
"""Values of the fields that are chosen from: id and name, by field."""


class BadOperator(BadExpression):
    """The field `name` cannot be compared that way; `known` lists how it can, `position` where it was tried."""

    code = "filter.bad_operator"


def parse_filters(text: str, labels: Labels | None = None) -> tuple[Filter, ...]:
    """The conditions of *text*, all of which must hold; a part with `or` or `not` is one that carries an expression.

    Grammar: `app.services.expressions.condition_parser`. Names of fields in either language become their own; values of
    a choice may be written as id or name, `~` means every one whose name contains it.

    Args:
        labels: what can be chosen, by field; a field without labels takes what is written.

    Raises:
        BadExpression, BadOperator, UnknownField, BadValue: with the `position` of what is wrong, 1 for the first
            character.
    """
    if not text.strip():
        return ()
    parts = conjunction(read_filter(text, labels or {}))
    return tuple(as_filter(one) if isinstance(one, Condition) else Filter("", "where", to_text(one)) for one in parts)


def read_filter(text: str, labels: Labels) -> Node:
    """The syntax of *text* with fields and choices as the table knows them. Raises: as `parse_filters`."""
    labels = {**_fixed(), **labels}
    return mapped(parse_condition(text), lambda condition: _known(condition, labels))


def filters_of(db: Database, text: str, store_ids: Sequence[int], language: str) -> tuple[Filter, ...]:
    """As `parse_filters`, with what the listings of these stores (none: all) use to choose from."""
    if not text.strip():
        return ()
    names = {spellings().get(condition.name, "") for condition in leaves(parse_condition(text))}
    if not any(known_fields()[name].kind == "choice" for name in names if name):
        return parse_filters(text)
    return parse_filters(text, labels_of(filter_choices(db, store_ids, language)))


def labels_of(choices: FilterChoices) -> dict[str, Sequence[Choice]]:
    """What can be chosen, by field; statuses are always known."""
    return {
        "category": choices.categories,
        "freight_template": choices.templates,
        "group": choices.groups,
        "import_run": choices.import_runs,
        "store": choices.stores,
        "tag": choices.tags,
        "marketing_group": choices.marketing_groups,
        "service_template": choices.services,
    }


def written(filters: Sequence[Filter], labels: Labels, language: Language = "en") -> str:
    """The filters as one expression that a person can read and `parse_filters` reads back: names in place of ids,
    where only one has the name. In English it is short and for everyone; in Chinese fields have their Chinese names."""
    parts = [_node(one) for one in filters]
    if not parts:
        return ""
    node = parts[0] if len(parts) == 1 else All(tuple(parts))
    if language != "zh":
        return to_text(mapped(node, lambda one: _named(one, labels)))
    labels = {**_fixed(language), **labels}
    return to_text(mapped(node, lambda one: _spelt(_named(one, labels), language)), CHINESE)


def _spelt(condition: Condition, language: Language) -> Condition:
    return replace(condition, name=known_fields()[condition.name].spelling(language))


def closest_field(name: str) -> str:
    """How the field is written that a misspelt *name* is closest to, or nothing."""
    return next(iter(get_close_matches(name.casefold(), spellings(), n=1, cutoff=0.7)), "")


# -- fields and operators ------------------------------------------------------------------------------------------


def _known(condition: Condition, labels: Labels) -> Node:
    name = spellings().get(condition.name)
    if name is None:
        raise _unknown(condition)
    field, condition = known_fields()[name], replace(condition, name=name)
    if condition.operator not in OPERATORS[field.kind]:
        known = " ".join({"contains": "~", "lacks": "!~"}.get(one, one) for one in OPERATORS[field.kind])
        raise BadOperator(position=condition.at + 1, name=name, known=known)
    if not condition.values:
        return condition
    if field.kind == "words":
        return _each_word(condition)
    if field.kind == "choice" and name in labels:
        return _chosen(condition, labels[name])
    for value in condition.values:
        _check(condition, value)
    return condition


def _unknown(condition: Condition) -> UnknownField:
    meant, position = closest_field(condition.name), condition.at + 1
    if meant:
        return UnknownField("filter.did_you_mean", position=position, name=condition.name, meant=meant)
    return UnknownField("filter.unknown_field", position=position, name=condition.name, known=_often_used())


def _often_used() -> str:
    """The fields people ask for most; all thirty would bury the sentence. The guide and the filter's menu have all."""
    names = list(known_fields())
    return ", ".join(names[:SHOWN_FIELDS]) + (" …" if len(names) > SHOWN_FIELDS else "")


def _check(condition: Condition, value: str) -> None:
    field = FIELDS[condition.name]
    bind: Callable[[str], object] = field.span or field.bind
    try:
        bind(value)
    except (ValueError, ArithmeticError, TypeError):
        raise _bad_value(condition, value) from None


def _bad_value(condition: Condition, value: str) -> BadValue:
    return BadValue("filter.bad_value", position=condition.value_at + 1, name=condition.name, value=value)


def _each_word(condition: Condition) -> Node:
    """Words are looked for one by one, as in the search box; to lack them is to lack one of them."""
    parts = tuple(replace(condition, values=(word,)) for word in condition.values[0].split())
    if not parts:
        raise _bad_value(condition, condition.values[0])
    if len(parts) == 1:
        return parts[0]
    return All(parts, condition.at) if condition.operator == "contains" else Either(parts, condition.at)


# -- choices -------------------------------------------------------------------------------------------------------


def _fixed(*languages: Language) -> dict[str, Collection[Choice]]:
    """Labels that are the same for every store."""
    return {
        "status": _statuses(*languages),
        "finding": rule_names(*languages),
        "regional_type": regional_types(*languages),
        "warehouse_kind": warehouse_kinds(*languages),
    }


def regional_types(*languages: Language) -> list[Choice]:
    """Types of prices by country by their words in these languages, in both without."""
    words = [Messages(language) for language in languages or ("zh", "en")]
    return [Choice(kind, word.text(f"listings.regional.{kind}")) for kind in KINDS for word in words]


def warehouse_kinds(*languages: Language) -> list[Choice]:
    """Real and virtual overseas warehouses by their words in these languages, in both without."""
    words = [Messages(language) for language in languages or ("zh", "en")]
    return [Choice(kind, word.text(f"listings.warehouse.{kind}")) for kind in WAREHOUSE_KINDS for word in words]


def _statuses(*languages: Language) -> list[Choice]:
    """Statuses by their words in these languages, in both without."""
    words = [Messages(language) for language in languages or ("zh", "en")]
    return [Choice(str(one), word.text(f"status.listing.{one}")) for one in ListingStatus for word in words]


def rule_names(*languages: Language) -> list[Choice]:
    """The checker's rules by their headings in these languages, in both without."""
    words = [Messages(language) for language in languages or ("zh", "en")]
    return [Choice(code, group_text(code, word)) for code in rule_codes() for word in words]


def _chosen(condition: Condition, choices: Collection[Choice]) -> Condition:
    """The condition over ids. A number that is no id of these listings may be one all the same."""
    found: dict[str, None] = {}
    for text in condition.values:
        is_part = condition.operator in ("contains", "lacks")
        ids = [choice.id for choice in choices if _says(text, choice, is_part=is_part)]
        if not ids and (is_part or not text.isdecimal()):
            raise _no_choice(condition, text, choices)
        found.update(dict.fromkeys(ids or [text]))
    is_not = condition.operator in ("!=", "not in", "lacks")
    return replace(condition, operator="not in" if is_not else "in", values=tuple(found))


def _no_choice(condition: Condition, text: str, choices: Collection[Choice]) -> BadValue:
    """Says what there is to choose, or that there is nothing; of labels in two languages the word for both."""
    is_fixed = condition.name in _fixed()
    known = list(dict.fromkeys(choice.id if is_fixed else choice.name for choice in choices))
    shown = ", ".join(known[:SHOWN_FIELDS]) + (" …" if len(known) > SHOWN_FIELDS else "")
    place = {"position": condition.value_at + 1, "name": condition.name, "value": text}
    return BadValue("filter.no_choice", **place, known=shown) if known else BadValue("filter.none_yet", **place)


def _says(text: str, choice: Choice, *, is_part: bool) -> bool:
    folded, names = fold(text), (fold(choice.id), fold(choice.name))
    return any(folded in name for name in names) if is_part else folded in names


def _named(condition: Condition, labels: Labels) -> Condition:
    """Names in place of ids, where they lead back."""
    choices = labels.get(condition.name, ())
    names = {choice.id: choice.name for choice in choices}
    often = [fold(name) for name in (*names.values(), *names)]
    values = [
        name if (name := names.get(value)) and often.count(fold(name)) == 1 + (fold(name) == fold(value)) else value
        for value in condition.values
    ]
    if condition.operator in ("in", "not in") and len(values) == 1:
        return replace(condition, operator="=" if condition.operator == "in" else "!=", values=tuple(values))
    return replace(condition, values=tuple(values))


def _node(condition: Filter) -> Node:
    """A condition of a table as an expression has it."""
    return parsed(condition.value) if condition.operator == "where" else as_condition(condition)
