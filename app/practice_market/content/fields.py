"""Reading fields of a product document: SDKs send numbers as numbers or as text, both are fine."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from app.practice_market.call import LARGEST
from app.practice_market.refusals import Refusal


class Fields:
    """A JSON object and where it stands in the request, for the pointer in a schema refusal.

    Raises:
        Refusal: `schema` from every reader when a value has the wrong kind.
    """

    def __init__(self, document: dict[str, Any], pointer: str = "") -> None:
        self.document = document
        self._pointer = pointer

    def at(self, name: str) -> str:
        """The pointer of field *name*."""
        return self._pointer + name

    def has(self, name: str) -> bool:
        """Whether the field is there and not null or empty text."""
        return self.document.get(name) not in (None, "")

    def refuse(self, name: str, kind: str, **params: Any) -> Refusal:
        """The refusal `schema.<kind>` for a wrong value of field *name*."""
        return Refusal(f"schema.{kind}", pointer=self.at(name), **params)

    def text(self, name: str) -> str:
        """Text, "" where missing."""
        value = self.document.get(name)
        if value is None:
            return ""
        if isinstance(value, dict | list):
            raise self.refuse(name, "type", expected="String")
        return str(value)

    def integer(self, name: str) -> int | None:
        """A whole number, None where missing."""
        if not self.has(name):
            return None
        value = self.decimal(name)
        if value is None or value != value.to_integral_value():
            raise self.refuse(name, "type", expected="Integer")
        return int(value)

    def decimal(self, name: str) -> Decimal | None:
        """A number, None where missing."""
        if not self.has(name):
            return None
        value = self.document[name]
        if isinstance(value, bool):
            raise self.refuse(name, "type", expected="Number")
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise self.refuse(name, "type", expected="Number") from None
        if not number.is_finite() or abs(number) > LARGEST:
            raise self.refuse(name, "type", expected="Number")
        return number

    def boolean(self, name: str) -> bool | None:
        """True or false, also as text, None where missing."""
        value = self.document.get(name)
        match value:
            case None | "":
                return None
            case bool():
                return value
            case "true" | "false":
                return bool(value == "true")
        raise self.refuse(name, "type", expected="Boolean")

    def objects(self, name: str) -> list[Fields]:
        """A list of objects, empty where missing."""
        value = self.document.get(name)
        if value in (None, ""):
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.refuse(name, "type", expected="JSONArray")
        return [Fields(item, f"{self.at(name)}/{index}/") for index, item in enumerate(value)]

    def texts(self, name: str) -> list[str]:
        """A list of texts, empty where missing."""
        value = self.document.get(name)
        if value in (None, ""):
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.refuse(name, "type", expected="JSONArray")
        return value


def money(fields: Fields, name: str) -> str | None:
    """A price as text with two decimals, None where missing.

    Raises:
        Refusal: `schema` when it has more than two decimals.
    """
    amount = fields.decimal(name)
    if amount is None:
        return None
    if amount != amount.quantize(Decimal("0.01")):
        raise fields.refuse(name, "decimals", value=amount)
    return f"{amount:.2f}"


def cents(price: str) -> int:
    """A price text of a record in cents."""
    return int(Decimal(price) * 100)


def price_text(amount_cents: int) -> str:
    """Cents as a price text of a record."""
    return f"{amount_cents // 100}.{amount_cents % 100:02d}"
