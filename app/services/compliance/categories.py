"""The category tree of a marketplace and what each leaf asks for, ready for look-ups."""

from __future__ import annotations

import re
from collections.abc import Iterable, KeysView
from typing import NamedTuple

from app.services.compliance.findings import Label
from app.services.compliance.names import NameIndex
from app.services.listings.text import fold

_ARROWS = re.compile(r"\s*(?:>+|/|\\|›|»|》|→|\|)\s*")


class CategoryFacts(NamedTuple):
    """A node of the tree."""

    category_id: str
    parent_id: str
    name_en: str
    name_zh: str
    path_en: str
    path_zh: str
    is_leaf: bool

    @property
    def label(self) -> Label:
        """Its name in both languages."""
        return Label(zh=self.name_zh, en=self.name_en)


class CategoryTree:
    """All known categories by id, and the finding of one by what a person calls it."""

    def __init__(self, nodes: Iterable[CategoryFacts] = ()) -> None:
        self.by_id = {node.category_id: node for node in nodes}
        self._paths: NameIndex | None = None
        self._leaves = NameIndex()

    def __len__(self) -> int:
        return len(self.by_id)

    def get(self, category_id: str) -> CategoryFacts | None:
        """The node with this id."""
        return self.by_id.get(category_id)

    def path(self, category_id: str) -> KeysView[str]:
        """Ids of a category and of all above it, itself first."""
        found: dict[str, None] = {}
        while category_id and category_id not in found:
            found[category_id] = None
            node = self.by_id.get(category_id)
            category_id = node.parent_id if node is not None else ""
        return found.keys()

    def siblings(self, category_id: str) -> list[CategoryFacts]:
        """Other leaves under the same parent."""
        node = self.by_id.get(category_id)
        if node is None:
            return []
        return [
            other
            for other in self.by_id.values()
            if other.parent_id == node.parent_id and other.is_leaf and other.category_id != category_id
        ]

    def find(self, text: str) -> str | None:
        """The id *text* means: an id, a path from the root (any usual arrow), the end of one, or a leaf's only name."""
        stripped = fold(text)
        if stripped in self.by_id:
            return stripped
        if self._paths is None:
            self._paths = self._index()
        return self._paths.find(path_key(text)) or self._leaves.find(text)

    def _index(self) -> NameIndex:
        paths = NameIndex()
        whole: set[str] = set()
        for node in self.by_id.values():
            for path in {path_key(node.path_en), path_key(node.path_zh)}:
                paths.add(path, node.category_id)
                whole.add(path)
        for node in self.by_id.values():
            if node.is_leaf:
                for name in {node.name_en, node.name_zh}:
                    self._leaves.add(name, node.category_id)
                for path in {path_key(node.path_en), path_key(node.path_zh)}:
                    for tail in _tails(path):
                        if tail not in whole:
                            paths.add(tail, node.category_id)
        return paths


def path_key(text: str) -> str:
    """A path in the spelling all its writings share: folded, ` > ` for every arrow."""
    return _ARROWS.sub(" > ", fold(text)).strip(" >")


def _tails(path: str) -> list[str]:
    """`b > c` of `a > b > c`: beginnings left out, down to two names."""
    names = path.split(" > ")
    return [" > ".join(names[start:]) for start in range(1, len(names) - 1)]
