"""The command line's grammar: global options, then one command; every command module adds its own part."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from app.cli.asking import words
from app.cli.desk import Desk
from app.cli.failures import UsageError
from app.cli.outcome import Outcome
from app.messages import tr

MODULES: dict[str, tuple[str, ...]] = {
    "market": ("market",),
    "stores": ("store",),
    "importing": ("import",),
    "checking": ("check",),
    "similar": ("similar",),
    "images": ("images",),
    "publishing": ("publish",),
    "sale": ("sale",),
    "scheduling": ("schedule",),
    "listings": ("list",),
    "editing": ("edit",),
    "recipes": ("recipe",),
    "grouping": ("group",),
    "guarding": ("guard",),
    "holding": ("hold",),
    "discounting": ("discount",),
    "price_rules": ("rule",),
    "codes": ("sku", "code"),
    "company_tables": ("tables",),
    "delisting": ("delist",),
    "covering": ("cover",),
    "fixing": ("fix",),
    "words": ("words",),
    "conflicts": ("conflicts",),
    "history": ("undo", "history"),
    "exporting": ("export", "template"),
    "pricing": ("price",),
    "figures": ("explain", "rates"),
    "freight": ("freight",),
    "overseas": ("overseas",),
    "upkeep": ("backup", "doctor", "trace"),
    "demo": ("demo",),
}
"""Modules of `app.cli.commands`, in the order of the help, and the commands each adds: only one is imported."""

SWITCHES = ("--json", "--verbose")
"""What may stand before a command, besides the data folder."""
Handler = Callable[[Desk, argparse.Namespace], Outcome]


class Parser(argparse.ArgumentParser):
    """A parser that raises instead of leaving, and says its own words in the user's language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("formatter_class", _Help)
        kwargs.setdefault("allow_abbrev", False)
        super().__init__(*args, **kwargs)
        self._positionals.title = tr("cli.help.arguments")
        self._optionals.title = tr("cli.help.options")

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(detail=_in_words(message), prog=self.prog)


_SAYINGS = tuple(
    (re.compile(pattern, re.DOTALL), key)
    for pattern, key in (
        (r"the following arguments are required: (?P<names>.+)", "cli.usage.required"),
        (r"unrecognized arguments: (?P<names>.+)", "cli.usage.unknown"),
        (r"argument (?P<name>.+?): expected (?:one|at least one) argument", "cli.usage.no_value"),
        (r"argument (?P<name>.+?): invalid choice: (?P<value>.+) \(choose from (?P<known>.+)\)", "cli.usage.choice"),
        (r"argument (?P<name>.+?): invalid \w+ value: (?P<value>.+)", "cli.usage.value"),
        (r"argument (?P<name>.+?): not allowed with argument (?P<other>.+)", "cli.usage.together"),
        (r"one of the arguments (?P<names>.+) is required", "cli.usage.one_of"),
    )
)
"""What argparse says in English, and what we say instead."""


def _in_words(message: str) -> str:
    """argparse's *message* in the user's language, or as it is where it says something else."""
    for pattern, key in _SAYINGS:
        if found := pattern.fullmatch(message):
            return tr(key, **found.groupdict())
    return message


class _Help(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, tr("cli.help.usage") if prefix is None else prefix)


class HelpInLines(_Help):
    """Keeps the line breaks of what stands around the options."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super()._fill_text
        return "\n".join(fill(line, width, indent) for line in text.splitlines())


class Commands:
    """Where command modules put their commands."""

    def __init__(self, actions: Any) -> None:
        self._actions = actions

    def add(self, name: str, handler: Handler) -> Parser:
        """A command `name`, explained by `cli.help.<name>`; returns its parser for the arguments."""
        parser = self._parser(name, f"cli.help.{name}")
        parser.set_defaults(handler=handler)
        return parser

    def group(self, name: str) -> Commands:
        """A command that only has commands of its own, such as `store add`."""
        parser = self._parser(name, f"cli.help.{name}")
        actions = parser.add_subparsers(title=tr("cli.help.commands"), metavar="COMMAND", required=True)
        return _Group(actions, name)

    def _parser(self, name: str, key: str) -> Parser:
        text = tr(key)
        parser: Parser = self._actions.add_parser(name, help=text, description=text, add_help=False)
        _add_common(parser)
        return parser


class _Group(Commands):
    def __init__(self, actions: Any, name: str) -> None:
        super().__init__(actions)
        self._name = name

    def add(self, name: str, handler: Handler) -> Parser:
        parser = self._parser(name, f"cli.help.{self._name}.{name}")
        parser.set_defaults(handler=handler)
        return parser


def make_parser(arguments: Sequence[str] = ()) -> Parser:
    """The grammar of the command that *arguments* name, or all of it, with help in the language that is set. Every
    command's would take a third of a start."""
    parser = Parser(
        prog="python -m app", description=tr("cli.help.program"), epilog=tr("cli.help.codes"), add_help=False
    )
    _add_common(parser)
    actions = parser.add_subparsers(title=tr("cli.help.commands"), metavar="COMMAND", required=True)
    commands = Commands(actions)
    named = _named(arguments)
    for module, names in MODULES.items():
        if named is None or named in names:
            import_module(f"app.cli.commands.{module}").add_to(commands)
    return parser


def _named(arguments: Sequence[str]) -> str | None:
    """The command, behind the options every command takes; None where it is none of ours, or something else comes."""
    first = next((word for word in words(arguments) if word not in SWITCHES), "")
    return first if any(first in names for names in MODULES.values()) else None


def _add_common(parser: Parser) -> None:
    """Options every command takes before or after its name. Absent ones are not set, so that the place is free."""
    absent = argparse.SUPPRESS
    parser.add_argument("-h", "--help", action="help", default=absent, help=tr("cli.help.help"))
    parser.add_argument("--data", type=Path, metavar="DIR", default=absent, help=tr("cli.help.data"))
    parser.add_argument("--json", action="store_true", default=absent, help=tr("cli.help.json"))
    parser.add_argument("--verbose", action="store_true", default=absent, help=tr("cli.help.verbose"))
