"""`price`: domain.md 10.4 from the command line."""

from __future__ import annotations

import pytest

P1 = ("--cost", "18", "--freight", "16.5384", "--packing", "1.20", "--rate", "6.80", "--commission", "0.08",
      "--affiliate", "0.03", "--refund", "0.02", "--payment", "0.01")  # fmt: skip


def test_profit_of_a_list_price(cli):
    said = cli("--json", "price", *P1, "--discount", "0.30", "--list", "9.99")
    assert (said.code, said.json) == (
        0,
        {
            "list_price": "9.99", "sale_price": "6.99", "profit_cny": "5.14", "margin": "0.1081", "markup": "0.1438",
            "break_even_list": "8.75", "break_even_sale": "6.12",
        },
    )  # fmt: skip


def test_the_price_of_a_margin(cli):
    told = cli("--json", "price", *P1, "--discount", "0.35", "--margin", "0.15").json
    assert (told["list_price"], told["sale_price"], told["profit_cny"]) == ("11.40", "7.41", "7.60")
    assert (told["break_even_list"], told["break_even_sale"]) == ("9.42", "6.12")
    assert "11.40" in cli("price", *P1, "--discount", "0.35", "--margin", "0.15").out


def test_without_revenue_a_share_is_undefined(cli):
    told = cli("--json", "price", "--cost", "1", "--freight", "0", "--rate", "7", "--commission", "0", "--list", "0")
    assert (told.json["margin"], told.json["markup"]) == (None, "-1.0000")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("--cost", "abc"), "--cost is “abc”"),
        (("--cost", "-1"), "The cost is -1"),
        (("--cost", "0"), "The cost is 0"),
        (("--commission", "8"), "such as 0.08"),
        (("--rate", "0"), "The exchange rate is 0"),
        (("--quantity", "0"), "--quantity"),
        (("--freight", "inf"), "--freight is “inf”"),
    ],
)
def test_bad_numbers_are_named(cli, changed, said):
    found = cli("price", *P1, "--list", "9.99", *changed)
    assert found.code == 2
    assert said in found.err


def test_a_margin_out_of_reach_says_so(cli):
    found = cli("price", *P1, "--margin", "0.9")
    assert (found.code, "no price reaches" in found.err) == (2, True)
