"""Main pictures: one to six, each in a photobank or reachable."""

from __future__ import annotations

from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from app.practice_market.catalogue import rules
from app.practice_market.content.reading import Record
from app.practice_market.context import Context
from app.practice_market.photobank import LOOPBACK, is_held
from app.practice_market.refusals import Refusal


def check(record: Record, context: Context) -> None:
    """Refuse missing, too many and unreachable pictures, those of SKUs included."""
    main: list[str] = record["image_urls"]
    if not main:
        raise Refusal("image.unreachable", url="")
    most = rules()["images"]["max"]
    if len(main) > most:
        raise Refusal("schema.many", pointer="image_urls", most=most, found=len(main))
    of_skus = [
        part["sku_image"]
        for sku in record["aeop_ae_product_s_k_us"]
        for part in sku["aeop_s_k_u_property"]
        if "sku_image" in part
    ]
    for address in dict.fromkeys([*main, *of_skus]):
        if not _is_reachable(address, context):
            raise Refusal("image.unreachable", url=address)


def _is_reachable(address: str, context: Context) -> bool:
    """The market never goes out to look: an address elsewhere counts as reachable unless switched off, one under
    `.invalid` or on loopback never does (the platform could not reach it either)."""
    if address.startswith("kf/"):
        return is_held(context.storage, address)
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or host in LOOPBACK:
        return False
    if any(host.endswith(suffix) for suffix in rules()["images"]["unreachable_suffixes"]):
        return False
    if any(fnmatchcase(host, pattern) for pattern in context.faults.switches.unreachable_hosts):
        return False
    is_photobank = any(host.endswith("." + own) for own in rules()["images"]["own_hosts"])
    return is_photobank or context.faults.switches.foreign_images == "trusted"
