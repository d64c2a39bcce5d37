"""Titles and descriptions."""

from __future__ import annotations

import re

from app.practice_market.catalogue import rules
from app.practice_market.content.reading import MAIN_LOCALE, Family, Record
from app.practice_market.refusals import Refusal

MARKUP = re.compile(r"<.*?>", re.DOTALL)
ASCII = re.compile(r"[\x00-\x7f]*")


def check(record: Record, family: Family) -> None:
    """English titles 1-128 ASCII characters, translated ones 1-218, no markup; translated details up to 90 000."""
    titles = {item["locale"]: item["value"] for item in record["subject_list"]}
    if record["locale"] not in titles:
        raise Refusal("schema", pointer="subject_list", reason=f"required key [{record['locale']}] not found")
    for locale, title in titles.items():
        _check_title(locale, title)
    if family is Family.SOLUTION and record["locale"] not in {item["locale"] for item in record["detail_source_list"]}:
        pointer = "multi_language_description_list"
        raise Refusal("schema", pointer=pointer, reason=f"required key [{record['locale']}] not found")
    for detail in record["detail_source_list"]:
        longest = rules()["detail"]["translated_max"]
        if detail["locale"] != MAIN_LOCALE and len(detail["web_detail"]) > longest:
            raise Refusal("schema", pointer="web_detail", reason=f"expected maxLength: {longest}")


def _check_title(locale: str, title: str) -> None:
    longest = rules()["title"]["main_max" if locale == MAIN_LOCALE else "translated_max"]
    if not title.strip():
        raise Refusal("schema", pointer="subject", reason="expected minLength: 1, actual: 0")
    if len(title) > longest:
        raise Refusal("schema", pointer="subject", reason=f"expected maxLength: {longest}, actual: {len(title)}")
    if locale == MAIN_LOCALE and not ASCII.fullmatch(title):
        raise Refusal("title.language")
    if MARKUP.search(title):
        raise Refusal("schema", pointer="subject", reason="markup is not allowed")
