"""Product descriptions: module JSON of the newer methods, HTML of the older ones, and the platform's silent cleaning.

Source: aliexpress-open-platform.md 5.2 "Description modules", domain.md 5.2.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import orjson

from app.practice_market.catalogue import rules
from app.practice_market.content.fields import Fields
from app.practice_market.photobank import is_own_address

SUSPICIOUS = re.compile(r"<\s*/?\s*(script|textarea|style|iframe|frame|input|pre|button|a|img)\b", re.IGNORECASE)
OWN_PICTURES = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?/kf/")
VOID = frozenset(("input", "frame"))


def module_text(html: str) -> str:
    """HTML as the module document that newer methods use; empty HTML gives an empty module list."""
    modules = [{"type": "html", "html": {"content": html}}] if html else []
    return orjson.dumps({"version": "2.0.0", "moduleList": modules}).decode()


def html_of(module_document: str) -> str:
    """The HTML inside a module document, for the methods that answer with plain HTML."""
    modules = orjson.loads(module_document)["moduleList"] if module_document else []
    return "".join(str(module.get("html", {}).get("content", "")) for module in modules)


def read_modules(fields: Fields, name: str, *, is_mobile_strict: bool = False) -> str:
    """A module document as it will be kept, cleaned; "" where missing.

    Raises:
        Refusal: `schema` when it is no module document, or a mobile one holds html or dynamic modules.
    """
    text = fields.text(name)
    if not text:
        return ""
    try:
        document = orjson.loads(text)
        modules = document["moduleList"]
        kinds = [str(module["type"]) for module in modules]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise fields.refuse(name, "modules") from None
    if is_mobile_strict and {"html", "dynamic"} & set(kinds):
        raise fields.refuse(name, "mobile")
    for module in modules:
        if module["type"] == "html" and isinstance(module.get("html"), dict):
            module["html"]["content"] = clean(str(module["html"].get("content", "")))
    return orjson.dumps(document).decode()


def clean(html: str) -> str:
    """HTML without what the platform removes: active elements, foreign links, foreign pictures."""
    if not SUSPICIOUS.search(html):
        return html
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    return "".join(cleaner.kept)


def current_addresses(text: str, gateway: str) -> str:
    """A description whose own pictures point to where the market listens now."""
    return OWN_PICTURES.sub(f"{gateway}/kf/", text)


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self._inside: list[str] = []
        self._removed = frozenset(rules()["detail"]["removed_elements"])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._removed:
            if tag not in VOID:
                self._inside.append(tag)
        elif not self._inside:
            self.kept.append(_start(tag, attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self._removed and not self._inside:
            self.kept.append(_start(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        if self._inside:
            if self._inside[-1] == tag:
                self._inside.pop()
        elif tag not in self._removed:
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.kept.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")


def _start(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    detail: dict[str, Any] = rules()["detail"]
    if tag == "a":
        attrs = [(name, value) for name, value in attrs if name != "href" or _on_host(value, detail["link_hosts"])]
    if tag == "img" and not _is_own_picture(dict(attrs).get("src"), detail["image_hosts"]):
        return ""
    return (
        "<" + " ".join([tag, *(name if value is None else f'{name}="{escape(value)}"' for name, value in attrs)]) + ">"
    )


def _is_own_picture(address: str | None, hosts: list[str]) -> bool:
    return _on_host(address, hosts) or (address is not None and is_own_address(address))


def _on_host(address: str | None, hosts: list[str]) -> bool:
    try:
        host = urlsplit(address or "").hostname or ""
    except ValueError:
        return False
    return any(host == known or host.endswith("." + known) for known in hosts)
