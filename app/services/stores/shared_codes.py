"""Reading pasted shared-store codes in every form people send them (domain.md 4).

`alias code` · alias and code on two lines · the bare code · many of them, one after another; with blanks and line
breaks inside, upper-case letters, full-width signs, labels and bullets around them. A code grants access to
somebody's store: it is shown masked and never logged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from app.services.errors import InputError

DIGITS = 32
LONGEST_PASTE = 200_000
BROKEN_WITHIN = 400
"""How far below the pieces of a broken code are looked for."""
SHORT, LONG, TWICE, ALIAS_TWICE = "short", "long", "twice", "alias_twice"

_PREFIX = re.compile(r"Ali[ ]?Express[ ]*_", re.IGNORECASE)
_ALIAS = re.compile(r"[0-9A-Za-z]{4}\Z")
_WORD = re.compile(r"[^\s:,;|=/()\[\]{}<>\"'`~*#•·、，。；：】【（）「」“”‘’]+")
_LABELS = frozenset({"code", "shop", "name", "auth"})
"""Words of four letters that stand before a code and are no alias."""
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


class NoSharedCode(InputError):
    """Nothing in the pasted text looks like a shared-store code."""

    code = "store.no_shared_code"


@dataclass(frozen=True, slots=True)
class PastedCode:
    """One code that was recognised.

    Attributes:
        alias: four characters in lower case, "" for none.
        code: `AliExpress_` and the hexadecimal digits that were found, in lower case.
        problem: "" for a good one; `short`, `long` (not 32 digits), `twice`, `alias_twice`.
        digits: how many hexadecimal digits were found.
    """

    alias: str
    code: str = field(repr=False)
    problem: str = ""
    digits: int = DIGITS

    @property
    def masked(self) -> str:
        """For the screen: the last four digits alone."""
        return f"AliExpress_…{self.code[-4:]}" if self.digits >= DIGITS else "AliExpress_…"


def read_codes(text: str) -> tuple[PastedCode, ...]:
    """All codes of a pasted *text*, in their order; those that cannot be used say why.

    Raises:
        NoSharedCode: there is none, or the text is longer than 200 000 characters.
    """
    if len(text) > LONGEST_PASTE:
        raise NoSharedCode
    found = tuple(_marked(_pairs(_plain(text))))
    if not found:
        raise NoSharedCode
    return found


def without_codes(text: str, redeemed: Collection[str]) -> str:
    """The pasted *text* without these codes and their aliases, in the signs in which it is read.

    Raises:
        NoSharedCode: as `read_codes`.
    """
    rest = _plain(text)
    for code in read_codes(text):
        if code.code in redeemed:
            rest = _without(rest, code)
    return rest if rest.strip() else ""


def _without(text: str, code: PastedCode) -> str:
    digits = r"\s*".join(code.code.partition("_")[2])
    between = rf"(?:[^0-9A-Za-z]|\b(?:{'|'.join(sorted(_LABELS))})\b)*?"
    before = rf"(?:(?<![0-9A-Za-z]){code.alias}(?![0-9A-Za-z]){between})?" if code.alias else ""
    behind = rf"(?:[^0-9A-Za-z\n]+{code.alias}(?![0-9A-Za-z]))?" if code.alias else ""
    pattern = rf"{before}{_PREFIX.pattern}\s*{digits}{behind}[^\S\n]*\n?"
    return re.sub(pattern, "", text, count=1, flags=re.IGNORECASE)


def _plain(text: str) -> str:
    """*text* in ordinary signs: full-width ones are narrow, invisible ones gone."""
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE)


def _pairs(text: str) -> Iterator[PastedCode]:
    """Every code with the alias that belongs to it."""
    prefixes = list(_PREFIX.finditer(text))
    before = text[: prefixes[0].start()] if prefixes else ""
    for number, prefix in enumerate(prefixes):
        is_last = number + 1 == len(prefixes)
        rest = text[prefix.end() : None if is_last else prefixes[number + 1].start()]
        digits, problem, after = _code(rest, is_last=is_last)
        alias = _alias_before(before)
        own, before = _split_own(after, is_last=is_last)
        yield PastedCode(alias or own, f"AliExpress_{digits}", problem, len(digits))


def _code(rest: str, *, is_last: bool) -> tuple[str, str, str]:
    """The digits at the head of *rest*, what is wrong with them, and what stands behind."""
    digits, at = "", 0
    while at < len(rest) and len(digits) < DIGITS:
        sign = rest[at]
        if sign in "\r\n":
            if not digits or not _goes_on(rest[at : at + BROKEN_WITHIN], DIGITS - len(digits), is_last=is_last):
                break
        elif not sign.isspace():
            if sign not in "0123456789abcdefABCDEF":
                break
            digits += sign.lower()
        at += 1
    glued = re.match(r"[0-9A-Za-z]*", rest[at:])
    extra = glued.group() if glued else ""
    if len(digits) < DIGITS:
        return digits, SHORT, rest[at + len(extra) :]
    return digits, LONG if extra else "", rest[at + len(extra) :]


def _goes_on(rest: str, missing: int, *, is_last: bool) -> bool:
    """Whether a code broken at a line end goes on below: the next lines bring exactly the digits that are missing.

    Four digits alone on a line before the next code are its alias, not the end of this one.
    """
    lines = ["".join(line.split()) for line in rest.splitlines() if line.strip()]
    if not lines or not re.fullmatch(r"[0-9A-Fa-f]+", lines[0]):
        return False
    if len(lines[0]) == missing:
        return is_last or len(lines) > 1 or not _ALIAS.match(lines[0])
    return len(lines[0]) < missing and _goes_on("\n".join(lines[1:]), missing - len(lines[0]), is_last=is_last)


def _alias_before(text: str) -> str:
    """The alias at the end of what stands before a code; labels and bullets are passed over."""
    for word in reversed(_WORD.findall(text)):
        if word.lower() in _LABELS or not word.isascii():
            continue
        return word.lower() if _ALIAS.match(word) else ""
    return ""


def _split_own(after: str, *, is_last: bool) -> tuple[str, str]:
    """What stands behind a code on its own line belongs to it (`code alias`), unless the next code is there, too.

    Returns: the alias of this code, and what stands before the next one.
    """
    line, end, rest = after.partition("\n")
    if not end and not is_last:
        return "", after
    return _alias_before(line), rest


def _marked(codes: Iterator[PastedCode]) -> Iterator[PastedCode]:
    """The same with repetitions marked."""
    seen: set[str] = set()
    aliases: set[str] = set()
    for code in codes:
        problem = code.problem
        if not problem and code.code in seen:
            problem = TWICE
        elif not problem and code.alias and code.alias in aliases:
            problem = ALIAS_TWICE
        if not problem:
            seen.add(code.code)
            aliases.add(code.alias)
        yield PastedCode(code.alias, code.code, problem, code.digits)
