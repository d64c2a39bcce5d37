"""Shared codes as people paste them: domain.md 4, and what e-mails and chats do to them."""

from __future__ import annotations

import pytest

from app.services.stores.shared_codes import LONGEST_PASTE, NoSharedCode, read_codes, without_codes

HEX = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
CODE, SECOND = f"AliExpress_{HEX}", f"AliExpress_{OTHER}"


def read(text):
    return [(found.alias, found.code, found.problem) for found in read_codes(text)]


ONE = [
    f"abcd {CODE}",
    f"abcd\n{CODE}",
    f"abcd\r\n\r\n{CODE}\r\n",
    f"  ABCD\t{CODE.upper()}  ",
    f"abcd：{CODE}",
    f"别名 abcd 授权码：{CODE}",
    f"店铺别名：abcd\n授权码：\n{CODE}",
    f"1. abcd, {CODE};",
    f"alias: abcd | code: {CODE}",
    f"“abcd” “{CODE}”",
    f"abcd AliExpress_{HEX[:16]} {HEX[16:]}",
    f"abcd AliExpress_ {' '.join(HEX[at : at + 4] for at in range(0, 32, 4))}",
    f"abcd Ali Express _{HEX}",
    f"abcd AliExpress_{HEX[:20]}\n{HEX[20:]}",
    f"abcd AliExpress_{HEX[:10]}\n{HEX[10:20]}\n  {HEX[20:]}",
    f"abcd AliExpress_{HEX[:28]}\n{HEX[28:]}",
    f"ａｂｃｄ　ＡｌｉＥｘｐｒｅｓｓ＿{HEX}",
    f"abcd \ufeffAliExpress_\u200b{HEX}",
    f"{CODE} abcd",
    f"abcd|{CODE}|",
]


@pytest.mark.parametrize("text", ONE)
def test_one_code_in_every_form(text):
    assert read(text) == [("abcd", CODE, "")]


@pytest.mark.parametrize("text", [CODE, f"\n {CODE.upper()} \n", f"the codes: {CODE}", f"店铺：{CODE}", f"code {CODE}"])
def test_a_bare_code(text):
    assert read(text) == [("", CODE, "")]


TWO = [
    f"abcd {CODE}\nwxyz {SECOND}",
    f"abcd\n{CODE}\nwxyz\n{SECOND}",
    f"abcd\n{CODE}\n\n\nwxyz\n{SECOND}\n",
    f"abcd {CODE} wxyz {SECOND}",
    f"{CODE} abcd\n{SECOND} wxyz",
    f"abcd AliExpress_{HEX[:20]}\n{HEX[20:]}\nwxyz AliExpress_{OTHER[:20]}\n{OTHER[20:]}",
    f"abcd,{CODE};wxyz,{SECOND}",
]


@pytest.mark.parametrize("text", TWO)
def test_many_codes_keep_their_own_alias(text):
    assert read(text) == [("abcd", CODE, ""), ("wxyz", SECOND, "")]


def test_codes_with_and_without_alias_are_not_mixed_up():
    assert read(f"{CODE}\nwxyz {SECOND}") == [("", CODE, ""), ("wxyz", SECOND, "")]
    assert read(f"abcd {CODE}\n{SECOND}") == [("abcd", CODE, ""), ("", SECOND, "")]


def test_an_alias_of_hexadecimal_digits_is_not_taken_for_the_end_of_a_code():
    short = f"AliExpress_{HEX[:28]}"
    first, second = read_codes(f"cf3c {short}\nabcd\n{SECOND}")
    assert (first.alias, first.problem, first.digits) == ("cf3c", "short", 28)
    assert (second.alias, second.code, second.problem) == ("abcd", SECOND, "")


@pytest.mark.parametrize(
    ("digits", "problem"), [("", "short"), (HEX[:-1], "short"), (HEX + "0", "long"), (HEX + "xyz", "long")]
)
def test_what_is_no_code_says_why_and_stops_nobody(digits, problem):
    first, second = read_codes(f"abcd AliExpress_{digits}\nwxyz {SECOND}")
    assert (first.problem, second.problem, second.alias) == (problem, "", "wxyz")


def test_repetitions_are_named():
    found = read(f"abcd {CODE}\nwxyz {CODE}\nabcd {SECOND}")
    assert [problem for _, _, problem in found] == ["", "twice", "alias_twice"]


@pytest.mark.parametrize("text", ["", "  \n", "abcd", HEX, "hello AliExpress", "x" * (LONGEST_PASTE + 1)])
def test_nothing_to_read(text):
    with pytest.raises(NoSharedCode):
        read_codes(text)


def test_a_code_is_shown_masked_only():
    (found,) = read_codes(f"abcd {CODE}")
    assert found.masked == "AliExpress_…cdef"
    assert HEX[:12] not in repr(found) + found.masked
    (short,) = read_codes(f"AliExpress_{HEX[:30]}")
    assert short.masked == "AliExpress_…"


def test_a_large_paste_is_read_in_a_moment():
    text = "\n".join(f"a{number:03d} AliExpress_{number:032x}" for number in range(1000))
    assert len(read_codes(text)) == 1000
    assert len(read_codes("AliExpress_" + "0 " * 90_000)) == 1
    assert len(read_codes("AliExpress_1" + "\n1" * 60_000)) == 1


@pytest.mark.parametrize("text", ONE)
def test_a_redeemed_code_leaves_the_text_in_every_form(text):
    rest = without_codes(text, {CODE})
    assert HEX[-8:] not in "".join(rest.split()).lower()
    assert "abcd" not in rest.lower()
    with pytest.raises(NoSharedCode):
        read_codes(rest or " ")


@pytest.mark.parametrize("text", TWO)
@pytest.mark.parametrize(("gone", "left"), [(CODE, ("wxyz", SECOND, "")), (SECOND, ("abcd", CODE, ""))])
def test_what_was_not_redeemed_stays_with_its_alias(text, gone, left):
    assert read(without_codes(text, {gone})) == [left]


def test_a_redeemed_code_that_was_pasted_twice_is_gone_both_times():
    rest = without_codes(f"abcd {CODE}\nwxyz {CODE}\nefgh {SECOND[:-1]}", {CODE})
    assert [(code.alias, code.problem) for code in read_codes(rest)] == [("efgh", "short")]
