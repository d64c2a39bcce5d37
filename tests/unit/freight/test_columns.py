"""Whole columns of carriers' fees: the same as one by one, to the last digit."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from app.services.freight.columns import UNSERVED, Sizes, charges, charges_table
from app.services.freight.errors import BadFreightInput, BadFreightRule
from app.services.freight.starting_tariffs import starting_tariffs
from app.services.freight.tariffs import MICRO, Tariff, TariffBand, Volumetric, WeightRange, charge


def random_tariff(chance: random.Random, number: int) -> Tariff:
    """Any tariff that can be written down: ranges, gaps of grams between bands, odd units, steps."""
    ends = sorted(chance.sample(range(1, 3_000), chance.randint(0, 2)))
    ranges = tuple(
        WeightRange(end, money(chance, 30), tuple(bands(chance)))
        for end in [*ends, chance.choice([None, 5_000]) if chance.random() < 0.9 else 3_500]
    )
    return Tariff(f"t{number}", "CNY", ranges, chance.choice([1, 1, 10, 500]), least_g=chance.choice([0, 0, 50]))


def bands(chance: random.Random):
    for start in sorted(chance.sample(range(2_500), chance.randint(0, 3))):
        unit = chance.choice(["1", "0.5", "0.3", "7", "10", "100.5"])
        yield TariffBand(start, Decimal(unit), money(chance, 2))


def money(chance: random.Random, most: int) -> Decimal:
    return Decimal(chance.randint(0, most * MICRO)) / MICRO


@pytest.mark.parametrize("count", [7_000, 1_000], ids=["looked up", "each by itself"])
def test_equal_to_single_charges_on_every_random_case(count):
    chance = random.Random(20)
    for number in range(15):
        tariff = random_tariff(chance, number)
        weights = [chance.randint(1, 6_000) for _ in range(1_000)]
        fees, served = charges(tariff, np.array(weights + [1] * (count - 1_000), np.int64))
        for weight, fee, is_served in zip(weights, fees.tolist(), served.tolist(), strict=False):
            single = charge(tariff, "US", weight).fee
            assert (fee, is_served) == ((UNSERVED, False) if single is None else (single * MICRO, True)), weight


def test_every_one_of_a_hundred_thousand_parcels_equals_decimal():
    """Random tariffs that bill by volume or do not, weights and sides."""
    chance, served = random.Random(18), 0
    for number in range(100):
        volumetric = chance.choice([None, Volumetric(5000), Volumetric(8000, Decimal(60))])
        tariff = replace(random_tariff(chance, number), volumetric=volumetric)
        weights = [chance.randint(1, 6_000) for _ in range(1_000)]
        sides = [[chance.randint(1, 90) for _ in range(3)] for _ in weights]
        volumes = np.array([one * two * three for one, two, three in sides], np.int64)
        sizes = Sizes(volumes, np.array(list(map(max, sides)), np.int64))
        fees = charges_table({"US": tariff}, np.array(weights, np.int64), sizes).fee_micro[0].tolist()
        singles = [
            charge(tariff, "US", weight, tuple(map(Decimal, side))).fee
            for weight, side in zip(weights, sides, strict=True)
        ]
        assert fees == [UNSERVED if single is None else single * MICRO for single in singles], number
        served += sum(single is not None for single in singles)
    assert 20_000 < served < 90_000, "both kinds are met"


def test_unknown_weights_are_not_served():
    fees, served = charges(starting_tariffs()["post_packet"], np.array([-5, 0, 200], np.int64))
    assert fees.tolist() == [UNSERVED, UNSERVED, 16_538_400]
    assert served.tolist() == [False, False, True]
    nothing, none = charges(starting_tariffs()["post_packet"], np.zeros(0, np.int64))
    assert (nothing.size, none.size) == (0, 0)


def test_a_table_has_a_row_a_country_and_says_where_nothing_goes():
    tariffs = starting_tariffs()
    weights = np.array([100, 200, 250], np.int64)
    asked = {"RU": tariffs["line_ru"], "US": tariffs["post_packet"], "FR": tariffs["line_es"], "JP": None}
    table = charges_table(asked, weights)
    assert table.countries == ("RU", "US", "FR", "JP")
    assert table.currencies == ("CNY", "CNY", "CNY", "")
    assert table.fee_micro.tolist()[0] == [20 * MICRO, 25 * MICRO, UNSERVED]
    assert table.fee_micro[1, 1] == 16_538_400
    assert table.served.tolist()[2:] == [[False] * 3] * 2
    far = charges_table(asked, np.array([200, 90_000], np.int64))
    assert far.fee_micro[0].tolist() == [25 * MICRO, UNSERVED]
    assert charges_table(asked, np.zeros(0, np.int64)).fee_micro.shape == (4, 0)


@pytest.mark.parametrize("count", [300, 90_000])
def test_volumes_count_as_they_do_one_by_one(count):
    chance = random.Random(3)
    sides = [sorted(chance.choice([0, 9, 30, 61, 120]) for _ in range(3)) for _ in range(300)]
    weights = np.array([chance.randint(1, 9_000) for _ in sides] + [1] * (count - 300), np.int64)
    padded = sides + [[0, 0, 0]] * (count - 300)
    sizes = Sizes(np.array([a * b * c for a, b, c in padded]), np.array([c for *_, c in padded]))
    express = starting_tariffs()["express"]
    for tariff in (express, replace(express, volumetric=Volumetric(8000, Decimal(60)), step_g=1)):
        table = charges_table({"US": tariff, "ES": starting_tariffs()["post_packet"]}, weights, sizes)
        for at, one in enumerate(sides):
            size = tuple(map(Decimal, one)) if all(one) else None
            single = charge(tariff, "US", int(weights[at]), size).fee
            assert table.fee_micro[0, at] == single * MICRO
        assert table.fee_micro[1, 0] == charge(starting_tariffs()["post_packet"], "ES", int(weights[0])).fee * MICRO


def test_what_cannot_be_held_exactly_is_refused():
    dear = Tariff("dear", "CNY", (WeightRange(None, Decimal(0), (TariffBand(0, Decimal(1), Decimal(900)),)),))
    with pytest.raises(BadFreightInput) as caught:
        charges(dear, np.array([10**13], np.int64))
    assert caught.value.error_code == "freight.too_heavy"
    with pytest.raises(BadFreightRule) as refused:
        Tariff("fine", "CNY", (WeightRange(None, Decimal("0.1234567")),))
    assert refused.value.error_code == "freight.too_fine"
