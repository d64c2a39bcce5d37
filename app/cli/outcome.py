"""What a command gives back, and the exit codes of DESIGN.md 7."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """Exit codes."""

    DONE = 0
    SOME_REFUSED = 1
    NOTHING_DONE = 2
    OUT_OF_REACH = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a command.

    Attributes:
        result: the object that `--json` prints.
        lines: what a person reads instead, in the user's language.
        code: exit code.
    """

    result: dict[str, Any]
    lines: list[str] = field(default_factory=list)
    code: Exit = Exit.DONE
