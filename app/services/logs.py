"""The log: a rotating file in the data folder, and standard error for what a person should see at once.

Nothing that is secret may be logged: `SecretFilter` blanks every registered token as a last resort.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_NAME = "shangjia.log"
LOG_BYTES = 2_000_000
LOG_FILES = 3
SHORTEST_SECRET = 6
"""Shorter texts are not blanked: they would hide ordinary words."""


def log_path(data_dir: Path) -> Path:
    """The newest log file of a data folder."""
    return data_dir / "logs" / LOG_NAME


class SecretFilter(logging.Filter):
    """Replaces registered secrets by `***` in every record, tracebacks included. Threads: any."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: set[str] = set()
        self._lock = threading.Lock()

    def register(self, secrets: Iterable[str]) -> None:
        """Blank these texts from now on."""
        with self._lock:
            self._secrets |= {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}

    def blank(self, text: str) -> str:
        """*text* without registered secrets."""
        with self._lock:
            for secret in self._secrets:
                text = text.replace(secret, "***")
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        """Blank the record's sentence and its traceback; every record passes."""
        if self._secrets:
            record.msg, record.args = self.blank(record.getMessage()), ()
            if record.exc_info and not record.exc_text:
                record.exc_text = logging.Formatter().formatException(record.exc_info)
            if record.exc_text:
                record.exc_text = self.blank(record.exc_text)
        return True


secrets = SecretFilter()
"""The process-wide filter; whoever reads credentials registers them here."""


def start_logging(data_dir: Path, *, verbose: bool = False) -> None:
    """Log warnings to standard error and everything from INFO up to the data folder's file. Safe to call twice."""
    root = logging.getLogger("app")
    stop_logging()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    console = logging.StreamHandler(sys.stderr)
    console.setLevel(logging.INFO if verbose else logging.WARNING)
    console.setFormatter(_Short("%(levelname)s %(name)s: %(message)s"))
    _add(root, console)
    file = _LateFile(log_path(data_dir), maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True)
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    _add(root, file)


class _Short(logging.Formatter):
    """One line a record: tracebacks are for the file."""

    def format(self, record: logging.LogRecord) -> str:
        plain = logging.makeLogRecord({**record.__dict__, "exc_info": None, "exc_text": None, "stack_info": None})
        return super().format(plain)


class _LateFile(RotatingFileHandler):
    """Makes folder and file with the first line; without a writable folder the lines are dropped, and said so once."""

    def _open(self) -> TextIOWrapper:
        try:
            Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return super()._open()
        except OSError as error:
            sys.stderr.write(f"no log file: {error}\n")
            return Path(os.devnull).open("w", encoding="utf-8")


def stop_logging() -> None:
    """Close the handlers that `start_logging` opened."""
    root = logging.getLogger("app")
    for handler in [handler for handler in root.handlers if secrets in handler.filters]:
        root.removeHandler(handler)
        handler.close()


def _add(root: logging.Logger, handler: logging.Handler) -> None:
    handler.addFilter(secrets)
    root.addHandler(handler)
