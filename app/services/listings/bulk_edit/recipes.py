"""Recipes: bulk edits kept under a name in the data folder, and the files they travel in from one team to another.

Both are JSON of one shape: what it is, its version, and by name the operations as `BulkEdit.to_json` gives them.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from app.services.errors import InputError
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.formulas import compiled
from app.services.listings.bulk_edit.operations import ChangeNumber, ReplaceText
from app.services.listings.bulk_edit.texts import pattern_of

log = logging.getLogger(__name__)

FILE_NAME = "recipes.json"
KIND, VERSION = "shangjia recipes", 1
LONGEST_NAME = 60
LARGEST_FILE = 2_000_000
"""Bytes that are read of a file somebody else made; thousands of recipes are less."""


class NoSuchRecipe(InputError):
    """No recipe is kept as `name`; `known` lists those that are."""

    code = "recipe.no_such_recipe"


class BadRecipe(InputError):
    """A recipe, or a file of them, cannot be used; `bad_name`, `too_large`, `unwritable` and `nothing` say why."""

    code = "recipe.bad_file"


class Recipes:
    """The recipes of one data folder, in the order they were kept first. Blocking; threads: any."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / FILE_NAME
        self._lock = threading.Lock()

    def all(self) -> dict[str, BulkEdit]:
        """By name; one that cannot be read any more is left out. Raises: BadRecipe where the file cannot be."""
        if not self.path.exists():
            return {}
        found = {}
        for name, operations in _stored(self.path).items():
            try:
                found[name] = _edit(operations)
            except InputError as error:
                log.warning("recipe %r cannot be read: %s", name, error)
        return found

    def get(self, name: str) -> BulkEdit:
        """A recipe, whatever its capitals. Raises: NoSuchRecipe, BadRecipe."""
        known = self.all()
        return known[_name_of(known, name)]

    def keep(self, name: str, edit: BulkEdit) -> str:
        """Keep *edit*; one of the same name makes room. Returns: the name as it is kept. Raises: BadRecipe."""
        name = clean_name(name)
        self._change(lambda stored: stored.update({name: edit.to_json()}))
        return name

    def remove(self, name: str) -> str:
        """Forget a recipe. Returns: its name as it was kept. Raises: NoSuchRecipe, BadRecipe."""
        gone: list[str] = []

        def remove(stored: dict[str, Any]) -> None:
            gone.append(_name_of(stored, name))
            del stored[gone[0]]

        self._change(remove)
        return gone[0]

    def export(self, path: Path, names: Iterable[str] = ()) -> list[str]:
        """Write recipes to a file, all without *names*. Returns: which. Raises: NoSuchRecipe, BadRecipe."""
        known = self.all()
        chosen = list(dict.fromkeys(_name_of(known, name) for name in names)) or list(known)
        if not chosen:
            raise BadRecipe("recipe.nothing")
        _write(path, {name: known[name].to_json() for name in chosen})
        return chosen

    def take(self, path: Path) -> list[str]:
        """Keep all recipes of a file; those of the same name make room. Returns: which.

        Raises:
            BadRecipe, BadOperation, FormulaError, BadPattern, SlowPattern: one of them cannot be used; nothing is kept.
        """
        found = {clean_name(name): _edit(operations).to_json() for name, operations in _stored(path).items()}
        if not found:
            raise BadRecipe("recipe.nothing")
        self._change(lambda stored: stored.update(found))
        return list(found)

    def _change(self, change: Callable[[dict[str, Any]], None]) -> None:
        with self._lock:
            stored = _stored(self.path) if self.path.exists() else {}
            change(stored)
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(self.path, stored)


def clean_name(name: str) -> str:
    """A name as it is kept: one line. Raises: BadRecipe for an empty or very long one."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadRecipe("recipe.bad_name", name=name[:LONGEST_NAME], most=LONGEST_NAME)
    return name


def _name_of(known: Iterable[str], name: str) -> str:
    wanted = " ".join(name.split()).casefold()
    names = list(known)
    found = next((one for one in names if one.casefold() == wanted), None)
    if found is None:
        raise NoSuchRecipe(name=name, known=", ".join(names) or "–")
    return found


def _edit(operations: Any) -> BulkEdit:
    """What is stored, with its formulas and patterns looked at: a file of somebody else may say anything."""
    edit = BulkEdit.from_json(operations)
    for one in edit.operations:
        if isinstance(one, ChangeNumber) and one.action == "formula":
            compiled(one.formula)
        elif isinstance(one, ReplaceText):
            pattern_of(one)
    return edit


def _stored(path: Path) -> dict[str, Any]:
    """Operations by name. Raises: BadRecipe."""
    try:
        with path.open("rb") as source:
            data = source.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise BadRecipe("recipe.too_large", file=path.name)
        found = json.loads(data.decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadRecipe(file=path.name) from error
    recipes = found.get("recipes") if isinstance(found, Mapping) and found.get("kind") == KIND else None
    if not isinstance(recipes, dict) or found.get("version") != VERSION:
        raise BadRecipe(file=path.name)
    return recipes


def _write(path: Path, recipes: Mapping[str, Any]) -> None:
    """The old file or the new one is there, never half of one. Raises: BadRecipe."""
    whole = {"kind": KIND, "version": VERSION, "recipes": recipes}
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(json.dumps(whole, ensure_ascii=False, indent=1), "utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadRecipe("recipe.unwritable", file=path.name) from error
