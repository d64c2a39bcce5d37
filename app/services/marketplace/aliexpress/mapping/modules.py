"""The detail page: HTML on our side, JSON text with modules on the platform's (protocol reference 5.2)."""

from __future__ import annotations

from typing import Any

from app.services.marketplace.aliexpress.encoding import json_text
from app.services.marketplace.aliexpress.values import embedded, text

_VERSION = "2.0.0"


def html_of(detail: Any) -> str:
    """The HTML of *detail*: all HTML modules joined, or the text itself where it is no module JSON."""
    modules = _modules(detail)
    return text(detail) if modules is None else "".join(_html(module) for module in modules)


def detail_of(html: str, before: Any = None) -> str:
    """The module text that carries *html*.

    With a detail page from *before*: unchanged HTML keeps its text to the letter; changed HTML goes into the first
    HTML module, other HTML modules vanish, modules of other kinds stay where they are.
    """
    if before is not None and html_of(before) == html:
        return text(before)
    modules = _modules(before)
    own = {"type": "html", "html": {"content": html}}
    merged: list[Any] = []
    for module in modules or []:
        if not _is_html(module):
            merged.append(module)
        elif own not in merged:
            merged.append(own)
    if own not in merged:
        merged.insert(0, own)
    page = embedded(before) if modules is not None else {"version": _VERSION}
    return json_text({**page, "moduleList": merged})


def html_modules(detail: Any) -> int:
    """How many HTML modules *detail* has."""
    return sum(map(_is_html, _modules(detail) or ()))


def _modules(detail: Any) -> list[Any] | None:
    try:
        parsed = embedded(detail)
    except ValueError:
        return None
    modules = parsed.get("moduleList") if isinstance(parsed, dict) else None
    return modules if isinstance(modules, list) else None


def _is_html(module: Any) -> bool:
    return isinstance(module, dict) and module.get("type") == "html"


def _html(module: Any) -> str:
    return text(module["html"].get("content")) if _is_html(module) and isinstance(module.get("html"), dict) else ""
