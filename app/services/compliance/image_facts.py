"""What is known about pictures, and which of them need no further look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.services.compliance.rule_data import Limits


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """A picture file as it was when it was last read.

    Attributes:
        source: the path, as the listing has it.
        sha256: of the content, "" where it could not be read.
        width: pixels, None where unknown; so `height`.
        byte_count: size of the file.
        format: `JPEG`, `PNG`, … by content, never by name; "" where unknown.
        problem: "" or `missing`, `denied`, `damaged`, `huge` (pixels), `heavy` (bytes).
        modified_ms: when the file was changed last, to know an unchanged one again.
        dhash, tone, colours, orientation: what it looks like, as `ImageLook` says; `dhash` None where nobody looked.
    """

    source: str
    sha256: str = ""
    width: int | None = None
    height: int | None = None
    byte_count: int | None = None
    format: str = ""
    problem: str = ""
    modified_ms: int | None = None
    dhash: str | None = field(default=None, compare=False)
    tone: str = field(default="", compare=False)
    colours: Mapping[str, float] = field(default_factory=dict, compare=False)
    orientation: int = field(default=1, compare=False)


_PLAIN_HOST = re.compile(r"(?:https?:)?//([A-Za-z0-9.-]+)(?=[/?#]|$)").match
"""Nearly every address; the others are taken apart by `urlsplit`, which is slow."""

FactsReader = Callable[[list[str]], Mapping[str, ImageFacts]]


def is_remote(source: str) -> bool:
    """Whether a picture is an address of the web, not a file."""
    return source[:8].lower().startswith(("http://", "https://", "//"))


def host_of(address: str) -> str:
    """The host an address names, lower case; "" for none or a malformed one."""
    if plain := _PLAIN_HOST(address):
        return plain[1].lower()
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def is_host_in(host: str, hosts: Iterable[str]) -> bool:
    """Whether *host* is one of *hosts* or lies below one."""
    return any(host == known or host.endswith("." + known) for known in hosts)


def is_sound(facts: ImageFacts, limits: Limits) -> bool:
    """Whether no rule about a single picture can speak about this one."""
    if facts.problem or not facts.width or not facts.height or facts.byte_count is None:
        return False
    short, long = sorted((facts.width, facts.height))
    return (
        facts.format in limits.image_formats
        and facts.byte_count <= min(limits.image_bytes_max, limits.photobank_bytes_max)
        and short >= limits.image_side_min_px
        and long <= limits.photobank_side_max_px
        and long <= short * limits.image_ratio_max
    )


class ImageBook:
    """Facts by source. `sound` maps pictures that need no look to what tells equal ones: content hash or address.

    A picture nobody told the book of (`learn`) is asked for with `read` once.
    """

    def __init__(self, limits: Limits, hosts: Iterable[str], read: FactsReader | None = None) -> None:
        self.limits = limits
        self.hosts = tuple(hosts)
        self.sound: dict[str, str] = _Sound(self)
        self._facts: dict[str, ImageFacts | None] = {}
        self._read = read

    def known(self, source: str) -> ImageFacts | None:
        """What is known of a picture; None for an address, and for a file that was never read."""
        if source in self._facts or is_remote(source):
            return self._facts.get(source)
        found = self._read([source]).get(source) if self._read is not None else None
        self._facts[source] = found
        return found

    def learn(self, facts: Mapping[str, ImageFacts | None]) -> None:
        """Add *facts*; newer ones replace older ones, None says that there are none."""
        self._facts.update(facts)
        for source in facts:
            self.sound.pop(source, None)

    def forget(self) -> None:
        """Drop everything, so that a long run over a store keeps little in memory."""
        self._facts.clear()
        self.sound.clear()

    def is_photobank(self, address: str) -> bool:
        """Whether the platform keeps the picture at *address* already."""
        return is_host_in(host_of(address), self.hosts)


class _Sound(dict[str, str]):
    """Judged at the first look; KeyError for a picture some rule has to look at."""

    def __init__(self, book: ImageBook) -> None:
        super().__init__()
        self._book = book

    def __missing__(self, source: str) -> str:
        facts = self._book.known(source)
        if facts is not None and is_sound(facts, self._book.limits):
            identity = facts.sha256
        elif facts is None and is_remote(source) and self._book.is_photobank(source):
            identity = source
        else:
            raise KeyError(source)
        self[source] = identity
        return identity
