"""Answers as XML, the older gateway's default (aliexpress-open-platform.md 1.5, 4.2).

An object is an element for each of its keys, a list that element once for each item. That is why clients that turn
it into objects again see a list of one collapse into its item. XML is never simplified: without the wrapper there
would be no root.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="utf-8" ?>'
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say."""


def to_xml(body: dict[str, Any]) -> bytes:
    """The document of a wrapped body, an error or a good answer."""
    return (HEAD + "".join(_elements(body))).encode()


def _elements(fields: dict[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        for item in value if isinstance(value, list) else [value]:
            yield f"<{name}>{_content(item)}</{name}>"


def _content(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(_elements(value))
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return escape(FORBIDDEN.sub("", str(value)))
