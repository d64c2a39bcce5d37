"""What headers, verdicts and attributes of company tables are called: `resources/rules/company_tables.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.paths import resources
from app.services.company_tables.kinds import TableKind
from app.services.workbooks.fields import folded


@dataclass(frozen=True, slots=True)
class TableRules:
    """The rule file, ready for looking up.

    Attributes:
        headers: folded header → field and rank, 0 is the best.
        marks: kind → folded words that tell it from the other table of verdicts.
        severities: folded word → block, hold, warn or clear.
        usual: severity of a verdict that names none, by kind.
        attributes: folded word → our name of a logistics attribute; `no_attribute`: folded words for none.
        yes, no: folded answers; signs such as √ stand in `answers` as they are.
        age_h: hours after which a table of a kind is old, None for never.
        floor_currency: of a floor that names none.
        gone_share, gone_from: see `storing.check_gone`.
    """

    headers: Mapping[str, tuple[str, int]]
    marks: Mapping[TableKind, tuple[str, ...]]
    severities: Mapping[str, str]
    usual: Mapping[TableKind, str]
    attributes: Mapping[str, str]
    no_attribute: frozenset[str]
    answers: Mapping[str, bool]
    age_h: Mapping[TableKind, int | None]
    floor_currency: str
    gone_share: float
    gone_from: int


@cache
def table_rules() -> TableRules:
    """The rules in force.

    Raises:
        ValueError: two fields claim one header.
    """
    raw: dict[str, Any] = json.loads((resources() / "rules" / "company_tables.json").read_text("utf-8"))
    kinds = {TableKind(name): entry for name, entry in raw["kinds"].items()}
    return TableRules(
        headers=_headers(raw["fields"]),
        marks={TableKind(name): tuple(map(folded, words)) for name, words in raw["marks"].items()},
        severities={folded(word): name for name, words in raw["severities"].items() for word in words},
        usual={kind: entry["severity"] for kind, entry in kinds.items() if "severity" in entry},
        attributes={folded(word): name for name, words in raw["attribute_words"].items() for word in words},
        no_attribute=frozenset(map(folded, raw["no_attribute"])),
        answers={_answer(word): is_yes for is_yes in (True, False) for word in raw["yes" if is_yes else "no"]},
        age_h={kind: entry["age_h"] for kind, entry in kinds.items()},
        floor_currency=raw["floor_currency"],
        gone_share=raw["gone_share"],
        gone_from=raw["gone_from"],
    )


def _headers(fields: Mapping[str, list[str]]) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for name, headers in fields.items():
        for rank, header in enumerate(headers):
            if found.setdefault(folded(header), (name, rank))[0] != name:
                raise ValueError(f"the header {header} stands for {found[folded(header)][0]} and {name}")
    return found


def _answer(text: str) -> str:
    return text.strip().casefold()


def answer(text: str) -> bool | None:
    """Yes or no, however it is written; None for anything else."""
    return table_rules().answers.get(_answer(text))


def severity_of(text: str) -> str | None:
    """block, hold, warn or clear; None where the words are not known."""
    return table_rules().severities.get(folded(text))


def attribute_of(text: str) -> str:
    """Our name of a logistics attribute; one that is not listed keeps its own, folded."""
    word = folded(text)
    return table_rules().attributes.get(word, word)
