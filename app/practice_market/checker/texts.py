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
        raise Refusal("schema.required", pointer="subject_list", key=record["locale"])
    for locale, title in titles.items():
        if locale not in rules()["languages"].values():
            raise Refusal("locale.unknown", locale=locale)
        _check_title(locale, title)
    if family is Family.SOLUTION and record["locale"] not in {item["locale"] for item in record["detail_source_list"]}:
        pointer = "multi_language_description_list"
        raise Refusal("schema.required", pointer=pointer, key=record["locale"])
    for detail in record["detail_source_list"]:
        longest = rules()["detail"]["translated_max"]
        if detail["locale"] != MAIN_LOCALE and len(detail["web_detail"]) > longest:
            raise Refusal("schema.long", pointer="web_detail", most=longest, found=len(detail["web_detail"]))


def _check_title(locale: str, title: str) -> None:
    longest = rules()["title"]["main_max" if locale == MAIN_LOCALE else "translated_max"]
    if not title.strip():
        raise Refusal("schema.short", pointer="subject")
    if len(title) > longest:
        raise Refusal("schema.long", pointer="subject", most=longest, found=len(title))
    if locale == MAIN_LOCALE and not ASCII.fullmatch(title):
        raise Refusal("title.language")
    if MARKUP.search(title):
        raise Refusal("schema.markup", pointer="subject")
