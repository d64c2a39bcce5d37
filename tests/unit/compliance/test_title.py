"""Rules about the title (domain.md 5.1, 14.1)."""

from __future__ import annotations

import pytest

from app.services.compliance.findings import Severity
from app.services.compliance.title_text import cleaned, cut_at_word, named, repeated
from tests.unit.compliance.examples import codes, context, findings, only

WORDS = (
    "Shockproof Clear Phone Case with Camera Cover Magnetic Ring Holder Stand Kickstand Slim Matte Back Shell Bumper "
)


def title_of(length: int) -> str:
    """An ordinary title of exactly *length* characters, no word of it thrice."""
    text = WORDS + "Scratch Resistant Frosted Finish Raised Edges Wireless Charging Ready Lanyard Hole"
    assert len(text) > length
    return text[:length].rstrip().ljust(length, "x")


def test_a_good_title_has_no_finding() -> None:
    assert codes() == []
    assert codes(title="A") == []
    assert codes(title="LED Strip Light 5m 10m 30w/50w/100w (Warm White), 2 pcs & 3 m + Clip - IP65") == []


@pytest.mark.parametrize(("length", "expected"), [(127, []), (128, []), (129, ["title.too_long"])])
def test_length_counts_characters(length: int, expected: list[str]) -> None:
    assert codes(title=title_of(length)) == expected


def test_too_long_proposes_a_cut_at_a_word() -> None:
    title = title_of(139)
    finding = only(title=title)
    assert (finding.severity, finding.field, finding.sku) == (Severity.BLOCK, "title", None)
    assert finding.params == {"count": 139, "max": 128}
    assert finding.fix is not None
    cut = finding.fix.value
    assert title.startswith(cut)
    assert title[len(cut)] == " "
    assert 110 <= len(cut) <= 128
    assert finding.fix.params == {"count": len(cut)}
    assert codes(title=cut) == []


@pytest.mark.parametrize(
    ("title", "limit", "expected"),
    [
        ("one two three", 7, "one two"),
        ("one two three", 8, "one two"),
        ("one two three", 6, "one"),
        ("one two, three", 9, "one two"),
        ("one / three", 6, "one"),
        ("abcdefghij", 4, "abcd"),
        ("     abcdef", 6, "     a"),
        ("ab" * 100, 128, "ab" * 64),
    ],
)
def test_cut_at_word(title: str, limit: int, expected: str) -> None:
    assert cut_at_word(title, limit) == expected


@pytest.mark.parametrize("title", ["", " ", " \t "])
def test_empty(title: str) -> None:
    assert "title.missing" in codes(title=title)


@pytest.mark.parametrize(
    ("title", "code", "shown"),
    [
        ("Table Lamp 台灯", "title.chinese", "台灯"),
        ("Table Lamp 😀 Touch", "title.emoji", "😀"),
        ("Table Lamp ★ Touch", "title.emoji", "★"),
        ("Table Lamp\tTouch", "title.control", "U+0009"),
        ("Table Lamp\nTouch", "title.control", "U+000A"),
        ("Table\u200bLamp Touch", "title.control", "U+200B"),
        ("Table Lamp\x7f", "title.control", "U+007F"),
        ("Table Lamp – Touch", "title.not_ascii", "–"),
        ("Café Table Lamp", "title.not_ascii", "é"),
        ("Ｔable Lamp", "title.not_ascii", "Ｔ"),
        ("Table Lamp\u00a0Touch", "title.not_ascii", "U+00A0"),
        ("Настольная lamp", "title.not_ascii", "Н а с т о …"),
    ],
)
def test_each_strange_character_is_told_once(title: str, code: str, shown: str) -> None:
    finding = only(title=title)
    assert finding.code == code
    assert finding.severity == Severity.BLOCK
    assert finding.params["characters"] == shown


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Table Lamp 😀 Touch", "Table Lamp Touch"),
        ("👨‍👩‍👧 Family Lamp 1️⃣", "Family Lamp 1"),
        ("Table Lamp\t\tTouch\u200b", "Table Lamp Touch"),
        ("Ｔａｂｌｅ　Ｌａｍｐ", "Table Lamp"),
        ("Café – “Lamp” 20×30 ½", 'Cafe - "Lamp" 20x30 1/2'),
        ("Lamp® Møre™", "Lamp MoreTM"),
        ("Lamp<br>Touch", "Lamp Touch"),
    ],
)
def test_remedy_is_the_cleaned_title(title: str, clean: str) -> None:
    fixes = [finding.fix for finding in findings(title=title)]
    assert fixes
    assert all(fix is not None and (fix.kind, fix.field, fix.value) == ("clean_title", "title", clean) for fix in fixes)
    assert codes(title=clean) == []


