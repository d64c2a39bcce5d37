"""The way to a gateway: straight, or through an HTTP proxy from the settings or the system.

The system's are `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the environment, and on Windows and macOS the proxy the
user chose there. This computer is never reached through a proxy.
"""

from __future__ import annotations

import ipaddress
import urllib.request

from yarl import URL

from app.services.errors import InputError

DIRECT = "direct"
"""Setting: no proxy, whatever the system says."""


def check_proxy(setting: str) -> URL | None:
    """The proxy that *setting* names; None for "" (the system's) and `direct`.

    Raises:
        InputError: `marketplace.bad_proxy`, for anything but an http or https address with host and port.
    """
    if setting.strip() in ("", DIRECT):
        return None
    return _address(setting)


def proxy_for(gateway: URL, setting: str = "") -> URL | None:
    """The proxy through which *gateway* is reached, None for straight.

    Raises:
        InputError: `marketplace.bad_proxy`.
    """
    host = gateway.host or ""
    if is_loopback(host) or setting.strip() == DIRECT:
        return None
    if setting.strip():
        return check_proxy(setting)
    found = urllib.request.getproxies().get(gateway.scheme, "")
    # With the port: NO_PROXY may name one.
    if not found or urllib.request.proxy_bypass(f"{host}:{gateway.port}"):
        return None
    return _address(found)


def shown(proxy: URL) -> str:
    """*proxy* without the user and password it may carry."""
    return f"{proxy.scheme}://{proxy.host}:{proxy.port}"


def is_loopback(host: str) -> bool:
    """Whether *host* is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(text: str) -> URL:
    written = text.strip()
    try:
        # As curl does: an address without a scheme is a plain one.
        proxy = URL(written if "://" in written else f"http://{written}")
        is_address = not any(sign.isspace() for sign in written)
        is_usable = is_address and proxy.scheme in ("http", "https") and bool(proxy.host) and bool(proxy.port)
    except ValueError:
        is_usable = False
    if not is_usable:
        raise InputError("marketplace.bad_proxy", proxy=written.rpartition("@")[2])
    return proxy
