"""Products: the same for the same seed, all different, and such that a marketplace takes them."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.samples.families import families
from app.samples.products import HOME_COUNTRY, MOST_SKUS, OVERSEAS_STOCK, Product, Products

CODE = re.compile(r"[A-Z]{2}\d{4,6}(-[A-Z0-9]+){0,2}(\*\d+)?(_C[A-Z]{2})?")
CODE_MAX = 20

any_product = st.builds(lambda seed, number: Products(seed)[number], st.integers(0, 10_000), st.integers(0, 300_000))


@given(any_product)
def test_a_product_fits_the_limits_of_the_platform(product: Product) -> None:
    """domain.md 5.1."""
    assert 30 <= len(product.title) <= 128
    assert 2 <= len(product.skus) <= MOST_SKUS
    assert 1 <= product.handling_days <= 5
    long, *others = sorted(product.box_cm, reverse=True)
    assert long + 2 * sum(others) <= 2700
    assert product.title in product.detail_html
    prices = [sku.price_minor for sku in product.skus]
    assert min(prices) >= 0.2 * median(prices)
    for sku in product.skus:
        assert CODE.fullmatch(sku.code)
        assert len(sku.code) <= CODE_MAX
        assert sku.code.startswith(product.key)
        assert 50 <= sku.price_minor <= 20_000
        assert 1 <= sku.stock <= 9_999
        assert 1 <= sku.weight_g <= 30_000


@given(any_product)
def test_variants_of_a_product_can_be_told_apart(product: Product) -> None:
    assert len({sku.code for sku in product.skus}) == len(product.skus)
    assert len({(sku.first, sku.second, sku.ships_from) for sku in product.skus}) == len(product.skus)
    assert len({(sku.first is None, sku.second is None, sku.ships_from == "") for sku in product.skus}) == 1


@given(any_product)
def test_codes_say_what_the_variant_is(product: Product) -> None:
    """domain.md 7.1."""
    for sku in product.skus:
        pieces = max(value.pieces for value in (sku.first, sku.second) if value)
        assert re.search(r"\*(\d+)", sku.code + "*1")[1] == str(max(1, pieces))  # type: ignore[index]
        assert bool(sku.ships_from not in ("", HOME_COUNTRY)) == ("_C" in sku.code)
        if "_C" in sku.code:
            assert sku.stock == OVERSEAS_STOCK


@given(any_product)
def test_barcodes_check_and_are_nobodys(product: Product) -> None:
    for sku in product.skus:
        digits = [int(digit) for digit in sku.barcode]
        assert len(digits) == 13
        assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0
        assert digits[0] == 2


def test_the_same_seed_gives_the_same_products_in_any_order() -> None:
    forth = [Products(7)[number] for number in range(100)]
    again = Products(7)
    assert [again[number] for number in reversed(range(100))] == forth[::-1]
    assert [Products(8)[number] for number in range(100)] != forth


def test_no_key_code_or_title_comes_twice() -> None:
    products = Products(3)
    some = [products[number] for number in range(6_000)]
    far = [products[number] for number in range(310_000, 313_000)]
    for names in ([item.key for item in some + far], [sku.code for item in some + far for sku in item.skus]):
        assert len(set(names)) == len(names)
    assert len({item.title for item in some}) == len(some)


def test_all_families_take_turns() -> None:
    products = Products(5)
    first = {products[number].family.prefix for number in range(len(families()))}
    assert first == {family.prefix for family in families()}


def test_a_choice_of_families_is_kept_to() -> None:
    mugs = [family for family in families() if family.picture == "mug"]
    products = Products(5, mugs)
    assert {products[number].family.picture for number in range(40)} == {"mug"}


@pytest.mark.parametrize(
    ("found", "share"),
    [
        (lambda product: any("*" in sku.code for sku in product.skus), 0.1),
        (lambda product: any("_CES" in sku.code for sku in product.skus), 0.01),
        (lambda product: len(product.skus) == 6, 0.1),
        (lambda product: len(product.skus) == 2, 0.1),
    ],
    ids=["bundles", "Spain", "six variants", "two variants"],
)
def test_every_sort_of_product_occurs(found, share: float) -> None:
    products = Products(11)
    assert sum(found(products[number]) for number in range(1_000)) >= 1_000 * share


def test_larger_packs_cost_more_but_less_a_piece() -> None:
    products = Products(2, [family for family in families() if family.second_name == "数量"])
    for number in range(200):
        packs = [sku for sku in products[number].skus if sku.ships_from in ("", HOME_COUNTRY)]
        for one, more in pairwise(packs):
            if one.first == more.first and one.second and more.second:
                assert more.price_minor > one.price_minor
                assert more.cost_minor / more.second.pieces < one.cost_minor / one.second.pieces
                assert more.weight_g > one.weight_g
