"""The meaning of one header: field, unit and number, whatever brackets, stars and spaces stand around them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.services.workbooks.fields import FieldBook, FieldType, field_book, folded

_BRACKETS = re.compile(r"[(\[{<【〔「『《〈]([^()\[\]{}<>【】〔〕「」『』《》〈〉]*)[)\]}>】〕」』》〉]")
_SPLITS = re.compile(r"[\n\r/|&+]+")
_CJK = re.compile(r"[\u3400-\u9fff]+(?:[0-9]{1,2}(?![A-Za-z0-9]))?")
_PREFIX = re.compile(r"^\s*\*?\s*([^:\-_]+?)\s*[:\-_]\s*(.+?)\s*$", re.DOTALL)
_NUMBER = re.compile(r"^(.*?[^\d])(\d{1,2})$")
_NAME_SPACE = re.compile(r"\s+")
_UNIT_TYPES = frozenset({FieldType.PRICE, FieldType.WEIGHT, FieldType.LENGTH, FieldType.SIZE, FieldType.COUNT})
_EMPTY_WORDS = frozenset({"编码", "编号", "代码", "码", "code", "id", "no", "number"})
_SIZE_FIELDS = frozenset({"package_size"})
_LONGEST = 200
_PENALTY = 1000
_LENGTH_LIKE = {FieldType.SIZE: "length"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header says.

    Attributes:
        field: name of the field; "property" and "attribute" for columns named by `name`; "size?" for a header that
            is a clothing size or a package size.
        name: of the sale property (canonical where known) or attribute, else "".
        unit: g, kg, cm, in, USD …, "" where the header names none.
        number: 3 in "主图3", else 0.
        rank: how good the match is, lower is better; decides between two columns of one meaning.
    """

    field: str
    name: str = ""
    unit: str = ""
    number: int = 0
    rank: int = 0


@lru_cache(4096)
def meaning_of(header: str) -> Meaning | None:
    """The meaning of *header*, None when it has none that is known."""
    text = unicodedata.normalize("NFKC", header).strip().lstrip("*").strip()
    if not text or len(text) > _LONGEST:
        return None
    book, units = field_book(), tuple(_unit_words(text))
    bare = _BRACKETS.sub(" ", text)
    for penalty, form in enumerate((text, bare, _without_marks(bare))):
        found = _looked_up(book, folded(form), units, text)
        if found is not None:
            return replace(found, rank=found.rank + _PENALTY * penalty)
        if penalty == 0 and (named := _named(book, text)) is not None:
            return named
    for penalty, parts in ((3, _by_script(bare)), (4, _SPLITS.split(bare)), (5, _hints(bare, text))):
        found = _agreed(book, parts, units, text)
        if found is not None:
            return replace(found, rank=found.rank + _PENALTY * penalty)
    return None


def unit_in(header: str, kind: str) -> str:
    """The unit of *kind* (price, weight, length) that a header names: in brackets, first, last, or grown to its end;
    "" where it names none."""
    text, book = unicodedata.normalize("NFKC", header), field_book()
    table = book.units[kind]
    named = next((table[word] for word in _unit_words(text) if word in table), "")
    signs = (book.symbols[sign] for sign in text if kind == "price" and sign in book.symbols)
    grown = (unit for word, unit in table.items() if folded(text).endswith(word) and folded(text) != word)
    return named or next(signs, "") or next(grown, "")


def _by_script(text: str) -> list[str]:
    """The Chinese and the other half of a bilingual header."""
    return ["".join(_CJK.findall(text)), _CJK.sub(" ", text)]


def _hints(bare: str, text: str) -> list[str]:
    """What stands in brackets, where the word before them says nothing: 编码(SKU)."""
    return _BRACKETS.findall(text) if folded(bare) in _EMPTY_WORDS else []


def _without_marks(text: str) -> str:
    return " ".join(word for word in text.split() if not is_mark(word))


def _agreed(book: FieldBook, parts: Sequence[str], units: tuple[str, ...], text: str) -> Meaning | None:
    """The one meaning of all parts that say something; parts of unknown meaning leave the header unknown.

    Several sale properties in one column (颜色/尺码) are a specification.
    """
    found: list[Meaning] = []
    for part in parts:
        if not folded(part) or is_mark(part) or folded(part).isdigit():
            continue
        meaning = _looked_up(book, folded(part), units, text)
        if meaning is None:
            return None
        found.append(meaning)
    if not found:
        return None
    clear = [meaning for meaning in found if meaning.field != "size?"]
    if (
        clear
        and len(clear) < len(found)
        and all(meaning.field in _SIZE_FIELDS or meaning.name == "size" for meaning in clear)
    ):
        found = clear  # the other language says which size is meant
    kinds = {(meaning.field, meaning.name) for meaning in found}
    if len(kinds) == 1:
        return found[0]
    return Meaning("property", "spec") if {field for field, _ in kinds} <= {"property", "size?"} else None


