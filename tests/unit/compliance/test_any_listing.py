"""Whatever stands in a record: the checker answers, and its quick looks never hide what its rules would say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.compliance.checker import check
from app.services.compliance.findings import FIELDS, Severity, finding_text, fix_text
from app.services.compliance.image_facts import ImageFacts
from app.services.compliance.number_looks import NUMBER_CODES
from app.services.listings.records import ListingRecord, SkuRecord
from tests.unit.compliance.examples import (
    ATTRIBUTES,
    CLOCKS,
    IMAGES,
    LAMP_PARTS,
    LAMPS,
    LIGHTING,
    context,
    listing,
    without_looks,
)

CONTEXT = context()
CONTEXT.images.learn(
    {
        "/pictures/small.jpg": ImageFacts("/pictures/small.jpg", "s" * 64, 100, 900, 10, "JPEG"),
        "/pictures/other.png": ImageFacts("/pictures/other.png", "p" * 64, 900, 900, 10, "PNG"),
        "/pictures/same.jpg": ImageFacts("/pictures/same.jpg", IMAGES["/pictures/1.jpg"].sha256, 900, 900, 10, "JPEG"),
        "/pictures/gone.jpg": ImageFacts("/pictures/gone.jpg", problem="missing"),
        "/pictures/cut.jpg": ImageFacts("/pictures/cut.jpg", "c" * 64, 900, 900, 10, "JPEG", "damaged"),
    }
)

WORDS = """lamp Lamp LAMP LED bedside case nike Nike's under armour i-phone iPhone e-cigarette apple green replica
    灯 苹果 苹果绿 30w/50w/100w 5pcs/lot 10 lot pilot slot -- / , . + ( ) @ www.a.com a@b.cc +86 138-0000-0000 12345678
    1234567 whatsapp <b> < > é ® ™ 😀 Ａ １ ’ – × USB-C qq for with 12inch"""
WORD = st.sampled_from([*WORDS.split(), "\t", "\n", "\u200d", "\u200b"])
GOOD_WORDS = "Bedside Table Lamp Dimmable Touch Control Ceramic Base Warm Light Bulb Cable for with"
GOOD_WORD = st.sampled_from(GOOD_WORDS.split())
TITLES = st.one_of(
    st.lists(st.one_of(GOOD_WORD, GOOD_WORD, GOOD_WORD, WORD), max_size=12).map(" ".join),
    st.lists(GOOD_WORD, min_size=3, max_size=30).map(lambda words: " ".join(words).upper()),
    st.lists(WORD, max_size=25).map("".join),
    st.text(max_size=160),
)
NUMBERS = st.one_of(
    st.none(), st.integers(-5, 12), st.integers(-(10**9), 10**9), st.sampled_from([699, 700, 701, 2700])
)
TAGS = """<p> </p> <p><b> <script> </script> <SCRIPT < script> <img src="https://ae01.alicdn.com/kf/a.jpg"> &nbsp;
    <style> <img src='http://elsewhere.example/a.jpg'> <img <a href=//www.aliexpress.com/x> <a href="#top">
    src= href = text <a href="https://evil.example/aliexpress.com/">
    <a href="https://aliexpress.com:80@evil.example/"> <button> "
    <img data-src="x" src="//ae01.alicdn.com/b.jpg"> <iframe <pre> > nike <input/> ' <br> style="x" frame"""
PIECES = st.sampled_from([*TAGS.split(), "\n"])
PAGES = st.one_of(st.lists(PIECES, max_size=12).map(" ".join), st.lists(PIECES, max_size=12).map("".join), st.text())
TEXTS = st.one_of(
    st.sampled_from(
        [
            "Black",
            "黑色",
            "黑",
            "grey",
            "Ceramic",
            "Other",
            "其他",
            "30 inch",
            "30 cm",
            "12 cm",
            "30.48cm",
            "60x60x96 cm",
            "a;b",
            "x" * 71,
            "CN",
            "西班牙",
            "S",
        ]
    ),
    st.text(max_size=8),
)
NAMES = st.sampled_from(["", "Color", "颜色分类", "Size", "发货地", "Material", "材质", "Lamp base", "Unheard of"])
KNOWN_PAIRS = st.sampled_from([(a.attribute_id, v) for a in ATTRIBUTES[LAMPS] for v in (*a.values, "", "999")])
MORE_PICTURES = """/pictures/small.jpg /pictures/other.png /pictures/same.jpg /pictures/gone.jpg /new.jpg
    /pictures/cut.jpg https://ae01.alicdn.com/kf/a.jpg https://elsewhere.example/a.jpg http://["""
SOURCES = st.sampled_from([*IMAGES, *MORE_PICTURES.split(), ""])


@st.composite
def entries(draw: st.DrawFn) -> dict[str, str]:
    """An attribute or a sale property, as likely right as wrong; keys may be absent."""
    name_id, value_id = draw(
        st.one_of(KNOWN_PAIRS, st.tuples(st.sampled_from(["", "777"]), st.sampled_from(["", "1"])))
    )
    entry = {"name_id": name_id, "value_id": value_id, "name": draw(NAMES), "value": draw(TEXTS)}
    if draw(st.booleans()):
        entry["image"] = draw(SOURCES)
    for key in draw(st.sets(st.sampled_from(sorted(entry)), max_size=1)):
        del entry[key]
    return entry


