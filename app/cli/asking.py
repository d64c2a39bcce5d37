"""What the command line asks for, told without the commands: who opens the window does not wait for their imports."""

from __future__ import annotations

from collections.abc import Sequence


def has_command(arguments: Sequence[str]) -> bool:
    """Whether the command line asks for a command; without one (only `--data DIR`) the window opens.

    `demo` without `--headless` is the window, too: `is_window_demo`.
    """
    return bool(words(arguments)) and not is_window_demo(arguments)


def is_window_demo(arguments: Sequence[str]) -> bool:
    """Whether the window is to open on the practice market with the demo workbook. A store may be called "demo"."""
    return words(arguments) == ["demo"]


def words(arguments: Sequence[str]) -> list[str]:
    """The command line without the data folder."""
    rest = list(arguments)
    found = []
    while rest:
        part = rest.pop(0)
        if part == "--data":
            rest[:1] = []
        elif not part.startswith("--data="):
            found.append(part)
    return found
