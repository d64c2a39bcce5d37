"""Signatures of both gateways (aliexpress-open-platform.md 2). Files are never part of them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping

IOP_METHODS = ("sha256",)
TOP_METHODS = ("md5", "hmac", "hmac-sha256")


def iop_signature(params: Mapping[str, str], secret: str, path: str = "") -> str:
    """HMAC-SHA256 of the sorted parameters, upper-case hex; *path* stands in front for path APIs only."""
    message = path + _joined(params.items())
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest().upper()


def top_signature(params: Mapping[str, str], secret: str) -> str:
    """Signature of the older gateway by the parameter `sign_method`: md5, hmac or hmac-sha256.

    Raises:
        ValueError: another sign_method.
    """
    key, message = secret.encode(), _joined(params.items()).encode()
    match params.get("sign_method"):
        case "md5":
            return hashlib.md5(key + message + key, usedforsecurity=False).hexdigest().upper()
        case "hmac":
            return hmac.new(key, message, hashlib.md5).hexdigest().upper()
        case "hmac-sha256":
            return hmac.new(key, message, hashlib.sha256).hexdigest().upper()
        case other:
            raise ValueError(other)


def is_signed(
    params: Mapping[str, str], secret: str, sign: str, *, is_top: bool, path: str = "", empty_values: str = "either"
) -> bool:
    """Whether *sign* fits *params* (which hold everything but `sign`).

    SDKs disagree about empty values: some sign them, some leave them out and still send them (vector V9), so
    either signature is good unless *empty_values* wants them `signed` or `dropped`.
    """
    if params.get("sign_method") not in (TOP_METHODS if is_top else IOP_METHODS):
        return False
    filled = {name: value for name, value in params.items() if value.strip()}
    forms = {"either": [filled, dict(params)], "signed": [dict(params)], "dropped": [filled]}
    candidates = [filled] if len(filled) == len(params) else forms[empty_values]
    signatures = (top_signature(p, secret) if is_top else iop_signature(p, secret, path) for p in candidates)
    return any(hmac.compare_digest(good.encode(), sign.encode()) for good in signatures)


def _joined(items: Iterable[tuple[str, str]]) -> str:
    return "".join(name + value for name, value in sorted(items, key=lambda item: item[0].encode()) if name != "sign")