SKUS = st.builds(
    SkuRecord,
    id=st.none(),
    code=st.one_of(
        st.sampled_from(
            ["LM1", "LM1", "LM-2_CES", " LM3", "L M", "1.23E+06", "12E5", "ＡＢ１", "A<1", "A@B", "A" * 21, ""]
        ),
        st.text(max_size=22),
    ),
    price_minor=st.one_of(st.integers(100, 900), NUMBERS),
    stock=st.one_of(st.integers(0, 9), NUMBERS),
    properties=st.lists(entries(), max_size=4),
    ships_from=st.sampled_from(["", "", "CN", "ES", "西班牙", "nowhere"]),
)


def changed(strategy: Any, good: Any) -> st.SearchStrategy[Any]:
    """Mostly the good value, so that one group is tried while the others are in order."""
    return st.one_of(st.just(good), strategy)


GOOD = listing()
REGIONAL = st.one_of(
    st.builds(
        lambda kind, steps: {"type": kind, "countries": steps},
        st.sampled_from(["percentage", "relative", "odd"]),
        st.dictionaries(st.sampled_from(["RU", "ES", "XX", ""]), st.integers(-(10**6), 10**6), min_size=1),
    ),
    st.builds(
        lambda prices: {"type": "absolute", "countries": prices},
        st.dictionaries(
            st.sampled_from(["RU", "XX"]),
            st.dictionaries(st.sampled_from(["LM1", "gone"]), st.integers(-5, 10**9)),
            min_size=1,
        ),
    ),
)
RECORDS = st.builds(
    ListingRecord,
    id=st.just(1),
    store_id=st.just(1),
    product_id=st.sampled_from([None, "1005001"]),
    title=changed(TITLES, GOOD.title),
    keywords=changed(TITLES, ""),
    category_id=st.sampled_from([LAMPS, LAMPS, LAMPS, LAMP_PARTS, CLOCKS, LIGHTING, "台灯", "9", ""]),
    freight_template_id=changed(st.sampled_from(["700999999", "小件普货", "1", "", " "]), GOOD.freight_template_id),
    group_id=changed(st.sampled_from(["99", "灯具", "x", "", " "]), GOOD.group_id),
    unit=changed(st.sampled_from(["", "pcs", "lot", "件/个"]), GOOD.unit),
    lot_size=changed(st.integers(-3, 10**6), 1),
    handling_days=changed(NUMBERS, 5),
    regional_prices=changed(st.one_of(st.none(), REGIONAL), {}),
    weight_g=changed(NUMBERS, 840),
    length_cm=changed(NUMBERS, 24),
    width_cm=changed(NUMBERS, 24),
    height_cm=changed(NUMBERS, 38),
    currency=st.sampled_from(["USD", "USD", "", "XYZ"]),
    detail_html=changed(PAGES, GOOD.detail_html),
    attributes=changed(st.lists(entries(), max_size=5), GOOD.attributes),
    skus=changed(st.lists(SKUS, max_size=4), GOOD.skus),
    images=changed(st.lists(SOURCES, max_size=8), GOOD.images),
)


@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS)
def test_quick_looks_hide_nothing(record: ListingRecord) -> None:
    assert check(record, CONTEXT) == without_looks(record, CONTEXT)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS, st.lists(st.tuples(NUMBERS, NUMBERS), min_size=4, max_size=4))
def test_only_the_rules_of_numbers_read_prices_and_stocks(
    record: ListingRecord, numbers: list[tuple[int | None, int | None]]
) -> None:
    skus = [replace(sku, price_minor=one, stock=two) for sku, (one, two) in zip(record.skus, numbers, strict=False)]
    others = [
        [finding for finding in check(one, CONTEXT) if finding.code not in NUMBER_CODES]
        for one in (record, replace(record, skus=skus))
    ]
    assert others[0] == others[1]


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(RECORDS)
def test_every_finding_can_be_told_and_points_somewhere(record: ListingRecord) -> None:
    for finding in check(record, CONTEXT):
        assert finding.field in FIELDS
        assert finding.severity in Severity
        assert finding.sku is None or 0 <= finding.sku < len(record.skus)
        assert finding_text(finding)
        if finding.fix is not None:
            assert fix_text(finding.fix)
            assert finding.fix.field in FIELDS


@settings(max_examples=200)
@given(st.text(), st.text(max_size=40), st.text(max_size=40))
def test_texts_of_any_kind(title: str, code: str, page: str) -> None:
    record = listing(title=title, keywords=code, detail_html=page, category_id=code, unit=code, group_id=page)
    record.skus[0].code = code
    assert check(record, CONTEXT) == without_looks(record, CONTEXT)


@settings(max_examples=150)
@given(TITLES)
def test_a_title_remedy_can_be_used(title: str) -> None:
    record = listing(title=title)
    for finding in check(record, CONTEXT):
        if finding.code in ("title.emoji", "title.control", "title.not_ascii", "title.markup") and finding.fix:
            after = [later.code for later in check(listing(title=finding.fix.value), CONTEXT)]
            assert finding.code not in after
        if finding.code == "title.too_long":
            assert finding.fix is not None and 0 < len(finding.fix.value) <= 128
            assert title.startswith(finding.fix.value)
