"""`market`: the practice market in the foreground, for training and for tests."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from app.cli.desk import Desk
from app.cli.outcome import Outcome
from app.cli.parser import Commands
from app.messages import tr
from app.services.errors import InputError

MARKET_NAME = "market.db"
"""In the data folder that was asked for; the window's own practice market has another file."""


class MarketNotStarted(InputError):
    """The port is taken, or a file cannot be read; `detail` says which."""

    code = "cli.market"


def add_to(commands: Commands) -> None:
    """Add `market`."""
    parser = commands.add("market", serve_market)
    parser.add_argument("--port", type=int, default=0, metavar="N", help=tr("cli.help.market.port"))
    parser.add_argument("--seed", action="store_true", help=tr("cli.help.market.seed"))
    parser.add_argument("--faults", type=Path, metavar="FILE", help=tr("cli.help.market.faults"))


def serve_market(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Print one line with address and credentials, then serve until SIGTERM or Ctrl+C.

    With `--data` its state is kept there, otherwise it ends with the process.

    Raises:
        MarketNotStarted: nothing was served.
        InputError: the file of switches is no JSON.
    """
    from app.practice_market import serve

    database = desk.app.data_dir / MARKET_NAME if "data" in options else None
    if database is not None:
        database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def announce(credentials: dict[str, Any]) -> None:
        desk.say_first(json.dumps(credentials, ensure_ascii=False))

    try:
        faults = None if options.faults is None else _switches(options.faults)
        asyncio.run(serve(options.port, database=database, seed=options.seed, faults=faults, ready=announce))
    except (OSError, ValueError, OverflowError) as error:
        raise MarketNotStarted(detail=_said(error)) from error
    return Outcome({"served": True})


def _said(error: Exception) -> str:
    """What is wrong, in the user's language where the market says it in pieces."""
    from app.practice_market.switches import BadSwitch, NoSwitches, UnknownSwitch

    match error:
        case BadSwitch():
            allowed = tr(f"cli.switch.{error.allowed}", **error.params)
            return tr("cli.switch.bad", name=error.name, value=error.value, allowed=allowed)
        case UnknownSwitch():
            return tr("cli.switch.meant" if error.near else "cli.switch.unknown", name=error.name, near=error.near)
        case NoSwitches():
            return tr("cli.switch.none")
    return str(error)


def _switches(path: Path) -> Any:
    """What stands in a file of switches. Raises: InputError: it is no JSON; OSError: it cannot be read."""
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InputError("cli.faults_unreadable", file=path.name, line=error.lineno, column=error.colno) from None
