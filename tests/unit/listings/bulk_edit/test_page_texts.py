"""Detail pages are looked through as a buyer reads them, and only what is replaced is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.listings.bulk_edit.operations import (
    ConvertInches,
    ReplaceText,
)
from app.services.listings.bulk_edit.page_texts import DetailPage
from app.services.listings.bulk_edit.patterns import BadPattern
from app.services.listings.bulk_edit.texts import pattern_of
from tests.unit.listings.bulk_edit.drafts import changed


def test_words_of_a_detail_page_are_replaced_and_its_tags_left():
    draft = changed(
        ReplaceText("detail_html", "img", "picture"), detail_html='<img src="img.jpg"><p class="img">My img</p>'
    )
    assert draft["detail_html"] == '<img src="img.jpg"><p class="img">My picture</p>'


@pytest.mark.parametrize(
    ("find", "new", "before", "after"),
    [
        ("&", "and", "<p>Cost &amp; price</p>", "<p>Cost and price</p>"),
        ("A & B", "A + B", "<p>A &amp; B &eacute; A & B</p>", "<p>A + B &eacute; A + B</p>"),
        ("A &amp; B", "C&nbsp;&amp; D", "A &#38; B", "C&nbsp;&amp; D"),
        ("&nbsp;", " ", "a&nbsp;b \xa0", "a b  "),
        ("x", "<b> & c", "<p title='x'>x &quot;y&quot;</p>", "<p title='x'>&lt;b&gt; &amp; c &quot;y&quot;</p>"),
        ("amp", "AMP", "a &amp; b amp", "a &amp; b AMP"),
        ("amp", "AMP", "a & amp", "a & AMP"),
        (
            "x",
            "y",
            '<img alt="a > x"><!-- x > x --><script>x<x</script>x',
            '<img alt="a > x"><!-- x > x --><script>x<x</script>y',
        ),
        ("x", "y", "<img alt=\"x>x <p class='x'>x", "<img alt=\"x>y <p class='x'>y"),
        ("3", "b", "I <3 you &3", "I &lt;b you &amp;b"),
        ("lamp", "light", "&copy2024 Lamp &nosuch; 5 < 6", "&copy2024 light &nosuch; 5 < 6"),
        ("a", "b", "&NotEqualTilde; a &#0;", "&NotEqualTilde; b &#0;"),
        ("e", "e", "<p>caf&eacute; e</p>", "<p>caf&eacute; e</p>"),
    ],
)
def test_words_of_a_detail_page_are_looked_for_as_a_buyer_reads_them(find, new, before, after):
    assert changed(ReplaceText("detail_html", find, new), detail_html=before)["detail_html"] == after


def test_a_pattern_looks_through_a_page_as_a_buyer_reads_it():
    swap = ReplaceText("detail_html", r"(\w+) & (\w+)", r"\2 &amp; \1", is_regex=True)
    assert changed(swap, detail_html="<i>a &amp; b</i>c")["detail_html"] == "<i>b &amp; a</i>c"
    plain = ReplaceText("detail_html", r"a\1", r"\1")
    assert changed(plain, detail_html=r"<p>a\1</p>")["detail_html"] == r"<p>\1</p>"
    with pytest.raises(BadPattern):
        pattern_of(ReplaceText("detail_html", "a", "&#92;2", is_regex=True))


@given(st.text(alphabet="<>&;\"'=ab/ !-#1x", max_size=40))
def test_a_page_that_nothing_is_found_in_stays_byte_for_byte(html):
    page = DetailPage(html)
    assert page.with_edits([[] for _ in page.stretches]) == html
    assert changed(ReplaceText("detail_html", "q", "z"), detail_html=html)["detail_html"] == html
    assert all(len(one.places) == len(one.text) + 1 for one in page.stretches)


def test_a_size_in_an_attribute_of_a_tag_is_left():
    draft = changed(ConvertInches(package=False), detail_html='<img width="12"><p>12" wide</p>')
    assert draft["detail_html"] == '<img width="12"><p>30.48 cm wide</p>'
    assert changed(ConvertInches(package=False), title="Lamp <12 inch>")["title"] == "Lamp <30.48 cm>", "no tag"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>12&quot; wide &amp; 3&nbsp;inch high</p>", "<p>30.48 cm wide &amp; 7.62 cm high</p>"),
        ("<b>12</b> inch", "<b>30.48</b> cm"),
        ("<b>12 </b>inch", "<b>30.48</b> cm"),
        ("<b>1</b>2 <i>inch</i>!", "<b></b>30.48<i> cm</i>!"),
        ("<p>8&quot;x<b>10</b>&quot;</p>", "<p>20.32x<b>25.4</b> cm</p>"),
        ("<td>5</td><td>12 inch</td>", "<td>5</td><td>30.48 cm</td>"),
        ("a &lt; b &copy <!-- 12 inch --> 1&#34;", "a &lt; b &copy <!-- 12 inch --> 2.54 cm"),
        (
            '<img alt="5 > 4 inch"><style>a{width:12 inch}</style>',
            '<img alt="5 > 4 inch"><style>a{width:12 inch}</style>',
        ),
    ],
)
def test_sizes_of_a_page_as_a_buyer_reads_them(before, after):
    draft = changed(ConvertInches(package=False), detail_html=before)
    assert (draft["detail_html"], draft.refused) == (after, [])


@pytest.mark.parametrize(
    "html",
    [
        "<td>30 cm</td><td>12 inch</td>",
        "<td>30 cm</td>\n<td>12&quot;</td>",
        "<p>12 inch</p><p><b>30</b> cm</p>",
        "<td>30</td><td>cm</td><td>12 inch</td>",
        "<td>12</td>\n<td>inch</td>",
        "1<sup>1/2</sup> inch",
        "<b>10</b>/12 inch",
    ],
)
def test_no_tag_lets_a_suspicious_size_of_a_page_through(html):
    draft = changed(ConvertInches(package=False), detail_html=html)
    assert draft.differences() == {} and draft.refused == [("detail_html", "suspicious_size")]
