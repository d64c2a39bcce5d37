"""The tags the platform removes, taken out by a bulk edit: previewed, stored, and not found again by the checker."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.practice_market.content.details import clean
from app.services.compliance import check, load_context
from app.services.compliance.detail_text import removed_tags, without_removed_tags
from app.services.history.undo import undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.operations import StripTags
from app.services.listings.bulk_edit.showing import lines, sections
from app.services.tasks import TaskContext

EMPTIED = ("script", "style", "iframe", "frame", "textarea")
"""What stands in them is no text of the page, and goes with them."""
UNWRAPPED = ("input", "pre", "button")
"""What stands in them a buyer reads: it stays."""
TAGS = (*EMPTIED, *UNWRAPPED)


def pages(tag):
    """Pages with *tag* as suppliers write it, and what is left of each."""
    inside = "" if tag in EMPTIED else "Two years"
    yield f"<p>A</p><{tag}>Two years</{tag}><p>B</p>", f"<p>A</p>{inside}<p>B</p>"
    yield f"<p>A</p><{tag.upper()}>Two years</{tag.upper()}><p>B</p>", f"<p>A</p>{inside}<p>B</p>"
    yield f"<p>A</p><{tag.title()} \n>Two years</{tag} >B", f"<p>A</p>{inside}B"
    yield f"A<{tag} class=\"x\" id='y' data-n=1 disabled>Two years</{tag}>B", f"A{inside}B"
    yield f'A<{tag} title="a > b">Two years</{tag}>B', f"A{inside}B"
    yield f"A<{tag} title='<b>a</b>' hidden>Two years</{tag}>B", f"A{inside}B"
    yield f'A<{tag} title="<{tag}>x</{tag}>">Two years</{tag}>B', f"A{inside}B"
    yield f"A<{tag} title=it's>Two years</{tag}>B, can't", f"A{inside}B, can't"
    yield f'A<{tag} title="never closed>Two years</{tag}><b class="c">B</b>', f'A{inside}<b class="c">B</b>'
    yield f"A<{tag}/>B<{tag} src='x' />C", "ABC"
    yield f"<p>A</p><{tag}><p>B</p>", "<p>A</p><p>B</p>"
    yield f"<p>A</p></{tag}><p>B</p>", "<p>A</p><p>B</p>"
    yield f"<p>A</p><{tag} width=5", "<p>A</p>"
    yield f"A<{tag}>1</{tag}>B<{tag}>2</{tag}>C", "ABC" if tag in EMPTIED else "A1B2C"
    yield f"A<div><{tag}><b>Two years</b></{tag}></div>B", f"A<div>{f'<b>{inside}</b>' * bool(inside)}</div>B"
    yield f"A<pre>x<{tag}>Two years</{tag}>y</pre>B", f"Ax{inside}yB"
    yield f"A<{tag[:2]}<{tag}>{tag[2:]}>B", "AB"
    yield f"A<{tag[:2]}<{tag[:2]}<{tag}>{tag[2:]}>{tag[2:]} a=1>B", "AB"
    yield f"<{tag}ed>A</{tag}ed><my-{tag}>B</my-{tag}><{tag}-x>C</{tag}-x>", None


@pytest.mark.parametrize("tag", TAGS)
def test_each_tag_is_previewed_taken_out_and_put_back(tag, db, planned, make_listing, loaded):
    wanted = list(pages(tag))
    made = [make_listing(f"Lamp {n}", ((f"L{n}", 1000, 5),), detail_html=page) for n, (page, _) in enumerate(wanted)]
    plan = planned(StripTags())
    expected = {one.id: pair for one, pair in zip(made, wanted, strict=True) if pair[1] is not None}
    assert plan.counts.cells == {"detail_html": len(expected)} and plan.counts.same == 1
    shown = lines(plan, 0, sections(plan, TaskContext()).total)
    assert {line.listing_id: (line.before, line.after) for line in shown} == expected
    assert {line.field for line in shown} == {"detail_html"}
    done = apply_plan(plan, TaskContext())
    assert (done.changed, done.moved, done.refused) == (len(expected), (), ())
    assert [loaded(one.id).detail_html for one in made] == [page if left is None else left for page, left in wanted]
    with db.read() as session:
        context = load_context(session, 1)
        assert {one.code for each in made for one in check(loaded(each.id), context)}.isdisjoint(
            {"detail.removed_tags"}
        )
    assert planned(StripTags()).counts.changed == 0, "nothing is left to take out"
    undo(db, done.change.uid)
    assert [loaded(one.id).detail_html for one in made] == [page for page, _ in wanted]


def test_all_of_them_in_one_page(planned, make_listing, loaded):
    around = "".join(f"<{tag}>{tag}</{tag}>" for tag in TAGS)
    record = make_listing("Lamp", detail_html=f'<p style="color:red">A</p>{around}{around.upper()}<p>B</p>')
    apply_plan(planned(StripTags()), TaskContext())
    kept = "".join(UNWRAPPED)
    assert loaded(record.id).detail_html == f'<p style="color:red">A</p>{kept}{kept.upper()}<p>B</p>'


def test_they_are_the_ones_the_platform_removes():
    """What is left of a page the platform does not clean any further."""
    for tag in TAGS:
        for page, left in pages(tag):
            if left is not None:
                assert removed_tags(page) and clean(left) == left, page


tags = [f"{a}{tag}{b}" for tag in ("script", "input", "pre") for a in ("<", "</", "< ") for b in ("", ">", " a='")]
signs = ["<", ">", "'", '"', "=", "in", "put", "/", " ", "x", '="', "='", "<b>", "<!--", "&lt;"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(tags + signs), max_size=14).map("".join))
def test_whatever_a_page_is_none_is_left_and_a_second_time_changes_nothing(page):
    left = without_removed_tags(page)
    assert removed_tags(left) == []
    assert without_removed_tags(left) == left
    if not removed_tags(page):
        assert left == page


@pytest.mark.parametrize("open_again", ["<in", "<pre ='", '<pre ="', "<pre a='\"", "<pre =", "<script>", "<in<input>"])
def test_a_page_nested_without_end_takes_linear_time(open_again):
    page = open_again * (60_000 // len(open_again))
    for text in (page + "put>" * 10_000, page + "put>" * 5_000 + "'" + '"'):
        assert removed_tags(without_removed_tags(text)) == []
