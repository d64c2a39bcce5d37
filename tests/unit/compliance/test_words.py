"""Listed words: whole, in all their forms, with exceptions (domain.md 13)."""

from __future__ import annotations

import pytest

from app.messages import Messages
from app.services.compliance.findings import Label, Severity, finding_text
from app.services.compliance.rule_data import rule_file
from app.services.compliance.words import Word, WordBook, plurals, variants, word_book
from tests.unit.compliance.examples import codes, findings, only, part, sku

ABOUT = Label("列表", "list")


def book(*words: str, exceptions: tuple[str, ...] = (), harmless: tuple[str, ...] = ()) -> WordBook:
    rows = tuple(row for phrase in exceptions for row in sorted(variants(phrase)))
    return WordBook((word, Word(word, "word.licence", ABOUT, rows, harmless)) for word in words)


def found(text: str, *words: str, **more: tuple[str, ...]) -> list[str]:
    """Words found; the quick look must agree."""
    lists = book(*words, **more)
    result = [word.text for word in lists.find(text)]
    assert not result or not lists.is_clean(text)
    return result


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Nike shoes", True),
        ("NIKE", True),
        ("shoes (nike)", True),
        ("Nikes", True),
        ("Nike's", True),
        ("for-nike-shoes", True),
        ("ＮＩＫＥ", True),
        ("Nìké", True),
        ("ni-ke", True),
        ("nike鞋", True),
        ("Monike", False),
        ("nikel", False),
        ("ni ke", False),
        ("", False),
    ],
)
def test_whole_words_in_any_spelling(text: str, is_found: bool) -> None:
    assert found(text, "Nike") == (["Nike"] if is_found else [])


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("e-cigarette", True),
        ("E cigarette", True),
        ("ecigarettes", True),
        ("e-cigarettes", True),
        ("cigarette", False),
        ("the cigarette e", False),
    ],
)
def test_words_with_a_hyphen(text: str, is_found: bool) -> None:
    assert found(text, "e-cigarette") == (["e-cigarette"] if is_found else [])


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Louis Vuitton bag", True),
        ("louis-vuitton", True),
        ("LouisVuitton", True),
        ("Vuitton Louis", False),
        ("Louis", False),
    ],
)
def test_phrases(text: str, is_found: bool) -> None:
    assert found(text, "Louis Vuitton") == (["Louis Vuitton"] if is_found else [])


@pytest.mark.parametrize(
    ("word", "plural"),
    [
        (b"knife", b"knives"),
        (b"battery", b"batteries"),
        (b"lens", b"lenses"),
        (b"watch", b"watches"),
        (b"toy", b"toys"),
    ],
)
def test_plurals(word: bytes, plural: bytes) -> None:
    assert plural in plurals(word)


def test_a_consonant_is_needed_for_ies() -> None:
    assert b"toies" not in plurals(b"toy")


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Apple charger", True),
        ("apple green mug", False),
        ("Mug, apple-green", False),
        ("green apples", False),
        ("apple green mug for Apple", True),
        ("apple greenhouse", True),
    ],
)
def test_exceptions(text: str, is_found: bool) -> None:
    assert found(text, "Apple", exceptions=("apple green", "green apple")) == (["Apple"] if is_found else [])


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("苹果手机壳", True), ("青苹果绿", False), ("苹果绿 苹果手机", True), ("pingguo", False), ("蘋果", False)],
)
def test_chinese_is_found_inside_text(text: str, is_found: bool) -> None:
    assert found(text, "苹果", harmless=("苹果绿",)) == (["苹果"] if is_found else [])


def test_several_words_each_once_in_the_order_of_the_text() -> None:
    assert found("Gucci or Nike or gucci", "Nike", "Gucci") == ["Gucci", "Nike"]


def test_the_shipped_lists_say_what_they_must() -> None:
    shipped = word_book()
    for word in (
        "replica",
        "counterfeit",
        "Nike",
        "Adidas",
        "Gucci",
        "Lego",
        "Disney",
        "iPhone",
        "bluetooth",
        "kitchen knives",
    ):
        assert shipped.find(f"a {word} thing"), word
    for phrase in ("apple green mug", "cigarette lighter", "essential oil diffuser", "Whisky Glasses", "Table Lamp"):
        assert not shipped.find(phrase), phrase
    assert {word.code for word in shipped.find("replica iphone bluetooth")} == {
        "word.prohibited",
        "word.licence",
        "word.suspect",
    }


def test_no_word_stands_in_two_lists() -> None:
    words = [
        (item if isinstance(item, str) else item["word"]).lower()
        for entry in rule_file("word_lists")["lists"]
        for item in entry["words"]
    ]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("title", "code", "severity"),
    [
        ("Replica Table Lamp", "word.prohibited", Severity.BLOCK),
        ("Phone Case for iPhone 15", "word.licence", Severity.HOLD),
        ("Bluetooth Table Lamp", "word.suspect", Severity.WARN),
    ],
)
def test_a_word_in_the_title(title: str, code: str, severity: Severity) -> None:
    finding = only(title=title)
    assert (finding.code, finding.severity, finding.field) == (code, severity, "title")


@pytest.mark.parametrize(
    "goods",
    [
        "Kitchen Knives", "Toy Guns", "Strong Magnets", "Laser Pointers", "Lithium Battery Packs", "Essential Oils",
        "Tomato Seeds", "E-Cigarettes", "Contact Lenses", "Child Car Seats",
    ],
)  # fmt: skip
def test_goods_not_as_forbidden_as_they_look_are_held_and_not_blocked(goods: str) -> None:
    finding = only(title=f"Table Lamp and {goods}")
    assert (finding.code, finding.severity) == ("word.licence", Severity.HOLD)


def test_where_a_word_stands_is_the_field() -> None:
    material = {"name_id": "10", "value_id": "100006063", "name": "Material", "value": "Ceramic"}
    model = {"name_id": "3", "value_id": "", "name": "Model Number", "value": "Lego style"}
    chosen = {**material, "value": "Lego"}
    assert [f.field for f in findings(keywords="lego, lamp")] == ["keywords"]
    assert [f.field for f in findings(detail_html="<p>Like Lego</p>")] == ["detail_html"]
    assert [f.field for f in findings(attributes=[material, model])] == ["attributes"]
    assert codes(attributes=[chosen]) == []
    own = findings(skus=[sku(), sku("B", properties=[part(value_id="", value="Lego red")])])
    assert [(f.field, f.sku) for f in own] == [("sku.properties", 1)]


def test_tags_and_addresses_of_the_page_are_no_words() -> None:
    assert codes(detail_html='<p class="nike">Lamp</p><img src="https://ae01.alicdn.com/kf/nike.jpg">') == []


def test_a_phrase_that_a_tag_divides_is_found() -> None:
    found = only(detail_html="<p>mirror <b>quality</b></p>")
    assert (found.code, found.field) == ("word.prohibited", "detail_html")


def test_the_sentence_names_word_and_list() -> None:
    finding = only(title="Lego Table Lamp")
    text = finding_text(finding, Messages("en"))
    assert (
        text == "“Lego” is listed under “brand names” and needs a licence. Remove it or ask a supervisor to release it."
    )
    assert finding_text(finding, Messages("zh")).startswith("“Lego”在“品牌词”里")