@pytest.mark.parametrize("title", ["台灯", "Лампа", "😀", "<b>", "<<b>>", "\t"])
def test_no_remedy_where_cleaning_is_not_enough(title: str) -> None:
    assert cleaned(title) is None
    assert all(finding.fix is None for finding in findings(title=title))


@pytest.mark.parametrize(
    ("title", "is_markup"),
    [
        ("Lamp <b>Touch</b>", True),
        ("Lamp <> Touch", True),
        ("Lamp < 5 W", False),
        ("Lamp > 5 W", False),
        ("5 > 3 < 7", False),
        ("<a<b>", True),
    ],
)
def test_markup(title: str, is_markup: bool) -> None:
    assert codes(title=title) == (["title.markup"] if is_markup else [])


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Lamp Lamp Touch", []),
        ("Lamp Touch Lamp Base lamp", [("lamp", 3)]),
        ("Lamp/LAMP-lamp", [("lamp", 3)]),
        ("Case,case(case)+Case", [("case", 4)]),
        ("Red red red blue Blue BLUE", [("red", 3), ("blue", 3)]),
        ("2 pcs 2 m 2 kg", []),
        ("A B a b a b", []),
        ("Lamp for bed for desk for shelf", []),
        ("30w/50w/100w", []),
    ],
)
def test_repeated_words(title: str, words: list[tuple[str, int]]) -> None:
    found = findings(title=title)
    assert [(finding.params["word"], finding.params["times"]) for finding in found] == words
    assert all(finding.severity == Severity.WARN for finding in found)


def test_repeated_words_follow_the_limit() -> None:
    assert codes(title="Lamp Lamp Base", using=context({"limits": {"word_repeat_max": 1}})) == ["title.repeated_word"]
    assert repeated("Lamp Lamp Lamp", 2, frozenset({"lamp"})) == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("TABLE LAMP DIMMABLE TOUCH", ["title.capitals"]),
        ("TABLE LAMP DIMMABLE touch", []),
        ("USB C HUB 4K", []),
        ("123 456 7890", []),
    ],
)
def test_capitals(title: str, expected: list[str]) -> None:
    assert codes(title=title) == expected


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Table Lamp ask shop@lamps.example", "p@l"),
        ("Table Lamp shop@lamps", "p@l"),
        ("Table Lamp www.lamps.com", "s.com"),
        ("Table Lamp https://lamps", "://"),
        ("Table Lamp WhatsApp us", "WhatsApp"),
        ("Table Lamp call 13800001234", "13800001234"),
        ("Table Lamp +44 20 7946 0000", "+44 20 7946 0000"),
        ("Table Lamp 0755-0000-1234", "0755-0000-1234"),
    ],
)
def test_contact_data(title: str, text: str) -> None:
    finding = only(title=title)
    assert (finding.code, finding.severity, finding.params["text"]) == ("title.contact", Severity.WARN, text)


@pytest.mark.parametrize(
    "title",
    [
        "Watch Band 18 20 22 24mm Quick Release",
        "Lamp 1234567 Series",
        "Cable 0.5m 1.5m 2.0m",
        "Drill 12-24-36 V",
        "Light + Clip",
        "Node.comb Lamp",
    ],
)
def test_numbers_and_dots_are_no_contact_data(title: str) -> None:
    assert codes(title=title) == []


def test_several_things_wrong_are_several_findings() -> None:
    assert codes(title="台灯 <b>Lamp</b>\t😀 –") == [
        "title.chinese",
        "title.emoji",
        "title.control",
        "title.not_ascii",
        "title.markup",
    ]


def test_named_shows_five_characters_at_most() -> None:
    assert named(list("–—é")) == "– — é"
    assert named(list("abcdefg")) == "a b c d e …"


@pytest.mark.parametrize(
    "title", ["<" * 50_000, "a-" * 50_000, "lamp " * 20_000, "+1 " * 30_000, "<a" * 30_000, "1." * 50_000]
)
def test_a_hostile_title_takes_linear_time(title: str) -> None:
    assert "title.too_long" in codes(title=title)
