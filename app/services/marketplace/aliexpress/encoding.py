"""How a parameter is spelt on the wire (protocol reference 1.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from app.services.marketplace.port import Refused

_ID = re.compile(r"-?\d{1,19}", re.ASCII)
_SIXTY_FOUR_BITS = range(-(2**63), 2**63)


def wire_params(values: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as text: objects and lists as JSON in UTF-8, booleans in lower case; None and "" are left out.

    Raises:
        TypeError: a float. Prices, weights and ids never pass through floating point.
        Refused: `marketplace.bad_text`, for text with broken characters.
    """
    return {name: _text(value) for name, value in values.items() if value is not None and value != ""}


def wire_id(value: str, name: str) -> int:
    """The id *value* as the 64-bit number the platform wants.

    Raises:
        Refused: `marketplace.bad_id`, when it is not one.
    """
    if _ID.fullmatch(value) and int(value) in _SIXTY_FOUR_BITS:
        return int(value)
    raise Refused("marketplace.bad_id", field=name, name=name, value=value)


def json_text(value: Any) -> str:
    """*value* as compact JSON.

    Raises:
        TypeError: something in it that JSON does not have.
        Refused: `marketplace.bad_text`.
    """
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        # A TypeError for whatever cannot be written; of the user's making are broken characters only.
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Refused("marketplace.bad_text") from None
        raise


def _text(value: Any) -> str:
    if isinstance(value, str):
        if not value.isascii():
            _check(value)
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict | list | tuple):
        return json_text(value)
    raise TypeError(f"a parameter cannot be {type(value).__name__}")


def _check(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Refused("marketplace.bad_text") from None
