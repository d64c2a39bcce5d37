"""A trace of what went over the wire, for support: off unless it is switched on, and never with a secret in it.

One JSON object a line. Parameters and fields whose names are in the rules are blanked at every depth (tokens,
signatures, names and addresses of buyers), and so is every secret value wherever it stands.
"""

from __future__ import annotations

import logging
import threading
import zipfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from app.services.marketplace.aliexpress.rules import rules

log = logging.getLogger(__name__)

HIDDEN = "***"


class HttpTrace:
    """The trace of one data folder: a file of bounded size, and the one before it. Threads: any.

    Args:
        folder: where the files go; made with the first entry.
        is_on: whether entries are written.
        largest: bytes after which a new file is begun; None takes the rules'.
    """

    def __init__(self, folder: Path, *, is_on: bool = False, largest: int | None = None) -> None:
        self.is_on = is_on
        self.path = folder / "http-trace.jsonl"
        self._older = folder / "http-trace.1.jsonl"
        self._largest = largest or rules("trace")["file_bytes"]
        self._lock = threading.Lock()
        self._writer: ThreadPoolExecutor | None = None

    def note(
        self,
        at: datetime,
        *,
        store: str,
        method: str,
        params: Mapping[str, str],
        body: bytes,
        outcome: str,
        took_ms: int,
        secrets: Iterable[str],
    ) -> None:
        """Have an entry written, by a thread of the trace's own, where it is on; trouble with the file is logged and
        stops nothing.

        Args:
            at: when it was sent, aware.
            store: names the store.
            method: the API method.
            params: everything sent, before it is blanked.
            body: the answer, empty without one.
            outcome: `ok` or the code of our error.
            took_ms: until the answer.
            secrets: values to blank wherever they stand.
        """
        if not self.is_on:
            return
        entry = {
            "at": at.isoformat(timespec="milliseconds"),
            "store": store,
            "method": method,
            "outcome": outcome,
            "took_ms": took_ms,
            "sent": dict(params),
            "answer": body,
        }
        hidden = [secret for secret in secrets if secret]
        with self._lock:
            if self._writer is None:
                self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="http-trace")
            self._writer.submit(self._write, entry, hidden)

    def close(self) -> None:
        """Write what is under way and end the thread; another entry begins a new one."""
        with self._lock:
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.shutdown(wait=True)

    def export(self, target: Path) -> int:
        """Pack both files into the zip *target*; the number of entries in it.

        Raises:
            OSError: *target* cannot be written.
        """
        self.close()
        entries = 0
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in (self._older, self.path):
                if path.exists():
                    data = path.read_bytes()
                    entries += data.count(b"\n")
                    archive.writestr(path.name, data)
        return entries

    def clear(self) -> None:
        """Forget everything."""
        self.close()
        for path in (self._older, self.path):
            path.unlink(missing_ok=True)

    def _write(self, entry: dict[str, Any], secrets: list[str]) -> None:
        longest: int = rules("trace")["text_max"]
        sent = entry["sent"]
        entry["sent"] = {name: HIDDEN if _is_hidden(name) else _without(value, longest) for name, value in sent.items()}
        entry["answer"] = _without(entry["answer"].decode("utf-8", "replace"), longest)
        line = orjson.dumps(entry)
        for secret in secrets:
            line = line.replace(orjson.dumps(secret)[1:-1], HIDDEN.encode())
        try:
            self._append(line + b"\n")
        except OSError as error:
            log.warning("the trace cannot be written: %s", error.strerror)

    def _append(self, line: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.path.exists() and self.path.stat().st_size + len(line) > self._largest:
            self.path.replace(self._older)
        with self.path.open("ab") as stream:
            stream.write(line)


def _is_hidden(name: str) -> bool:
    return name.lower() in _hidden_names()


def _hidden_names() -> frozenset[str]:
    return frozenset(rules("trace")["hidden"])


def _without(text: str, longest: int) -> Any:
    """*text*, parsed and blanked where it is JSON, else as it is; what is very long is cut.

    JSON that cannot be read cannot be blanked by name either, and may be the half of an answer with tokens: of that
    only the length is kept.
    """
    if text[:1] in ("{", "["):
        try:
            blanked = _blanked(orjson.loads(text))
        except orjson.JSONDecodeError:
            return f"({len(text)} characters that are no JSON)"
        if len(text) <= longest:
            return blanked
        text = orjson.dumps(blanked).decode()
    return text if len(text) <= longest else f"{text[:longest]}…"


def _blanked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: HIDDEN if _is_hidden(name) and part else _blanked(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_blanked(part) for part in value]
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return _blanked(orjson.loads(value))
        except orjson.JSONDecodeError:
            return value
    return value
