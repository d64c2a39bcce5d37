"""Codes of overseas variants, and of variants at home that are too long: spelled anew, virtual, or told as too long."""

from __future__ import annotations

import pytest

from app.services.codes.rules import CodeRules, StoreMarks
from app.services.warehouses.overseas.coding import Coder, OverseasCode

LONG = "AB1234+CD5678+EF9012-BK"


def made(code, country, coder=None):
    coder = coder or Coder()
    return coder.code(code, coder.read(code), country)


@pytest.mark.parametrize(
    ("code", "country", "meant"),
    [
        ("AB1234-BK", "ES", "AB1234-BK_CES"),
        (" AB1234-BK ", "UK", "AB1234-BK_CUK"),
        ("AB1234-BK*2", "FR", "AB1234-BK*2_CFR"),
    ],
)
def test_a_mark_is_put_behind_the_code(code, country, meant):
    assert made(code, country) == OverseasCode(meant)


def test_a_template_may_write_a_mark_otherwise_as_long_as_it_reads_the_same():
    assert made("AB1234", "UK", Coder(marks={"UK": "_CGB"})) == OverseasCode("AB1234_CGB")
    assert made("AB1234", "ES", Coder(marks={"UK": "_CGB"})) == OverseasCode("AB1234_CES")


def test_what_does_not_fit_gets_a_virtual_code_or_is_told_as_too_long():
    assert made(LONG, "ES") == OverseasCode(f"{LONG}_CES", too_long=True)
    asked = []

    def shorten(reading):
        asked.append(reading.ships_from)
        return "CB000001_CES"

    assert made(LONG, "ES", Coder(shorten=shorten)) == OverseasCode("CB000001_CES", is_virtual=True)
    assert asked == ["ES"], "the virtual code is made for the country"
    assert made(LONG, "ES", Coder(shorten=lambda reading: "")).too_long


def test_the_variant_at_home_keeps_a_code_that_fits():
    coder = Coder(shorten=lambda reading: "CB000001")
    assert coder.home_code(" AB1234 ", coder.read("AB1234")) == OverseasCode("AB1234")
    assert coder.home_code(LONG, coder.read(LONG)) == OverseasCode("CB000001", is_virtual=True)
    plain = Coder()
    assert plain.home_code(LONG, plain.read(LONG)) == OverseasCode(LONG, too_long=True)


def test_a_stores_suffix_stays_behind_the_mark():
    coder = Coder(CodeRules(None, {}, StoreMarks(suffix="-Q7")))
    assert made("AB1234-BK-Q7", "ES", coder).code == "AB1234-BK_CES-Q7"
