"""The command line's grammar: global options, then one command; every command module adds its own part."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from app.cli.desk import Desk
from app.cli.failures import UsageError
from app.cli.outcome import Outcome
from app.messages import tr

MODULES = (
    "market",
    "stores",
    "importing",
    "checking",
    "similar",
    "images",
    "publishing",
    "sale",
    "scheduling",
    "listings",
    "editing",
    "recipes",
    "grouping",
    "guarding",
    "holding",
    "discounting",
    "price_rules",
    "codes",
    "company_tables",
    "delisting",
    "covering",
    "fixing",
    "words",
    "conflicts",
    "history",
    "exporting",
    "pricing",
    "figures",
    "freight",
    "overseas",
    "upkeep",
    "demo",
)
"""Modules of `app.cli.commands`, in the order of the help."""

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


def make_parser() -> Parser:
    """The whole grammar, with help in the language that is set."""
    parser = Parser(
        prog="python -m app", description=tr("cli.help.program"), epilog=tr("cli.help.codes"), add_help=False
    )
    _add_common(parser)
    actions = parser.add_subparsers(title=tr("cli.help.commands"), metavar="COMMAND", required=True)
    commands = Commands(actions)
    for name in MODULES:
        import_module(f"app.cli.commands.{name}").add_to(commands)
    return parser


def _add_common(parser: Parser) -> None:
    """Options every command takes before or after its name. Absent ones are not set, so that the place is free."""
    absent = argparse.SUPPRESS
    parser.add_argument("-h", "--help", action="help", default=absent, help=tr("cli.help.help"))
    parser.add_argument("--data", type=Path, metavar="DIR", default=absent, help=tr("cli.help.data"))
    parser.add_argument("--json", action="store_true", default=absent, help=tr("cli.help.json"))
    parser.add_argument("--verbose", action="store_true", default=absent, help=tr("cli.help.verbose"))
