"""Whether two pictures are the same one, saved anew or in another size: by what `image_look` keeps of them."""

from __future__ import annotations

from app.services.compliance.image_facts import ImageFacts

MOST_BITS = 6
"""Fingerprints that differ in at most so many of their 128 bits are of the same picture. Measured on the pictures of
the sample sheet, each saved anew in three sizes and qualities: 97 % of the copies lie within."""
MOST_TONE = 16
"""Levels of a channel by which the mean colours of copies differ at most."""


def bits_apart(one: str, other: str) -> int:
    """In how many bits two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def tones_near(one: str, other: str) -> bool:
    """Whether two mean colours may be of the same picture; one without a foreground is like any."""
    if not one or not other:
        return True
    return all(abs(int(one[at : at + 2], 16) - int(other[at : at + 2], 16)) <= MOST_TONE for at in (0, 2, 4))


def are_alike(one: ImageFacts, other: ImageFacts) -> bool:
    """Whether one picture is a copy of the other; no, where nobody looked into one of them."""
    if not one.dhash or not other.dhash:
        return False
    return bits_apart(one.dhash, other.dhash) <= MOST_BITS and tones_near(one.tone, other.tone)
