"""Asking a running practice market on its practice addresses, which no real marketplace has."""

from __future__ import annotations

import json
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from app.services.errors import OutOfReach
from app.services.stores.gateways import is_loopback

TIMEOUT_S = 5.0


class PracticeMarketSilent(OutOfReach):
    """No practice market answers there, or it does not take what it was told; `detail` is its own word."""

    code = "practice.silent"


def ask(gateway: str, path: str, document: Any = None, *, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
    """The JSON object at `/practice/<path>`; with a *document* that is sent there. Takes as long as the network does.

    Raises:
        PracticeMarketSilent: no answer, another status than 200, or an address that is not on this computer.
    """
    parts = urlsplit(gateway)
    if parts.hostname is None or parts.port is None or not is_loopback(gateway):
        raise PracticeMarketSilent(detail=gateway)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=timeout_s)
    try:
        if document is None:
            connection.request("GET", f"/practice/{path}")
        else:
            body = json.dumps(document).encode()
            connection.request("POST", f"/practice/{path}", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != HTTPStatus.OK:
            raise PracticeMarketSilent(detail=f"{answer.status} {content[:200].decode('utf-8', 'replace')}")
        found = json.loads(content)
    except (OSError, HTTPException, ValueError) as error:
        raise PracticeMarketSilent(detail=f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()
    if not isinstance(found, dict):
        raise PracticeMarketSilent(detail=gateway)
    return found
