"""What profit depends on besides the price: rates and costs (symbols of domain.md 10.1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.services.pricing.errors import not_negative, positive, share

Wanted = Literal["margin", "profit"]
LINKED: tuple[Wanted, ...] = ("margin", "profit")
"""What a list price follows from."""

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rates:
    """Exchange rate and the shares of a sale that others keep.

    Attributes:
        exchange: T, CNY per USD.
        commission: c, the platform's share of goods and freight.
        affiliate: a, of goods only.
        refund: r, share of revenue given back.
        payment: w, lost in payment and withdrawal.

    Raises:
        BadPriceInput: a value is out of its range.
    """

    exchange: Decimal
    commission: Decimal
    affiliate: Decimal = NOTHING
    refund: Decimal = NOTHING
    payment: Decimal = NOTHING

    def __post_init__(self) -> None:
        positive("rate", self.exchange)
        for field in ("commission", "affiliate", "refund", "payment"):
            share(field, getattr(self, field))

    @property
    def kept(self) -> Decimal:
        """Share of a price that is left where everything paid is for goods."""
        return 1 - self.commission - self.affiliate - self.refund - self.payment


@dataclass(frozen=True, slots=True)
class Costs:
    """What a sale costs, in CNY.

    Attributes:
        cost: C, of one unit.
        freight: F, paid to the carrier for the whole parcel.
        packing: K, packing and handling of the parcel.
        quantity: q, units in the parcel.

    Raises:
        BadPriceInput: an unknown or negative amount, a quantity below 1.
    """

    cost: Decimal
    freight: Decimal
    packing: Decimal = NOTHING
    quantity: int = 1

    def __post_init__(self) -> None:
        for field in ("cost", "freight", "packing"):
            not_negative(field, getattr(self, field))
        positive("quantity", Decimal(self.quantity))

    @property
    def total(self) -> Decimal:
        """C·q + F + K."""
        return self.cost * self.quantity + self.freight + self.packing
