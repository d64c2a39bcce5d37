"""Rules about the detail page (domain.md 5.2)."""

from __future__ import annotations

import pytest

from app.services.compliance.detail_text import plain_text, without_removed_tags
from app.services.compliance.findings import Severity
from tests.unit.compliance.examples import codes, context, findings, only


@pytest.mark.parametrize(
    "html",
    [
        "A lamp.",
        "<p>A lamp with a styled frame; press the button, input 220 V.</p>",
        '<p style="color:red">A lamp.</p>',
        '<img src="https://ae01.alicdn.com/kf/a.jpg">',
        "<IMG SRC='//sc04.alicdn.com/kf/a.jpg'/>",
        "<img width=5 src=https://img.aliexpress-media.com/a.jpg>",
        '<a href="https://www.aliexpress.com/item/1.html">more</a>',
        '<a href="//aliexpress.com">more</a>',
        '<a href="#top">up</a>',
        '<a href="/item/1.html">more</a>',
        '<a name="top">A lamp.</a>',
        "<preface>x</preface>",
    ],
)
def test_good_pages(html: str) -> None:
    assert codes(detail_html=html) == []


@pytest.mark.parametrize("html", ["", "  ", "<p></p>", "<p>&nbsp; <br></p>", "&nbsp;", "<div>\n</div>"])
def test_empty_page(html: str) -> None:
    finding = only(detail_html=html)
    assert (finding.code, finding.severity) == ("detail.missing", Severity.WARN)


@pytest.mark.parametrize(("length", "expected"), [(90_000, []), (90_001, ["detail.too_long"])])
def test_length(length: int, expected: list[str]) -> None:
    assert codes(detail_html="x" * length) == expected


@pytest.mark.parametrize("tag", ["script", "textarea", "style", "iframe", "frame", "input", "pre", "button"])
def test_every_removed_tag(tag: str) -> None:
    for html in (f"<p>Lamp</p><{tag}>x</{tag}>", f"<p>Lamp</p><{tag.upper()} a='b'/>", f"<p>Lamp</p>< {tag} >"):
        finding = only(detail_html=html)
        assert (finding.code, finding.severity) == ("detail.removed_tags", Severity.WARN)
        assert finding.params == {"tags": f"<{tag}>"}
        assert finding.fix is not None
        assert (finding.fix.kind, finding.fix.field) == ("strip_tags", "detail_html")
        assert codes(detail_html=finding.fix.value) == []


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>A</p><script>alert('x')</script><p>B</p>", "<p>A</p><p>B</p>"),
        ("<p>A</p><style>p{color:red}</style>", "<p>A</p>"),
        ("<pre>kept</pre> <button>Buy</button>", "kept Buy"),
        ("a<input type=text>b", "ab"),
        ("<script>one<script>two</script>", "one"),
        ("<script>never closed", "never closed"),
        ("<SCRIPT >x</ScRiPt >y", "y"),
    ],
)
def test_stripping(html: str, left: str) -> None:
    assert without_removed_tags(html) == left


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x",
        "http://aliexpress.com.evil.example/",
        "https://notaliexpress.com/",
        "https://evil.example/aliexpress.com/",
        "https://aliexpress.com:80@evil.example/",
        "//evil.example",
        "mailto:shop@lamps.example",
        "javascript:alert(1)",
        "item/1.html",
    ],
)
def test_foreign_links(address: str) -> None:
    for html in (f'<a href="{address}">x</a>', f"<A class=b HREF = '{address}'>x</A>", f"<a href={address}>x</a>"):
        finding = only(detail_html=html)
        assert (finding.code, finding.params) == ("detail.foreign_link", {"address": address})


@pytest.mark.parametrize(
    "address",
    [
        "http://elsewhere.example/a.jpg",
        "https://alicdn.com.evil.example/a.jpg",
        "images/a.jpg",
        "data:image/png;base64,AA",
    ],
)
def test_foreign_pictures(address: str) -> None:
    finding = only(detail_html=f'<p>Lamp</p><img alt="x" src="{address}">')
    assert (finding.code, finding.params) == ("detail.foreign_image", {"address": address})


def test_an_address_is_told_once_and_short() -> None:
    page = '<img src="http://elsewhere.example/a.jpg">' * 3 + f'<img src="http://elsewhere.example/{"b" * 200}.jpg">'
    found = findings(detail_html=page)
    assert len(found) == 2
    assert len(found[1].params["address"]) == 80


def test_lazy_pictures_are_judged_by_their_real_address() -> None:
    page = '<img data-src="http://elsewhere.example/a.jpg" src="https://ae01.alicdn.com/kf/a.jpg">'
    assert codes(detail_html=page) == []


def test_the_gateways_own_host_keeps_pictures() -> None:
    page = '<img src="http://127.0.0.1:8765/kf/a.jpg">'
    assert codes(detail_html=page) == ["detail.foreign_image"]
    assert codes(detail_html=page, using=context(image_hosts=["127.0.0.1"])) == []


def test_plain_text() -> None:
    assert plain_text("<p>Warm<b>light</b></p>").split() == ["Warm", "light"]


@pytest.mark.parametrize(
    "piece", ["<", "<img ", "<a href=", "<script", "< " * 3, "<script>", "src='", "<!--", "&nbsp;", "-", "<a href='x' "]
)
def test_a_hostile_page_takes_linear_time(piece: str) -> None:
    assert isinstance(findings(detail_html=piece * (90_000 // len(piece))), list)
    assert isinstance(findings(detail_html="<" + " " * 80_000 + piece), list)
