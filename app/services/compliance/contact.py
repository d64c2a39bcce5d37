"""Contact data in a text: addresses, telephone numbers, names of messengers (domain.md 14.1)."""

from __future__ import annotations

import re
from collections.abc import Set

from app.services.compliance.rule_data import Limits


class ContactData:
    """Finds contact data. `is_clean` is the quick look that spares most titles the search."""

    def __init__(self, limits: Limits) -> None:
        words, endings = "|".join(sorted(limits.contact_words)), "|".join(sorted(limits.contact_endings))
        self._is_messenger = re.compile(rf"(?:{words})", re.IGNORECASE | re.ASCII).fullmatch
        self._messengers = frozenset(word.encode() for word in limits.contact_words)
        self._number = re.compile(rf"[0-9]{{{limits.contact_digits}}}").search
        self._search = re.compile(
            rf"\b(?:{words})\b|[a-z0-9]@[a-z0-9]|://|[a-z0-9-]\.(?:{endings})\b"
            rf"|[0-9]{{{limits.contact_digits},}}|\+[0-9](?:[ -]?[0-9]){{6,}}|\b[0-9]{{3,4}}-[0-9]{{3,4}}-[0-9]{{4}}\b",
            re.IGNORECASE | re.ASCII,
        ).search

    def find(self, text: str) -> str:
        """The first piece of contact data, "" where there is none."""
        found = self._search(text)
        return found.group().strip() if found else ""

    def removed(self, text: str) -> str | None:
        """*text* without its addresses and numbers, each taken out as the whole word it stands in, and with the word
        before it where that announces it (`Tel:`). None where a messenger is named: what belongs to it is not clear,
        and where nothing would be left.
        """
        while found := self._search(text):
            if self._is_messenger(found.group().strip()):
                return None
            start, end = text.rfind(" ", 0, found.start()) + 1, text.find(" ", found.end())
            before = text[:start].rstrip()
            if before.endswith((":", "：")):
                before = before[: before.rfind(" ") + 1].rstrip()
            text = f"{before} {text[end:].lstrip() if end >= 0 else ''}".strip().rstrip(" ,;:-/&+|(")
        return text or None

    def is_clean(self, text: str, words: Set[bytes]) -> bool:
        """Whether `find` has nothing to say about ASCII *text* with these lower-case *words*."""
        is_plain = self._messengers.isdisjoint(words) and "@" not in text and "." not in text and "+" not in text
        if is_plain and "://" not in text and text.count("-") < 2 and self._number(text) is None:
            return True
        return not self.find(text)
