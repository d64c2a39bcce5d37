"""What is asked of the search for similar listings, and what it finds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum


class Why(StrEnum):
    """Why listings look the same; its word is `similar.why.<reason>`."""

    CODES = "codes"
    """They share codes."""
    PACKS = "packs"
    """The same items in other quantities, and more listings of them than the platform allows."""
    TITLE = "title"
    """Nearly the same words."""
    PICTURE = "picture"
    """The same file as main picture, whatever it is called."""
    LOOK = "look"
    """The main pictures look alike: one is a smaller or newly saved copy."""


TITLE_SHARE = 0.85
"""Of the words two titles have together; with less in common they are mostly of other items."""


@dataclass(frozen=True, slots=True)
class SimilarOptions:
    """What counts.

    Attributes:
        store_ids: stores to look at; none means all.
        is_across: whether listings of different stores count as similar, too.
        title_share: least share of words two titles have in common, 0 to 1.
        picture_bits: most bits in which two pictures' fingerprints differ, of 128.
        whys: reasons that count.
        focus: only pairs of one of these listings and another one; empty for all pairs.
        with_drafts: whether the other one may be a listing that the marketplace does not have and that is none of
            these: to someone who is about to send *focus*, it stands in nobody's way.
    """

    store_ids: tuple[int, ...] = ()
    is_across: bool = False
    title_share: float = TITLE_SHARE
    picture_bits: int = 6
    whys: frozenset[Why] = frozenset(Why)
    focus: frozenset[int] = frozenset()
    with_drafts: bool = True


@dataclass(frozen=True, slots=True)
class Pair:
    """Two listings, the smaller id first, and how much they have in common for one reason, 0 to 1."""

    one: int
    other: int
    why: Why
    score: float


@dataclass(frozen=True, slots=True)
class SimilarGroup:
    """Listings of which each is similar to another one of the group.

    Attributes:
        id: its place in the result.
        score: of the most similar pair, 0 to 1.
        whys: all reasons, the strongest first; `shares` of the most similar pair for each of them.
        live_ids: those that the marketplace has.
        title: of its head, "" where nobody asked for it.
    """

    id: int
    listing_ids: tuple[int, ...]
    whys: tuple[Why, ...]
    score: float
    live_ids: frozenset[int] = frozenset()
    shares: tuple[float, ...] = ()
    title: str = ""

    @property
    def head(self) -> int:
        """The listing to keep: one that the marketplace has before a draft, an older one before a newer one."""
        return min(self.listing_ids, key=lambda number: (number not in self.live_ids, number))

    @property
    def live(self) -> int:
        """How many of them the marketplace has."""
        return sum(number in self.live_ids for number in self.listing_ids)

    def without(self, listing_ids: Collection[int]) -> SimilarGroup | None:
        """What is left of it when these are told apart from all the others; None where that is no group any more."""
        left = tuple(number for number in self.listing_ids if number not in listing_ids)
        title = self.title if self.head in left else ""
        return replace(self, listing_ids=left, title=title) if len(left) > 1 else None


@dataclass(frozen=True, slots=True)
class SimilarResult:
    """Groups, the most similar first. `looked_at`: listings compared; `unseen`: of these, how many have a main picture
    file that nobody has looked into, so that only its name was compared."""

    groups: tuple[SimilarGroup, ...]
    looked_at: int
    unseen: int

    @property
    def listings(self) -> int:
        """How many listings stand in groups."""
        return sum(len(group.listing_ids) for group in self.groups)

    def count_of(self, listing_ids: Collection[int]) -> int:
        """How many of these stand in a group."""
        return sum(number in listing_ids for group in self.groups for number in group.listing_ids)
