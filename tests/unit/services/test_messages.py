"""Sentences in two languages."""

from __future__ import annotations

import pytest

from app.messages import Messages, catalogue


@pytest.fixture
def entries(monkeypatch):
    added = {
        "test.rows": {"zh": "{n} 行", "en": {"one": "{n} row", "other": "{n} rows"}},
        "test.code": {"zh": "编码 {code}", "en": "Code {code}"},
    }
    for key, entry in added.items():
        monkeypatch.setitem(catalogue(), key, entry)


@pytest.mark.parametrize(
    ("language", "n", "text"),
    [("en", 1, "1 row"), ("en", 12846, "12,846 rows"), ("en", 0, "0 rows"), ("zh", 12846, "12,846 行")],
)
def test_counts_are_grouped_and_have_a_plural(entries, language, n, text):
    assert Messages(language).text("test.rows", n=n) == text


def test_codes_stay_as_they_are(entries):
    assert Messages("zh").text("test.code", code="0012345678901234567") == "编码 0012345678901234567"


def test_the_language_can_be_switched(entries):
    messages = Messages("en")
    messages.language = "zh"
    assert messages.text("test.code", code="A") == "编码 A"


def test_a_missing_key_or_placeholder_is_an_error(entries):
    with pytest.raises(KeyError):
        Messages("en").text("test.nothing")
    with pytest.raises(KeyError):
        Messages("en").text("test.code")
