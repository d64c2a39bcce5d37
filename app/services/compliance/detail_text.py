"""Looking into the HTML of a detail page, in linear time whatever stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from app.services.compliance.image_facts import host_of, is_host_in
from app.services.compliance.rule_data import rule_file

_VALUE = r"""\s*+=\s*+(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))"""
_LINK = re.compile(r"<a\b[^<>]*?(?<![\w-])href" + _VALUE, re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b[^<>]*>|</a\s*>", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b[^<>]*?(?<![\w-])src" + _VALUE, re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_BLANK = re.compile(r"(?:\s|&nbsp;|&#160;)+")
_TEXT_AFTER_TAG = re.compile(r">\s*[^<\s&]|<img\b")
_NAME_ENDS = r"(?![\w-])"
_REST = r"""(?>(?:[^<>=]++|=\s*+(?:"[^"]*"(?=[\s/>])|'[^']*'(?=[\s/>])|))*)"""
"""What follows a tag's name: a value between quotes may hold brackets; one that never ends swallows nothing."""
_MOST_ROUNDS = 8
"""How often what was taken out may leave another tag behind, as in `<in<input>put>`."""


def plain_text(html: str) -> str:
    """The words of a page, a blank for every tag."""
    return _TAG.sub(" ", html)


def is_empty(html: str) -> bool:
    """Whether a buyer would see neither text nor picture."""
    return not _BLANK.sub("", plain_text(html)) and "<img" not in html.lower()


def removed_tags(html: str) -> list[str]:
    """Names of the tags in *html* that the platform removes, each once."""
    return list(dict.fromkeys(found[1].lower() for found in _removed().finditer(html)))


def without_removed_tags(html: str) -> str:
    """*html* as the platform would leave it: scripts, styles and frames with what is in them, others unwrapped. The
    brackets of tags that are nested without end become text."""
    for _ in range(_MOST_ROUNDS):
        html = _removed().sub("", _emptied().sub("", html))
        if _removed().search(html) is None:
            return html
    return re.sub(rf"<(?={_start()})", "&lt;", html, flags=re.IGNORECASE)


def foreign_links(html: str) -> list[str]:
    """Targets of links that are not the platform's, each once. Anchors and relative links are its own."""
    hosts = rule_file("detail_html")["link_hosts"]
    return [address for address in _addresses(_LINK, html) if not _is_own(address, hosts)]


def without_foreign_links(html: str) -> str:
    """*html* with links that are not the platform's taken away; text and pictures in them stay."""
    hosts = rule_file("detail_html")["link_hosts"]
    dropped: list[bool] = []  # of the links that are open

    def kept(tag: re.Match[str]) -> str:
        if tag[0].startswith("</"):
            return "" if dropped and dropped.pop() else tag[0]
        dropped.append(any(not _is_own(address, hosts) for address in _addresses(_LINK, tag[0])))
        return "" if dropped[-1] else tag[0]

    return _ANCHOR.sub(kept, html)


def foreign_images(html: str, photobank_hosts: Iterable[str] = ()) -> list[str]:
    """Addresses of pictures that lie elsewhere than on the platform's picture hosts, each once."""
    hosts = (*rule_file("detail_html")["image_hosts"], *photobank_hosts)
    return [address for address in _addresses(_IMAGE, html) if not is_host_in(host_of(_whole(address)), hosts)]


def _addresses(pattern: re.Pattern[str], html: str) -> list[str]:
    found = (match[1] or match[2] or match[3] or "" for match in pattern.finditer(html))
    return list(dict.fromkeys(address.strip() for address in found))


def _whole(address: str) -> str:
    return "https:" + address if address.startswith("//") else address


def _is_own(address: str, hosts: Iterable[str]) -> bool:
    if address.startswith(("#", "?")) or (address.startswith("/") and not address.startswith("//")) or not address:
        return True
    return is_host_in(host_of(_whole(address)), hosts)


def _start() -> str:
    """A pattern for what follows the bracket of a tag that is removed, its name as the group 1."""
    return rf"\s*+/?+\s*+({'|'.join(rule_file('detail_html')['removed_tags'])}){_NAME_ENDS}"


@cache
def _removed() -> re.Pattern[str]:
    return re.compile(rf"<{_start()}{_REST}>?", re.IGNORECASE)


@cache
def _emptied() -> re.Pattern[str]:
    """Tags that go with what is in them; of several open ones the innermost."""
    names = "|".join(rule_file("detail_html")["dropped_with_content"])
    inside = rf"(?>(?:[^<]++|<(?!\s*+/?+\s*+\1{_NAME_ENDS}))*)"
    pattern = rf"<\s*+({names}){_NAME_ENDS}{_REST}>{inside}<\s*+/\s*+\1{_NAME_ENDS}[^<>]*+>"
    return re.compile(pattern, re.IGNORECASE)


class DetailLook:
    """The quick look at a page: surely not empty, no tag that is removed, no address that is not the platform's."""

    def __init__(self, photobank_hosts: Iterable[str] = ()) -> None:
        data = rule_file("detail_html")
        self._tag = re.compile(rf"<\s*+/?+\s*+(?:{'|'.join(data['removed_tags'])})\b").search
        self._link = re.compile(rf"""href\s*+=\s*+["']?+(?!{_at(data["link_hosts"])})""").search
        self._picture = re.compile(rf"""src\s*+=\s*+["']?+(?!{_at((*data["image_hosts"], *photobank_hosts))})""").search

    def is_fine(self, html: str) -> bool:
        """Whether no rule about the page can speak; its length is not looked at."""
        if "<" not in html:
            return not html.isspace() and html[:1] not in ("", "&")
        page = html.lower()
        if self._tag(page) or ("href" in page and self._link(page)) or ("src" in page and self._picture(page)):
            return False
        return _TEXT_AFTER_TAG.search(page) is not None or page.lstrip()[:1] not in ("<", "&")


def _at(hosts: Iterable[str]) -> str:
    """A pattern for an address at one of *hosts* or below."""
    return rf"(?:https?:)?//(?:[a-z0-9-]+\.)*(?:{'|'.join(map(re.escape, hosts))})[/\"'\s>]"
