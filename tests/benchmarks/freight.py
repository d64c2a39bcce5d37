"""Freight of half a million SKUs to twenty countries, results kept, against the best bare NumPy for the same fees."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from app.services.freight.columns import charges_table
from app.services.freight.starting_tariffs import starting_tariffs
from tests.benchmarks.ground import Ground
from tests.benchmarks.measuring import Measurement, clocked, interleaved

SKUS = 500_000
COUNTRIES = ("US", "ES", "UK", "DE", "AU", "FR", "IT", "BR", "RU", "CA", "JP", "KR", "PL", "NL", "CL", "MX", "IL", "UA")
COUNTRIES += ("TR", "KZ")
BUDGET = 2.0
"""DESIGN.md 9."""


def measure(ground: Ground) -> Iterator[Measurement]:
    """Seconds."""
    count = int(SKUS * ground.sizes.listings / 1_000_000)
    weights = np.random.default_rng(9).integers(5, 3_000, count)
    tariffs = starting_tariffs()
    asked = {code: tariffs.get(f"line_{code.lower()}", tariffs["post_packet"]) for code in COUNTRIES}
    took = interleaved(
        {
            "floor": lambda: clocked(lambda: _bare(weights)),
            "ours": lambda: clocked(lambda: charges_table(asked, weights)),
        },
        max(5, ground.sizes.repeats),
    )
    how = (
        f"{count} SKUs to {len(COUNTRIES)} countries, floor: a fee a gram looked up into the kept table, served or not"
    )
    yield Measurement("freight.columns", took["ours"], "s", how, floor=took["floor"], budget=BUDGET)


def _bare(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One postal tariff for all countries, worked out by the gram: nothing is checked, nothing is refused."""
    grams = np.arange(weights.max() + 1)
    over_30, over_80 = np.clip(grams - 30, 0, 50), np.maximum(grams - 80, 0)
    fees = 6_720_000 + over_30 * 69_720 + over_80 * 52_770
    kept = np.empty((len(COUNTRIES), weights.size), np.int64)
    for row in kept:
        fees.take(weights, out=row, mode="clip")
    return kept, kept >= 0
