"""Which addresses tokens may be sent to (DESIGN.md 10): pinned hosts over TLS, this computer also in the clear."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.services.errors import InputError


class BadGateway(InputError):
    """The address cannot be a gateway; the code says why, `gateway` repeats it without name and password."""

    code = "store.gateway_no_address"


def is_loopback(gateway: str) -> bool:
    """Whether the address is on this computer: only the practice market answers there."""
    try:
        host = urlsplit(gateway).hostname or ""
    except ValueError:
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def checked_gateway(gateway: str, allowed_hosts: Collection[str]) -> str:
    """The address in its normal form: scheme and host, port where given, no path behind.

    Raises:
        BadGateway: no http(s) address, plain HTTP to another computer, or a host that settings do not name.
    """
    text = gateway.strip()
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise BadGateway(gateway=_shown(text)) from None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise BadGateway(gateway=_shown(text))
    if not is_loopback(text):
        if parts.scheme == "http":
            raise BadGateway("store.gateway_plain_http", gateway=host)
        if host not in allowed_hosts:
            raise BadGateway("store.gateway_unknown_host", gateway=host, known=", ".join(sorted(allowed_hosts)))
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}{'' if port is None else f':{port}'}{parts.path.rstrip('/')}"


def _shown(text: str) -> str:
    """The address without what stands before an @, which may be a password."""
    return text.rpartition("@")[2][:80]
