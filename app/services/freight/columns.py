"""Carriers' fees of whole columns in integer arithmetic: the same as `tariffs.charge`, to the last digit.

Weights are whole grams, so a price list is worked out once for every weight up to the heaviest one, and then looked
up: half a million parcels cost one `take`. Only where the weights reach further than there are parcels is every one
computed by itself. NumPy is loaded when a column is computed, not before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from app.services.freight.errors import BadFreightInput
from app.services.freight.tariffs import MICRO, Tariff, Volumetric, WeightRange
from app.services.freight.weights import GRAMS_A_KG, up_to_step

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Served = NDArray[np.bool_]

UNSERVED = -1
"""Stands for the fee of a parcel that is not taken: never 0, which would be free."""
MOST_MICRO = 2**62
"""No fee may come near the end of 64 bits."""


MOST_CM = 1_000
"""A longer side is a wrong unit; it counts as so long, and the fee is beyond all reason either way."""
SIZES_SQL = (
    "CASE WHEN length_cm > 0 AND width_cm > 0 AND height_cm > 0 "
    f"THEN min(length_cm, {MOST_CM}) * min(width_cm, {MOST_CM}) * min(height_cm, {MOST_CM}) ELSE 0 END, "
    f"coalesce(min(max(length_cm, width_cm, height_cm), {MOST_CM}), 0)"
)
"""Volume and longest side of a listing's package as `Sizes` has them."""


def package_size(sides: Sequence[int | None]) -> tuple[int, int]:
    """The same of three sides in cm; 0 where one of them is not known."""
    length, width, height = (min(side or 0, MOST_CM) for side in sides)
    return (length * width * height, max(length, width, height)) if min(length, width, height) > 0 else (0, 0)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Packages in step with weights: volume in cm³ (0: not known) and the longest side in cm."""

    volume_cm3: Whole
    longest_cm: Whole


@dataclass(frozen=True, slots=True)
class FreightTable:
    """Fees by country (row) and parcel (column) in millionths of the row's currency ("": no tariff goes there);
    `UNSERVED` where `served` is False."""

    countries: tuple[str, ...]
    currencies: tuple[str, ...]
    fee_micro: Whole
    served: Served


def charges(tariff: Tariff, weights_g: Whole) -> tuple[Whole, Served]:
    """What *tariff* asks for parcels of *weights_g* grams, where it goes and may carry the goods.

    A weight below 1 is unknown, hence not served. Of a large parcel give the weight that is billed (`chargeable_g`).

    Returns: fees in millionths of the tariff's currency, `UNSERVED` where it does not take the parcel; and where it
        takes it.

    Raises:
        BadFreightInput: `freight.too_heavy`, where a fee could leave 64 bits.
    """
    import numpy as np

    if not weights_g.size:
        return weights_g.copy(), np.zeros(0, np.bool_)
    by_gram = _by_gram(tariff, weights_g)
    fees = _fees(tariff, weights_g) if by_gram is None else by_gram.take(weights_g, mode="clip")
    return fees, fees >= 0


def charges_table(tariffs: Mapping[str, Tariff | None], weights_g: Whole, sizes: Sizes | None = None) -> FreightTable:
    """`charges` for every country of *tariffs*; nothing is served where its tariff is None or does not go there.

    Args:
        weights_g: real weights.
        sizes: of the same parcels, for tariffs that bill by volume; without them only the real weight counts.

    Raises:
        BadFreightInput: as `charges`.
    """
    import numpy as np

    fees = np.empty((len(tariffs), weights_g.size), np.int64)
    rows = dict[Tariff, "Whole | None"]()
    for row, (country, tariff) in zip(fees, tariffs.items(), strict=True):
        if not weights_g.size or tariff is None or (tariff.countries and country not in tariff.countries):
            row.fill(UNSERVED)
            continue
        billed = weights_g if sizes is None else billed_g(tariff, weights_g, sizes)
        if tariff not in rows:
            rows[tariff] = _by_gram(tariff, billed)
        by_gram = rows[tariff]
        if by_gram is None:
            row[:] = _fees(tariff, billed)
        else:
            by_gram.take(billed, out=row, mode="clip")
    currencies = tuple("" if tariff is None else tariff.currency for tariff in tariffs.values())
    return FreightTable(tuple(tariffs), currencies, fees, fees >= 0)


def billed_g(tariff: Tariff, weights_g: Whole, sizes: Sizes) -> Whole:
    """Weights that *tariff* bills, before its step: real ones, or those by volume where they are larger and count."""
    return weights_g if tariff.volumetric is None else _by_volume(tariff.volumetric, weights_g, sizes)


def _by_volume(rule: Volumetric, weights_g: Whole, sizes: Sizes) -> Whole:
    """The larger of real and volumetric weight, where a side is long enough and the real weight is known."""
    import numpy as np

    by_size = -(-sizes.volume_cm3 * GRAMS_A_KG // rule.divisor)
    counts = (sizes.longest_cm > float(rule.from_side_cm)) & (weights_g > 0)
    return np.where(counts, np.maximum(weights_g, by_size), weights_g)


def _by_gram(tariff: Tariff, weights_g: Whole) -> Whole | None:
    """The fee of every weight from 0 to the heaviest one; None where that is more than there are parcels. Weights
    below 0 are clipped to 0, which is not served."""
    import numpy as np

    heaviest = int(weights_g.max())
    if heaviest >= weights_g.size:
        return None
    return _fees(tariff, np.arange(max(heaviest, 0) + 1, dtype=np.int64))


def _fees(tariff: Tariff, weights_g: Whole) -> Whole:
    """Every parcel by the formula."""
    import numpy as np

    _check_reach(tariff, int(weights_g.max()))
    billed = -(-weights_g // tariff.step_g) * tariff.step_g
    fees = np.full(weights_g.shape, UNSERVED, np.int64)
    for weights in reversed(tariff.ranges):  # lighter ranges overwrite heavier ones
        inside = _fee(weights, billed)
        fees = inside if weights.to_g is None else np.where(billed <= weights.to_g, inside, fees)
    fees[(weights_g < 1) | (billed < tariff.least_g)] = UNSERVED
    return fees


def _fee(weights: WeightRange, billed: Whole) -> Whole:
    """`WeightRange.fee` of every weight: a started unit of p/q grams is ⌈grams × q ÷ p⌉ of them."""
    import numpy as np

    total = np.full(billed.shape, int(weights.base * MICRO), np.int64)
    ends = [band.above_g for band in weights.bands[1:]]
    for number, band in enumerate(weights.bands):
        end = np.minimum(billed, ends[number]) if number < len(ends) else billed
        above = np.maximum(end - band.above_g, 0)
        unit = Fraction(band.unit_g)
        total += -(-above * unit.denominator // unit.numerator) * int(band.fee * MICRO)
    return total


def _check_reach(tariff: Tariff, heaviest_g: int) -> None:
    """Refuse weights whose fee, or a product on the way to it, could leave 64 bits."""
    billed = up_to_step(max(heaviest_g, 1), tariff.step_g)
    for weights in tariff.ranges:
        finest = max((Fraction(band.unit_g).denominator for band in weights.bands), default=1)
        if weights.fee(billed) * MICRO > MOST_MICRO or billed * finest > MOST_MICRO:
            raise BadFreightInput("freight.too_heavy", place=tariff.key, value=heaviest_g)
