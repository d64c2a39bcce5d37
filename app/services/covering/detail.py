"""The detail page of another store: its modules, its links and its pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.services.compliance.image_facts import is_remote
from app.services.compliance.rule_data import rule_file

_VALUE = r"""\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))"""
_HREF = re.compile(r"(?<![\w-])href" + _VALUE, re.IGNORECASE)
_LINK_TAG = re.compile(r"<(/?)a\b[^<>]*>", re.IGNORECASE)
_IMAGE = re.compile(r"""(<img\b[^<>]*?(?<![\w-])src\s*=\s*)("[^"<>]*"|'[^'<>]*'|[^\s"'<>]+)""", re.IGNORECASE)


@dataclass(slots=True)
class DetailPage:
    """A detail page without what belongs to their store; `modules` and `links` are what was taken out."""

    html: str
    modules: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def without_theirs(html: str) -> DetailPage:
    """*html* without modules that their store keeps and without links to its pages; what a link says stays."""
    page = DetailPage(html)
    for pattern in _module_patterns():
        page.modules += [found[0] for found in pattern.finditer(page.html)]
        page.html = pattern.sub("", page.html)
    page.html = _without_store_links(page.html, page.links)
    return page


def _module_patterns() -> list[re.Pattern[str]]:
    tags = "|".join(map(re.escape, rule_file("cover")["module_tags"]))
    return [
        re.compile(rf"<({tags})\b[^<>]*>\s*</\1\s*>", re.IGNORECASE),
        re.compile(rf"</?(?:{tags})\b[^<>]*>", re.IGNORECASE),
    ]


def _without_store_links(html: str, links: list[str]) -> str:
    """Tags of links to a store's pages go, with the end that belongs to them; links do not nest."""
    marks = rule_file("cover")["store_links"]
    parts: list[str] = []
    last, is_dropped = 0, False
    for found in _LINK_TAG.finditer(html):
        drop = is_dropped
        if found[1]:
            is_dropped = False
        else:
            address = _address(found[0])
            drop = is_dropped = any(mark.casefold() in address.casefold() for mark in marks)
            if drop:
                links.append(address)
        if drop:
            parts.append(html[last : found.start()])
            last = found.end()
    return "".join((*parts, html[last:]))


def _address(tag: str) -> str:
    found = _HREF.search(tag)
    return (found[1] or found[2] or found[3] or "") if found else ""


def pictures_of(html: str) -> list[str]:
    """Addresses of the pictures of a page, each once."""
    found = (match[2].strip("\"'").strip() for match in _IMAGE.finditer(html))
    return list(dict.fromkeys(address for address in found if address))


def with_addresses(html: str, urls: Mapping[str, str]) -> str:
    """*html* with the pictures that *urls* has at their new addresses; everything else stays to the letter."""
    moved = {old: new for old, new in urls.items() if old != new and is_remote(old)}
    if not moved:
        return html

    def put(found: re.Match[str]) -> str:
        quoted = found[2]
        old = quoted.strip("\"'").strip()
        new = moved.get(old)
        if new is None:
            return found[0]
        sign = quoted[0] if quoted[0] in "\"'" else '"'
        return f"{found[1]}{sign}{new}{sign}"

    return _IMAGE.sub(put, html)
