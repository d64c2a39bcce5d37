"""Product ids in whatever people paste or drop: bare ids, links of any of the platform's sites, sheets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.services.compliance.image_facts import host_of, is_host_in
from app.services.compliance.rule_data import rule_file
from app.services.errors import InputError
from app.services.workbooks.errors import WorkbookError

SHEET_ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".htm", ".html")
LIST_ENDINGS = (".txt", ".csv")
LARGEST_LIST = 2_000_000
"""A larger text file is a sheet."""
_SHOWN = 80
_PARTS = re.compile(r"\s+|[,;|，；、]+(?=https?:|//|\d|$)")
_LONGEST = 2_000
"""No address and no id is longer; what is cannot keep a pattern busy."""
_LINK = re.compile(r"(?:https?:)?//\S+|(?:[a-z0-9-]{1,63}\.){0,4}aliexpress\.[a-z]{2,3}/\S+", re.IGNORECASE)
_IN_LINK = re.compile(
    r"(?:/(?:item|i)/(?:[^/?#\s]*/)?|^(?:https?:)?//[^/?#\s]+/)(\d+)(?=[.?&#/\s]|$)"
    r"|[?&#](?:product|item)_?ids?=(\d+)(?!\d)",
    re.IGNORECASE,
)
"""Where a product stands in an address: the numbers of stores, categories and pages are elsewhere."""
_WORD = re.compile(r"[^\s,;|\"'()\[\]{}<>，；、。]+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,3}")


class NoIds(InputError):
    """Nothing in the text or file looks like a product id; `detail` has the first line that was read."""

    code = "cover.no_ids"


class TooManyIds(InputError):
    """More than `most` ids at once."""

    code = "cover.too_many_ids"


class FileUnreadable(InputError):
    """The file cannot be read: `file` names it."""

    code = "cover.file_unreadable"


@dataclass(frozen=True, slots=True)
class Junk:
    """A line without a usable id: its number from 1, what stands there, and why it is none: `no_id`, `length`,
    `scientific` (a spreadsheet ate digits), `other_site`, `no_product` (a link to something else)."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class ProductIds:
    """What was read: ids in their order, each once; how many stood there again; lines that are none."""

    ids: tuple[str, ...]
    repeated: int = 0
    junk: tuple[Junk, ...] = ()


def read_ids(text: str) -> ProductIds:
    """The ids of a pasted *text*.

    Raises:
        TooManyIds: more ids or characters than are taken at once.
    """
    rules = rule_file("cover")
    if len(text) > rules["most_characters"]:
        raise TooManyIds(most=rules["most_ids"])
    lines = unicodedata.normalize("NFKC", text).lstrip("\ufeff").splitlines()
    return _collected(enumerate(lines, 1))


def read_ids_file(path: Path) -> ProductIds:
    """The ids of a text file or of the sheets of a workbook; in a sheet a column that is called "product id" or alike
    counts alone.

    Raises:
        FileUnreadable: no such file, or no text.
        WorkbookError: a sheet that cannot be read, `.empty`.
        NoIds: not one id in it; TooManyIds.
    """
    if path.suffix.lower() in SHEET_ENDINGS:
        found = _collected(_sheet_lines(path))
    else:
        text = _text_of(path)
        if not text.strip():
            raise WorkbookError("workbook.empty", file=path.name)
        found = read_ids(text)
    if not found.ids:
        first = found.junk[0].text if found.junk else "–"
        raise NoIds(file=path.name, detail=first)
    return found


def looks_like_ids(path: Path) -> bool:
    """Whether a small .txt or .csv has nothing on nearly all its lines but one id or link each."""
    try:
        if path.suffix.lower() not in LIST_ENDINGS or path.stat().st_size > LARGEST_LIST:
            return False
        lines = [line.strip(' \t,;"') for line in _text_of(path).splitlines() if line.strip(' \t,;"')]
    except (OSError, FileUnreadable):
        return False
    single = sum(len(line.split()) == 1 and "," not in line and len(_of_line(line)[0]) == 1 for line in lines)
    return bool(single) and single >= 0.8 * len(lines)


def _text_of(path: Path) -> str:
    most = rule_file("cover")["most_characters"]
    try:
        with path.open("rb") as file:
            data = file.read(4 * most)
    except OSError as error:
        raise FileUnreadable(file=path.name) from error
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _sheet_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number and text of each row that holds something."""
    from app.services.workbooks import open_workbook

    headers = frozenset(rule_file("cover")["id_headers"])
    with open_workbook(path) as book:
        for sheet in book.sheets:
            grid = book.grid(sheet.name)
            if grid is None:
                continue
            column: int | None = None
            for number, row in enumerate(grid.rows(), grid.first_row + 1):
                cells = [_cell_text(cell) for cell in row]
                named = next((at for at, cell in enumerate(cells) if _header(cell) in headers), None)
                if column is None and named is not None:
                    column = named
                    continue
                chosen = cells if column is None else cells[column : column + 1]
                if any(chosen):
                    yield number, " ".join(filter(None, chosen))
            book.forget(sheet.name)


def _header(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", cell).casefold().split())


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return " ".join(unicodedata.normalize("NFKC", str(cell)).split())


def _collected(lines: Iterable[tuple[int, str]]) -> ProductIds:
    rules = rule_file("cover")
    found: dict[str, None] = {}
    repeated = 0
    junk: list[Junk] = []
    for number, line in lines:
        if not line.strip() or (not found and not junk and _header(line) in rules["id_headers"]):
            continue
        ids, why = _of_line(line)
        repeated += sum(one in found for one in ids) + len(ids) - len(set(ids))
        found.update(dict.fromkeys(ids))
        if not ids:
            junk.append(Junk(number, line.strip()[:_SHOWN], why))
        if len(found) > rules["most_ids"]:
            raise TooManyIds(most=rules["most_ids"])
    return ProductIds(tuple(found), repeated, tuple(junk))


def _of_line(line: str) -> tuple[list[str], str]:
    """The ids of one line, or why it has none."""
    ids: list[str] = []
    why = "no_id"
    for part in _PARTS.split(line):
        found, its_why = _of_part(part[:_LONGEST])
        ids += found
        why = its_why or why
    return ids, why


def _of_part(part: str) -> tuple[list[str], str]:
    """The ids of a stretch without blanks, and why there is none, "" for no reason in particular."""
    rules = rule_file("cover")
    least, most = rules["id_digits"]
    link = _LINK.search(part) if "//" in part or "aliexpress" in part.lower() else None
    if link is not None:
        address = link[0] if "//" in link[0] else f"https://{link[0]}"
        if not is_host_in(host_of(address), rules["product_hosts"]):
            return [], "other_site"
        numbers = (found[1] or found[2] for found in _IN_LINK.finditer(address))
        digits = [number for number in numbers if least <= len(number) <= most]
        return digits[:1], "" if digits else "no_product"
    ids, why = [], ""
    for word in _WORD.findall(part):
        if word.isascii() and word.isdigit():
            if least <= len(word) <= most:
                ids.append(word)
            else:
                why = "length"
        elif _SCIENTIFIC.fullmatch(word):
            why = "scientific"
    return ids, why
