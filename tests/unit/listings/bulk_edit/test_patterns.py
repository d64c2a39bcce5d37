"""A pattern is fast on every text, or it is refused."""

from __future__ import annotations

import time

import pytest

from app.messages import Messages
from app.services.listings.bulk_edit.operations import ReplaceText
from app.services.listings.bulk_edit.patterns import BadPattern, SlowPattern, safe_pattern
from app.services.listings.bulk_edit.texts import RowRefused, pattern_of, replaced


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a*)*", "(a|a)*b", "(a|ab)+c", "((x+y*)+)+z", r"(\w+\s?)+$", "(.*a){25}", r"(a?){30}b", r"((a)\2?)+"],
)
def test_what_may_take_for_ever_is_refused(pattern):
    with pytest.raises(SlowPattern):
        safe_pattern(pattern, match_case=True)


@pytest.mark.parametrize("pattern", ["(?>a+)b", "a++b"])
def test_signs_that_python_3_11_gets_wrong_are_refused(pattern):
    with pytest.raises((SlowPattern, BadPattern)):
        safe_pattern(pattern, match_case=True)


@pytest.mark.parametrize(
    ("pattern", "text", "new", "after"),
    [
        (r"\bled\b", "LED lamp, led strip, sledge", "LED", "LED lamp, LED strip, sledge"),
        (r"(\d+)\s?pcs", "10pcs box of 5 PCS", r"\1 pieces", "10 pieces box of 5 pieces"),
        (r"\s{2,}", "a  b   c", " ", "a b c"),
        (r"^(new|hot)\s+", "New Lamp", "", "Lamp"),
        (r"(?:cat|dog)+", "catdogcat", "x", "x"),
        (r"colou?r", "Colour color", "C", "C C"),
        (r"(?<=\d)cm", "10cm cm", " cm", "10 cm cm"),
        (r"(\w+) \1", "very very good", r"\1", "very good"),
    ],
)
def test_what_people_write_works(pattern, text, new, after):
    assert replaced(text, ReplaceText("title", pattern, new, is_regex=True)) == after


@pytest.mark.parametrize(
    ("pattern", "new", "position", "zh", "en"),
    [
        ("Lamp (", "", 6, "少一个右括号", "a closing ) is missing"),
        ("[a", "", 1, "少一个 ]", "a closing ] is missing"),
        ("a)", "", 2, "多一个右括号", "there is a ) too many"),
        ("*a", "", 1, "前面没有可以重复的内容", "nothing stands before it that can be repeated"),
        ("a{2,1}", "", 3, "前一个数大于后一个", "the first number is above the second"),
        (r"\g", "", 1, "反斜杠后面的写法不认识", "what stands behind the backslash is unknown"),
        ("[z-a]", "", 2, "范围前后颠倒", "the range is the wrong way round"),
        ("(?<=a+)b", "", 1, "向后看的部分长度必须固定", "what is looked for behind has no fixed length"),
        ("(?z)", "", 2, "这种写法不认识", "this is not known"),
        (r"(a)", r"x\2", 3, "没有这个分组", "there is no such group"),
    ],
)
def test_what_is_wrong_is_said_in_the_users_language(pattern, new, position, zh, en):
    with pytest.raises(BadPattern) as caught:
        pattern_of(ReplaceText("title", pattern, new, is_regex=True))
    error = caught.value
    assert (error.params["position"], error.error_code.endswith("replacement")) == (position, bool(new))
    for language, why in (("zh", zh), ("en", en)):
        assert why in Messages(language).text(error.message_key, **error.params)


def test_a_sound_pattern_refuses_a_text_that_is_too_long_for_it():
    operation = ReplaceText("title", r".*a.*b.*c", "x", is_regex=True)
    assert replaced("a-b-c", operation) == "x"
    with pytest.raises(RowRefused) as refused:
        replaced("a" * 5_000, operation)
    assert refused.value.why == "slow_pattern"


def test_the_worst_that_passes_ends_within_seconds():
    pattern = safe_pattern("a*a*b", match_case=True)
    length = 1
    while pattern.fits("a" * (length + 1)):
        length += 1
    started = time.process_time()
    assert pattern.replaced("a" * length, "") == "a" * length
    assert time.process_time() - started < 20


@pytest.mark.parametrize(("pattern", "position"), [("a(b", 2), ("[a", 1), ("*a", 1)])
def test_what_is_no_pattern_says_where(pattern, position):
    with pytest.raises(BadPattern) as error:
        safe_pattern(pattern, match_case=False)
    assert error.value.params["position"] == position


def test_a_group_that_is_not_there_is_found_before_the_first_row():
    with pytest.raises(BadPattern):
        pattern_of(ReplaceText("title", "(a)", r"\2", is_regex=True))


def test_a_pattern_as_long_as_a_book_is_refused():
    with pytest.raises(BadPattern, match="pattern_too_long"):
        safe_pattern("a" * 501, match_case=True)


def test_plain_text_is_taken_as_it_is():
    assert replaced("a.b (c) a.b", ReplaceText("title", "a.b", r"\1$")) == r"\1$ (c) \1$"
    assert replaced("Lamp LAMP", ReplaceText("title", "lamp", "Light")) == "Light Light"
    assert replaced("Lamp LAMP", ReplaceText("title", "LAMP", "Light", match_case=True)) == "Lamp Light"
