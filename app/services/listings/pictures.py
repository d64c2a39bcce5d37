"""The bytes of a picture, wherever it lies: a file, or an address of a photobank, kept in memory for a while."""

from __future__ import annotations

import http.client
import threading
from collections import OrderedDict
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

LARGEST = 6 * 1024 * 1024
TIMEOUT_S = 4.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
KEPT_BYTES = 32 * 1024 * 1024


class PictureUnavailable(Exception):
    """The address gave no picture this time; it may the next time."""


def is_remote(source: str) -> bool:
    """Whether *source* is an address rather than a file."""
    return urlsplit(source).scheme in ("http", "https")


def is_safe(address: str) -> bool:
    """Whether an address may be asked: https, or plain http on this computer (the practice market)."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def picture_bytes(source: str) -> bytes:
    """What stands at *source*; empty where there is nothing, it is too large, or the address is not safe.

    Threads: any; blocking.

    Raises:
        PictureUnavailable: the address does not answer just now.
    """
    try:
        if is_remote(source):
            return _fetched(source) if is_safe(source) else b""
        path = Path(source)
        return path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except (OSError, ValueError):
        return b""


class _SafeRedirects(HTTPRedirectHandler):
    """A redirect may not lead where we would not have asked ourselves."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        """None: do not follow."""
        return super().redirect_request(req, fp, code, msg, headers, newurl) if is_safe(newurl) else None


_opener = build_opener(_SafeRedirects)
_kept: OrderedDict[str, bytes] = OrderedDict()
_lock = threading.Lock()


def _fetched(address: str) -> bytes:
    """The answer of an address; only a good one is kept."""
    with _lock:
        if address in _kept:
            _kept.move_to_end(address)
            return _kept[address]
    try:
        with _opener.open(Request(address), timeout=TIMEOUT_S) as answer:
            data: bytes = answer.read(LARGEST + 1)
    except HTTPError as error:
        if error.code < http.HTTPStatus.INTERNAL_SERVER_ERROR:
            return b""  # the address says there is nothing
        raise PictureUnavailable(address) from error
    except (URLError, OSError, http.client.HTTPException) as error:
        raise PictureUnavailable(address) from error
    if len(data) > LARGEST:
        return b""
    with _lock:
        _kept[address] = data
        while sum(map(len, _kept.values())) > KEPT_BYTES:
            _kept.popitem(last=False)
    return data


def forget_pictures() -> None:
    """Ask every address again."""
    with _lock:
        _kept.clear()
