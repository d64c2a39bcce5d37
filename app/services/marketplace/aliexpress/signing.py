"""Signatures of both gateway generations (protocol reference 2.1, 2.2).

All request parameters except `sign` and files are sorted by key in byte order and joined as `key` + `value`
without separators, raw (not URL-encoded), in UTF-8. The result is upper-case hexadecimal.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping


def sign_iop(params: Mapping[str, str], secret: str, path: str = "") -> str:
    """Signature of the current gateway: HMAC-SHA256.

    Args:
        params: system and business parameters as they are sent; an empty value is signed as empty, so leave
            empty parameters out altogether (SDKs disagree about them).
        secret: the app secret.
        path: API path of a path API such as `/auth/token/create`, without host and `/rest`; "" for `/sync`.
    """
    return hmac.digest(secret.encode(), (path + _joined(params)).encode(), "sha256").hex().upper()


def sign_top(params: Mapping[str, str], secret: str, method: str = "hmac-sha256") -> str:
    """Signature of the older TOP gateway.

    Args:
        params: system and business parameters; empty ones are dropped before signing.
        secret: the app secret.
        method: `md5`, `hmac` (HMAC-MD5) or `hmac-sha256`, as sent in `sign_method`.

    Raises:
        ValueError: another method.
    """
    message = _joined({name: value for name, value in params.items() if value}).encode()
    key = secret.encode()
    if method == "md5":
        return hashlib.md5(key + message + key).hexdigest().upper()
    if method == "hmac":
        return hmac.digest(key, message, "md5").hex().upper()
    if method == "hmac-sha256":
        return hmac.digest(key, message, "sha256").hex().upper()
    raise ValueError(f"unknown sign method {method!r}")


def _joined(params: Mapping[str, str]) -> str:
    # Code point order of str is the byte order of its UTF-8 form.
    return "".join(name + params[name] for name in sorted(params) if name != "sign")
