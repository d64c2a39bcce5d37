"""Pictures out of the photobank: whoever covers another store puts them into its own (domain.md 3.2)."""

from __future__ import annotations

from yarl import URL

from app.services.compliance.image_facts import is_host_in
from app.services.compliance.rule_data import rule_file
from app.services.marketplace.aliexpress.gateway import Gateway
from app.services.marketplace.aliexpress.proxies import is_loopback
from app.services.marketplace.port import Refused, Unanswered, Unreachable

TRIES = 3
PAUSE_S = 1.0
LARGEST = 20 * 1024 * 1024
"""No listing's picture is as large; the photobank takes far less."""


async def download(gateway: Gateway, address: str) -> bytes:
    """The picture at *address*, tried a few times.

    Raises:
        Refused: `marketplace.picture_elsewhere` for an address that is not the photobank's, `marketplace.picture_gone`.
        Unreachable, Unanswered: not now.
    """
    url = _checked(gateway, address)
    for last in range(TRIES - 1, -1, -1):
        try:
            data = await gateway.download(url, LARGEST)
        except (Unreachable, Unanswered):
            if not last:
                raise
            await gateway.clock.sleep(PAUSE_S)
            continue
        except Refused as error:
            raise Refused("marketplace.picture_gone", field="images", host=url.host or "") from error
        return data
    raise AssertionError("unreachable")


def _checked(gateway: Gateway, address: str) -> URL:
    """Where to ask. A practice market that was started again has another port than its pictures say."""
    try:
        url = URL(f"https:{address}" if address.startswith("//") else address)
        host = (url.host or "").lower()
    except ValueError:
        url, host = URL(), ""
    own = gateway.url
    if host and is_loopback(host) and is_loopback(own.host or ""):
        return own.with_path(url.path).with_query(url.query)
    hosts = rule_file("detail_html")["photobank_hosts"]
    if url.scheme in ("http", "https") and not url.user and host and is_host_in(host, hosts):
        return url.with_scheme("https").with_port(None)
    raise Refused("marketplace.picture_elsewhere", field="images", host=host or address[:80])
