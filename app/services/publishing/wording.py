"""How a reason reads: the platform's own words with our name of the field in place of its path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.messages import messages, tr

_POINTER = re.compile(r"#/[A-Za-z0-9_/.\-]*[A-Za-z0-9_]")
"""A place in a document as the platform's schema check writes it: `#/sku_info_list/0/price`."""


OURS = {"unit_id": "unit"}
"""Fields that a listing here calls otherwise than the port does."""


def own_name(field: str) -> str:
    """What a listing here calls the port's *field*."""
    return OURS.get(field, field)


def field_name(field: str) -> str:
    """What *field* is called in the user's language; itself where nobody named it."""
    key = f"publish.field.{field}"
    return tr(key) if messages.has(key) else field


def readable(params: Mapping[str, Any], field: str) -> dict[str, Any]:
    """The placeholders of a reason with the path in the platform's sentence called by its name.

    Args:
        field: our name of the field to change; it was read from that path. "" leaves the sentence as it is.
    """
    text = params.get("platform_text")
    if not field or not isinstance(text, str):
        return dict(params)
    return {**params, "platform_text": _POINTER.sub(lambda _: field_name(field), text, count=1)}
