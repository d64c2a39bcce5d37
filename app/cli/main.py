"""Running one command: language, log, the command itself, its result or its failure on the right stream."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from app.cli.desk import Desk
from app.cli.failures import Failure, failure_of
from app.cli.outcome import Exit, Outcome
from app.cli.parser import make_parser
from app.messages import messages, system_language
from app.paths import data_dir_of
from app.services.application import Application
from app.services.errors import AppError
from app.services.logs import log_path, start_logging, stop_logging

INTERRUPTED = 130
"""What a shell expects after Ctrl+C."""


def run(arguments: Sequence[str]) -> int:
    """Do one command. Returns: the exit code, see `app.cli`."""
    _use_utf8()
    data_dir = data_dir_of(arguments)
    is_json = "--json" in arguments
    start_logging(data_dir, verbose="--verbose" in arguments)
    try:
        with Application(data_dir) as app:
            outcome = _run(app, arguments, is_json=is_json)
            _print(outcome, is_json=is_json)
            return int(outcome.code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return int(Exit.DONE)
    except SystemExit as leaving:  # argparse after --help
        return int(leaving.code or 0)
    except BaseException as error:  # noqa: BLE001 - the last place before the user: a sentence, never a traceback
        failure = failure_of(error, str(log_path(data_dir)))
        _print_failure(failure, is_json=is_json)
        return int(failure.exit)
    finally:
        stop_logging()


def _run(app: Application, arguments: Sequence[str], *, is_json: bool) -> Outcome:
    messages.language = _language(app)
    options = make_parser(arguments).parse_args(arguments)
    outcome: Outcome = options.handler(Desk(app, is_json), options)
    return outcome


def _language(app: Application) -> Any:
    try:
        return app.settings.language or system_language()
    except AppError:
        messages.language = system_language()
        raise


def _print(outcome: Outcome, *, is_json: bool) -> None:
    lines = [json.dumps(outcome.result, ensure_ascii=False)] if is_json else outcome.lines
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _print_failure(failure: Failure, *, is_json: bool) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{failure.message}\n")
        sys.stderr.flush()
        if is_json:
            told = {"error": {"code": failure.code, "message": failure.message}}
            sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
            sys.stdout.flush()


def _use_utf8() -> None:
    """A Windows console of another code page must not turn a Chinese title into an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _forget_stdout() -> None:
    """The reader is gone: leave without a second complaint at the end of the interpreter."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
