"""Main pictures: one to six, each in a photobank or reachable."""

from __future__ import annotations

from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from app.practice_market.catalogue import rules
from app.practice_market.content.reading import Record
from app.practice_market.context import Context
from app.practice_market.photobank import LOOPBACK, is_held, own_path
from app.practice_market.refusals import Refusal


def check(record: Record, context: Context) -> None:
    """Refuse missing, too many and unreachable pictures, those of SKUs included."""
    main: list[str] = record["image_urls"]
    if not main:
        raise Refusal("image.unreachable", url="")
    most = rules()["images"]["max"]
    if len(main) > most:
        raise Refusal("schema.many", pointer="image_urls", most=most, found=len(main))
    parts = [part for sku in record["aeop_ae_product_s_k_us"] for part in sku["aeop_s_k_u_property"]]
    of_skus = [part["sku_image"] for part in parts if "sku_image" in part]
    galleries = [address for part in parts for address in part.get("image_url_list", ())]
    for address in dict.fromkeys([*main, *of_skus, *galleries]):
        if not _is_reachable(address, context):
            raise Refusal("image.unreachable", url=address)
    for item in record.get("market_images") or []:
        _check_marketing(item, context)


def _check_marketing(item: Record, context: Context) -> None:
    """A marketing picture has one of two kinds and lies in a photobank (5.2)."""
    kind, address = str(item.get("image_type")), str(item.get("url") or "")
    if kind not in rules()["images"]["marketing_kinds"]:
        raise Refusal("schema.value", pointer="market_images", value=kind)
    stored = own_path(address) or address
    if not (stored.startswith("kf/") or _is_photobank(address)) or not _is_reachable(stored, context):
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
    return _is_photobank(address) or context.faults.switches.foreign_images == "trusted"


def _is_photobank(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return any(host.endswith("." + own) for own in rules()["images"]["own_hosts"])
