"""Parcel weight, volumetric weight and what the carrier bills (domain.md 9.2). Grams are whole and rounded up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from app.services.freight.errors import BadFreightInput, known

Size = tuple[Decimal, Decimal, Decimal]
"""Length, width, height of the parcel in cm."""

GRAMS_A_KG = 1000


@dataclass(frozen=True, slots=True)
class CustomWeight:
    """Weight that does not grow with every piece: up to `base` pieces weigh what one parcel weighs, each started
    further `step` adds `step_g` grams."""

    base: int
    step: int
    step_g: int

    def parcel_g(self, weight_g: int, pieces: int) -> int:
        """Grams of a parcel whose first `base` pieces weigh *weight_g*.

        Raises:
            BadFreightInput: `freight.bad_custom_weight`, where a number is below 1.
        """
        if min(self.base, self.step, self.step_g) < 1:
            raise BadFreightInput("freight.bad_custom_weight", base=self.base, step=self.step, grams=self.step_g)
        further = max(0, pieces - self.base)
        return weight_g + -(-further // self.step) * self.step_g


def parcel_g(items: Iterable[tuple[int | None, int]], packing_g: int = 0) -> int:
    """Grams of a parcel of `(weight of one in grams, quantity)` and its packing.

    Raises:
        BadFreightInput: a weight is unknown or not above 0, a quantity is not above 0.
    """
    total = packing_g
    for weight_g, quantity in items:
        total += known("weight", weight_g, least=1) * known("pieces", quantity, least=1)
    return total


def volumetric_g(size: Size, divisor: int) -> int:
    """Grams that a parcel of *size* counts as: L × W × H in cm ÷ *divisor* in kg, up to the gram.

    Raises:
        BadFreightInput: a side or the divisor is not above 0.
    """
    known("divisor", divisor, least=1)
    for side in size:
        if not (side.is_finite() and side > 0):
            raise BadFreightInput("freight.bad_side", value=str(side))
    length, width, height = size
    return int((length * width * height * GRAMS_A_KG / divisor).to_integral_value(ROUND_CEILING))


def started(amount: Decimal, unit: Decimal) -> int:
    """Units of *unit* that *amount* starts: exactly three tenths are 3 tenths, never 4."""
    return int((amount / unit).to_integral_value(ROUND_CEILING))


def up_to_step(weight_g: int, step_g: int) -> int:
    """*weight_g* up to the carrier's step."""
    return -(-weight_g // step_g) * step_g
