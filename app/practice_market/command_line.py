"""`python -m app.practice_market --port N [--seed] [--faults FILE] [--database FILE]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import orjson

from app.practice_market.market import serve


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; the first line of standard output is one JSON object with the credentials.

    Returns:
        0 after a stop that was asked for, 2 when it could not start (the reason is on standard error).
    """
    options = _parser().parse_args(argv)
    try:
        faults = orjson.loads(options.faults.read_bytes()) if options.faults else None
        asyncio.run(serve(options.port, database=options.database, seed=options.seed, faults=faults, ready=_announce))
    except (OSError, ValueError, OverflowError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _announce(credentials: dict[str, Any]) -> None:
    sys.stdout.write(orjson.dumps(credentials).decode() + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.practice_market")
    parser.add_argument("--port", type=int, default=0, metavar="N")
    parser.add_argument("--seed", action="store_true")
    parser.add_argument("--faults", type=Path, metavar="FILE")
    parser.add_argument("--database", type=Path, metavar="FILE")
    return parser
