"""Regular expressions a person types, which must not hold the program up whatever they are.

`re` has no time limit and cannot be interrupted, and no package that can is worth a dependency for this. So a pattern
is weighed before it is used: its syntax tree gives an upper bound for the steps a backtracking search can take on n
characters, *factor* × n ^ (*repeats* + 1), where every repeat without an end counts, whether or not it can really go
astray. A pattern whose steps grow beyond every power of n - a repeat within a repeat, a repeated choice whose branches
may begin alike - is refused at once; a text that is too long for an otherwise sound pattern is refused alone.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.messages import Key
from app.services.errors import InputError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import re._constants as constants  # type: ignore[import-not-found]  # typeshed has no stubs for it
    import re._parser as parser  # type: ignore[import-not-found]

MOST_STEPS = 2e8
"""A few seconds of backtracking at the very worst; what is usual takes microseconds."""
PATTERN_MAX = 500
LONG_REPEAT = 16
"""A repeat of a limited number of times counts as one without an end from here on."""
_WHYS = {
    "bracket": ("missing )",),
    "set": ("unterminated character set",),
    "extra_bracket": ("unbalanced parenthesis",),
    "repeat": ("nothing to repeat", "multiple repeat"),
    "times": ("min repeat",),
    "escape": ("bad escape", "incomplete escape", "undefined character name"),
    "range": ("bad character range",),
    "behind": ("look-behind",),
    "group": ("invalid group reference", "unknown group name"),
}
"""What `re` says, by its beginning."""


class BadPattern(InputError):
    """The pattern, or with `.bad_replacement` what is put in its place, cannot be read: `why`, and `position`, 1 for
    the first character."""

    code = "bulk_edit.bad_pattern"


class SlowPattern(InputError):
    """The pattern may take for ever on some text."""

    code = "bulk_edit.slow_pattern"


@dataclass(frozen=True, slots=True)
class SafePattern:
    """A pattern with the bound of its steps."""

    compiled: re.Pattern[str]
    repeats: int
    factor: float

    def fits(self, text: str) -> bool:
        """Whether a search through *text* is bound to end soon."""
        return self.factor * (len(text) + 1.0) ** (self.repeats + 1) <= MOST_STEPS

    def replaced(self, text: str, replacement: str) -> str:
        """*text* with every match replaced; `\\1` is the first group."""
        return self.compiled.sub(replacement, text)

    def hits(self, text: str, replacement: str) -> list[tuple[int, int, str]]:
        """Where *text* matches, from and to, and what `replaced` would put there."""
        return [(*found.span(), found.expand(replacement)) for found in self.compiled.finditer(text)]


@cache
def safe_pattern(pattern: str, *, match_case: bool) -> SafePattern:
    """The pattern, weighed.

    Raises:
        BadPattern, SlowPattern: it cannot be used.
    """
    if len(pattern) > PATTERN_MAX:
        raise BadPattern("bulk_edit.pattern_too_long", most=PATTERN_MAX)
    flags = re.NOFLAG if match_case else re.IGNORECASE
    try:
        tree = parser.parse(pattern, flags)
        compiled = re.compile(pattern, flags)
    except (re.error, RecursionError, OverflowError) as error:
        raise BadPattern(**_told(error)) from error
    repeats, factor = _weight(tree)
    return SafePattern(compiled, repeats, factor)


def check_replacement(pattern: SafePattern, replacement: str) -> None:
    """Raises: BadPattern where the replacement names a group there is none of."""
    try:
        parser.parse_template(replacement, pattern.compiled)
    except (re.error, IndexError) as error:
        raise BadPattern("bulk_edit.bad_replacement", field="replacement", **_told(error)) from error


def _told(error: Exception) -> dict[str, Any]:
    """Where `re` stopped, and why in the user's words."""
    said = getattr(error, "msg", str(error))
    why = next((name for name, beginnings in _WHYS.items() if said.startswith(beginnings)), "unknown")
    return {"why": Key(f"bulk_edit.pattern_why.{why}"), "position": (getattr(error, "pos", None) or 0) + 1}


def _weight(items: Iterable[Any]) -> tuple[int, float]:
    """How many repeats without an end, and the factor of everything that has one."""
    repeats, factor = 0, 1.0
    for operator, value in items:
        more, times = _weight_of(operator, value)
        repeats, factor = repeats + more, factor * times
    return repeats, factor


def _weight_of(operator: Any, value: Any) -> tuple[int, float]:
    if operator in (constants.MAX_REPEAT, constants.MIN_REPEAT):
        return _weight_of_repeat(*value)
    if operator is constants.SUBPATTERN:
        return _weight(value[-1])
    if operator in (constants.ASSERT, constants.ASSERT_NOT):
        return _weight(value[1])
    if operator is constants.BRANCH:
        parts = [_weight(branch) for branch in value[1]]
        return max(more for more, _ in parts), sum(times for _, times in parts)
    if operator is constants.GROUPREF:
        return 1, 1.0
    if operator is constants.GROUPREF_EXISTS:
        parts = [_weight(part) for part in value[1:] if part is not None]
        return sum(more for more, _ in parts), 2.0
    if operator.name in ("ATOMIC_GROUP", "POSSESSIVE_REPEAT"):
        raise SlowPattern("bulk_edit.pattern_not_supported")  # Python 3.11.2 gets some of them wrong
    return 0, 1.0


def _weight_of_repeat(least: int, most: int, items: Any) -> tuple[int, float]:
    repeats, factor = _weight(items)
    is_endless = most == constants.MAXREPEAT or most > LONG_REPEAT
    if not is_endless:
        count = max(1, most)
        return repeats * count, (factor + (least != most)) ** count
    if repeats or _varies(items):
        raise SlowPattern()
    return 1, float(max(1, len(list(items))))


def _varies(items: Any) -> bool:
    """Whether what is repeated can match one text in several ways."""
    for operator, value in items:
        if operator in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            least, most, inner = value
            if least != most or _varies(inner):
                return True
        elif operator is constants.SUBPATTERN:
            if _varies(value[-1]):
                return True
        elif operator is constants.BRANCH:
            firsts = [_first_letter(branch) for branch in value[1]]
            if None in firsts or len(set(firsts)) < len(firsts) or any(map(_varies, value[1])):
                return True
        elif operator in (constants.GROUPREF, constants.GROUPREF_EXISTS, constants.ASSERT, constants.ASSERT_NOT):
            return True
    return False


def _first_letter(items: Any) -> str | None:
    """The letter every match begins with, in one case; None where that is not certain."""
    for operator, value in items:
        return chr(value).casefold() if operator is constants.LITERAL else None
    return None
