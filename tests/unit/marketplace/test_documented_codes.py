"""Every code the reference documents: retry verdict, sentence in both languages, field, remedy."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from app.messages import Messages, catalogue, messages
from app.paths import resources
from app.services.errors import InputError
from app.services.marketplace.aliexpress import explain, remedy_of
from app.services.marketplace.aliexpress.errors import NAMED, Problem, Verdict, error_for, meaning
from app.services.marketplace.port import NotNow, Refused
from tests.unit.marketplace.stub import DATA, START

DOCUMENTED: list[dict[str, Any]] = json.loads((DATA / "documented-codes.json").read_text("utf-8"))["codes"]
TABLE = json.loads((resources() / "rules" / "aliexpress_errors.json").read_text("utf-8"))
SAID_OF_RETRYING = {
    "no": {Verdict.NEVER, Verdict.SIGN_IN},
    "no (fix)": {Verdict.NEVER},
    "yes": {Verdict.RETRY, Verdict.LOOK_UP, Verdict.WAIT},
    "yes, later": {Verdict.WAIT},
    "yes, after N s": {Verdict.WAIT},
    "after refresh": {Verdict.RENEW},
    "after clock fix": {Verdict.CLOCK},
    "after audit": {Verdict.LATER},
    "after the promotion": {Verdict.LATER},
    "later": {Verdict.LATER},
    "reads yes; writes only after checking": {Verdict.LOOK_UP},
    "same": {Verdict.LOOK_UP},
    **{words: set(Verdict) for words in ("", "maybe", "see below", "depends on text", "yes / depends")},
}
"""The reference's words, and the verdicts that do what they say."""


def ids(entry: dict[str, Any]) -> str:
    return f"{entry['code']} {entry.get('text', '')}".strip()


@pytest.mark.parametrize("entry", DOCUMENTED, ids=ids)
def test_a_documented_code_has_all_four(entry: dict[str, Any]) -> None:
    problem = Problem(entry["code"], text=entry.get("text", ""))
    known = meaning(problem, entry.get("method", ""))

    assert known is not None
    assert known.verdict in SAID_OF_RETRYING[entry["retry"]]
    sentence = catalogue()[f"error.marketplace.{known.message}"]
    assert sentence["zh"] and sentence["en"]
    remedy = catalogue()[f"remedy.marketplace.{known.remedy}"]
    assert remedy["zh"] and remedy["en"]
    assert known.field or known.remedy != "change_field" or names_its_field(entry["code"])


def names_its_field(code: str) -> bool:
    """Whether the field is taken from the platform's sentence where the table cannot know it."""
    said = "#/sku_info_list/0/price: not acceptable"
    known = meaning(Problem(code, text=said))
    return known is not None and known.field == "sku.price"


def test_the_copy_of_the_references_table_is_whole() -> None:
    assert len({entry["code"] for entry in DOCUMENTED}) > 120
    assert {entry["section"] for entry in DOCUMENTED} == {"4.4", "4.5", "4.6", "4.7"}


def test_every_row_of_the_table_says_its_field_and_every_message_has_a_remedy() -> None:
    groups = [*TABLE["causes"].values(), *TABLE["methods"].values()]
    rows = [*TABLE["codes"].values(), *TABLE["prefixes"].values(), *(row for group in groups for row in group)]
    fields = set(TABLE["fields"].values()) | {"", NAMED, "days"}

    assert all(row["field"] in fields for row in rows)
    assert {row["message"] for row in rows} <= TABLE["remedies"].keys()


def test_every_remedy_is_a_sentence_and_none_is_left_over() -> None:
    written = {key.removeprefix("remedy.marketplace.") for key in catalogue() if key.startswith("remedy.marketplace.")}

    assert set(TABLE["remedies"].values()) == written


def test_remedies_belong_to_sentences_that_exist() -> None:
    assert [name for name in TABLE["remedies"] if not messages.has(f"error.marketplace.{name}")] == []


@pytest.mark.parametrize("code", ["13001030", "PRODUCT_IN_AUDIT_PENDING"])
def test_a_lock_that_passes_is_told_from_a_refusal_for_good(code: str) -> None:
    assert type(error_for(Problem("15", code), now=START)) is NotNow
    assert type(error_for(Problem("15", "F00-00-10007-007"), now=START)) is Refused


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (error_for(Problem("IncompleteSignature"), now=START), "check_secret"),
        (error_for(Problem("15", "F99-00-12345-678"), now=START), "tell_admin"),
        (InputError("marketplace.bad_gateway", url="x"), "check_gateway"),
    ],
)
def test_the_remedy_of_an_error(error: Exception, remedy: str) -> None:
    assert remedy_of(error) == f"remedy.marketplace.{remedy}"


def test_an_unknown_code_is_shown_raw_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)

    error = error_for(Problem("15", "F99-00-12345-678", "the moon"), now=START, method="a.b")

    key, params, _ = explain(error)
    assert "F99-00-12345-678 the moon" in Messages("en").text(key, **params)
    assert "F99-00-12345-678" in caplog.text
    assert "a.b" in caplog.text
