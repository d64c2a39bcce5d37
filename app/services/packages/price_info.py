"""The text of a 价格信息 cell: `{"skuArray": [variant, …]}` (domain.md 6). Keys nobody knows stay where they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from app.services.packages.rules import package_rules

_ALONE = re.compile(r"[\ud800-\udfff]")
_TEXT_OR_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|-?[A-Za-z]+')


class JsonNumber(str):
    """A number as it is written; the platform wants texts, so what we write anew is one."""

    __slots__ = ()


_TEXT = frozenset({str, JsonNumber})
_TEXT_OR_NOTHING = _TEXT | {type(None)}


class PriceInfoError(ValueError):
    """A text that is no price information.

    Attributes:
        code: `package_json` (not JSON), `package_json_twice` (a key twice in one object), `package_json_shape` (JSON
            of another shape), `package_json_cut` (ends too early).
        position: character at which it shows, counted from 1; 0 where there is no such place.
        found: what stands there.
    """

    def __init__(self, code: str, position: int = 0, found: str = "") -> None:
        super().__init__(code)
        self.code, self.position, self.found = code, position, found


class Variant:
    """One entry of the list. `data` is the object as read; the properties here read and write its known keys."""

    __slots__ = ("data",)

    def __init__(self, data: dict[str, Any] | None = None) -> None:
        self.data: dict[str, Any] = {} if data is None else data

    @classmethod
    def of(cls, code: str, price: str, stock: str, properties: dict[str, str] | None = None) -> Variant:
        """A new variant; keys in the order of the documented example."""
        variant = cls()
        variant.price = price
        if properties:
            variant.properties = properties
        variant.stock, variant.code = stock, code
        return variant

    def copy(self) -> Variant:
        """The same variant with everything in it, to be changed on its own."""
        return Variant({key: dict(value) if isinstance(value, dict) else value for key, value in self.data.items()})

    def text(self, name: str) -> str:
        """The value of one of `PackageRules.keys` as text, "" where it is not there."""
        value = self.data.get(package_rules().keys[name])
        return "" if value is None else str(value)

    def put(self, name: str, value: str) -> None:
        """Give one of `PackageRules.keys` a value. Always a string: numbers are refused by the platform."""
        self.data[package_rules().keys[name]] = value

    @property
    def code(self) -> str:
        """Merchant code."""
        return self.text("code")

    @code.setter
    def code(self, value: str) -> None:
        self.put("code", value)

    @property
    def price(self) -> str:
        """List price as written."""
        return self.text("price")

    @price.setter
    def price(self, value: str) -> None:
        self.put("price", value)

    @property
    def stock(self) -> str:
        """Stock as written."""
        return self.text("stock")

    @stock.setter
    def stock(self, value: str) -> None:
        self.put("stock", value)

    @property
    def properties(self) -> dict[str, str]:
        """Sale properties: property id → value id, `id#custom name` where the seller named the value. A copy."""
        found = self.data.get(package_rules().keys["properties"]) or {}
        return {str(name): str(value) for name, value in found.items()}

    @properties.setter
    def properties(self, value: dict[str, str]) -> None:
        key = package_rules().keys["properties"]
        if value:
            self.data[key] = dict(value)
        else:
            self.data.pop(key, None)


@dataclass(slots=True)
class PriceInfo:
    """All variants of one product. `data`: the whole object, other keys too."""

    data: dict[str, Any]

    @classmethod
    def of(cls, variants: list[Variant]) -> PriceInfo:
        """The object of the documented example."""
        return cls({package_rules().entries: [variant.data for variant in variants]})

    @property
    def variants(self) -> list[Variant]:
        """The entries in their order. Changing one changes the text; the list itself is a copy."""
        return [Variant(entry) for entry in self.data[package_rules().entries]]

    @variants.setter
    def variants(self, variants: list[Variant]) -> None:
        self.data[package_rules().entries] = [variant.data for variant in variants]

    def text(self) -> str:
        """JSON as the platform takes it: the known values are strings, other keys as they were read."""
        known = set(package_rules().keys.values())
        entries = self.data[package_rules().entries]
        for entry in entries:
            for key in known & entry.keys():
                if type(entry[key]) is not str:
                    entry[key] = _as_texts(entry[key])
        is_plain = len(self.data) == 1 and all(entry.keys() <= known for entry in entries)
        made = _dumped(self.data) if is_plain else "".join(_written(self.data))
        return _ALONE.sub(lambda found: f"\\u{ord(found[0]):04x}", made)


def read_price_info(text: str) -> PriceInfo:
    """Read a cell.

    Raises:
        PriceInfoError: it is not what it should be. Nothing is guessed: see `lenient.proposal`.
    """
    try:
        data = _DECODER.decode(text)
    except _NoNumber as error:
        raise PriceInfoError("package_json", _place_of(error.word, text), error.word) from error
    except json.JSONDecodeError as error:
        is_open = text.lstrip().startswith("{") and not text.rstrip().endswith(("}", "]", ","))
        if is_open or len(text) == error.pos > 0:
            raise PriceInfoError("package_json_cut", len(text)) from error
        raise PriceInfoError("package_json", error.pos + 1, text[error.pos : error.pos + 12]) from error
    except RecursionError as error:
        raise PriceInfoError("package_json_shape") from error
    return checked(data, brackets=text.count("[") + text.count("{"))


def checked(data: Any, *, brackets: int = 1_000_000) -> PriceInfo:
    """*data* as price information. *brackets* it had at most: with few of them it cannot be deep.

    Raises:
        PriceInfoError: `package_json_shape`.
    """
    rules = package_rules()
    entries = data.get(rules.entries) if isinstance(data, dict) else None
    if not isinstance(entries, list) or not entries:
        raise PriceInfoError("package_json_shape")
    if brackets > rules.depth and _is_deep(data, rules.depth):
        raise PriceInfoError("package_json_shape")
    singles = [key for name, key in rules.keys.items() if name != "properties"]
    for entry in entries:
        if not isinstance(entry, dict):
            raise PriceInfoError("package_json_shape")
        properties = entry.get(rules.keys["properties"])
        if properties is not None and not _is_flat(properties):
            raise PriceInfoError("package_json_shape")
        if not _TEXT_OR_NOTHING.issuperset(map(type, map(entry.get, singles))):
            raise PriceInfoError("package_json_shape")
    return PriceInfo(data)


def _is_flat(value: Any) -> bool:
    return isinstance(value, dict) and _TEXT.issuperset(map(type, value.values()))


def _is_deep(value: Any, left: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left <= 0 or any(_is_deep(one, left - 1) for one in inner)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise PriceInfoError("package_json_twice", 0, twice)
    return found


class _NoNumber(Exception):
    """`NaN` or an infinity where a value should stand."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def _refuse_constant(word: str) -> NoReturn:
    raise _NoNumber(word)


def _place_of(word: str, text: str) -> int:
    """Where *word* first stands outside of texts, counted from 1."""
    return next(found.start() + 1 for found in _TEXT_OR_WORD.finditer(text) if found[0] == word)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=JsonNumber, parse_float=JsonNumber, parse_constant=_refuse_constant
)


def _as_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: str(one) for key, one in value.items()}
    return value if value is None else str(value)


def _written(value: Any) -> Iterator[str]:
    """JSON without blanks, numbers as they were written."""
    if isinstance(value, JsonNumber):
        yield str(value)
    elif isinstance(value, dict):
        yield "{"
        for place, (key, one) in enumerate(value.items()):
            yield f"{',' if place else ''}{_dumped(key)}:"
            yield from _written(one)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for place, one in enumerate(value):
            if place:
                yield ","
            yield from _written(one)
        yield "]"
    else:
        yield _dumped(value)


_dumped = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""JSON where no number has to keep its digits."""
