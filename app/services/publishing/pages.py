"""Whether a detail page that was sent is the one the platform shows, which takes some of it out without a word.

Gone are active elements, links to elsewhere and pictures that lie elsewhere (aliexpress-open-platform.md 5.2); spelling
of tags and blanks may be another. What is left is compared: texts, elements and pictures in their order.
"""

from __future__ import annotations

from collections.abc import Collection
from html.parser import HTMLParser

from app.services.compliance.detail_text import foreign_images, without_foreign_links, without_removed_tags
from app.services.compliance.image_facts import host_of


def is_same_page(sent: str, there: str, own_pictures: Collection[str] = ()) -> bool:
    """Whether *there* is what the platform makes of *sent*. *own_pictures*: addresses of the photobank, whose hosts
    count as the platform's."""
    if sent == there:
        return True
    hosts = {host_of(address) for address in own_pictures}
    return _parts(sent, hosts) == _parts(there, hosts)


def _parts(html: str, hosts: Collection[str]) -> list[str]:
    reader = _Reader(frozenset(foreign_images(html, hosts)))
    reader.feed(without_foreign_links(without_removed_tags(html)))
    reader.close()
    parts = (" ".join(part.split()) for part in reader.parts)
    return [part for part in parts if part]


class _Reader(HTMLParser):
    """Collects what a buyer sees: elements by name, texts with single blanks, addresses of pictures."""

    def __init__(self, gone: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._gone = gone

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element with how it looks; one of pictures only with a picture."""
        source = (dict(attrs).get("src") or "").strip()
        if tag == "a" or (tag == "img" and (not source or source in self._gone)):
            return
        looks = sorted(f"{name}={value}" for name, value in attrs if name != "src")
        self.parts.append(" ".join([f"<{tag}", source, *looks]))

    def handle_endtag(self, tag: str) -> None:
        """The end of an element."""
        if tag not in ("a", "img"):
            self.parts.append(f"</{tag}")

    def handle_data(self, data: str) -> None:
        """A text; two without an element in between are one."""
        if self.parts and not self.parts[-1].startswith("<"):
            self.parts[-1] += data
        else:
            self.parts.append(f" {data}")