def is_mark(text: str) -> bool:
    """Whether a cell below a header only says "required", a unit or the like."""
    book = field_book()
    words = [word for word in map(folded, re.split(r"[\s,;/]+", text)) if word]
    units = {word for table in book.units.values() for word in table}
    return bool(words) and all(word in book.marks or word in units for word in words)


def _unit_words(text: str) -> Iterator[str]:
    """Words of the header that may be a unit: bracketed ones, the last and the first."""
    for hint in _BRACKETS.findall(text):
        yield from map(folded, re.split(r"[\s:/,;]+", hint))
    words = [folded(word) for word in re.split(r"[\s:/,;()\[\]_-]+", text)]
    words = [word for word in words if word]
    if len(words) > 1:
        yield words[-1]
        yield words[0]


def _looked_up(book: FieldBook, key: str, unit_words: tuple[str, ...], text: str) -> Meaning | None:
    exact = _exact(book, key)
    if exact is not None:
        return _with_unit(book, exact, unit_words, text)
    for kind, table in book.units.items():
        for word, unit in table.items():
            for shorter in (key.removesuffix(word), key.removeprefix(word)):
                if shorter != key and (found := _exact(book, shorter)) and _unit_kind(book, found) == kind:
                    return Meaning(found.field, found.name, unit, found.number, found.rank + 1)
    return None


def _exact(book: FieldBook, key: str) -> Meaning | None:
    """A known word, or a known word with a number behind it where several columns may carry the field."""
    if key in book.ambiguous:
        return Meaning("size?")
    if key in book.properties:
        name, rank = book.properties[key]
        return Meaning("property", name, rank=rank)
    if key in book.words:
        field, rank = book.words[key]
        return Meaning(field, rank=rank)
    numbered = _NUMBER.match(key)
    if numbered and numbered[1] in book.words:
        field, rank = book.words[numbered[1]]
        if book.fields[field].is_many:
            return Meaning(field, number=int(numbered[2]), rank=rank)
    return None


def _unit_kind(book: FieldBook, meaning: Meaning) -> str:
    if meaning.field == "size?":
        return "length"
    rule = book.fields.get(meaning.field)
    if rule is None or rule.type not in _UNIT_TYPES:
        return ""
    return _LENGTH_LIKE.get(rule.type, rule.type.value)


def _with_unit(book: FieldBook, meaning: Meaning, words: tuple[str, ...], text: str) -> Meaning:
    """Add the unit that brackets or neighbouring words name; two different units are as good as none.

    A word is more than a sign: `$` alone is USD, in `HK$` it is not.
    """
    kind = _unit_kind(book, meaning)
    if not kind:
        return meaning
    units = {book.units[kind][word] for word in words if word in book.units[kind]}
    if kind == "price" and not units:
        units = {currency for sign, currency in book.symbols.items() if sign in text}
    unit = units.pop() if len(units) == 1 else ""
    return replace(meaning, unit=unit)


def _named(book: FieldBook, text: str) -> Meaning | None:
    """`属性:材质`, `Sale property - Colour`: a column that names its own property or attribute."""
    split = _PREFIX.match(text)
    bracketed = re.fullmatch(r"\s*([^()]+?)\s*\(([^()]+)\)\s*", text)
    for prefix, name in (
        (split[1], split[2]) if split else ("", ""),
        (bracketed[1], bracketed[2]) if bracketed else ("", ""),
    ):
        key = folded(prefix)
        if not key or not folded(name) or folded(name) in book.marks:
            continue
        if key in book.attribute_prefixes:
            return Meaning("attribute", _NAME_SPACE.sub(" ", name).strip())
        if key in book.property_prefixes:
            return Meaning("property", property_name(name))
    return None


def property_name(name: str) -> str:
    """The canonical name of a sale property (color, size, ships_from …), or *name* itself, trimmed."""
    book, key = field_book(), folded(name)
    if key in book.properties:
        return book.properties[key][0]
    if key in book.ambiguous:
        return "size"
    return _NAME_SPACE.sub(" ", name).strip()
