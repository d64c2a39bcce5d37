"""`recipe list/keep/remove/export/import`: bulk edits under a name, for `edit --recipe` and the window."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.commands.editing import wanted_edit
from app.cli.desk import Desk, table
from app.cli.outcome import Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.listings.bulk_edit.recipes import Recipes


def add_to(commands: Commands) -> None:
    """Add the group `recipe`."""
    group = commands.group("recipe")
    group.add("list", list_recipes)
    parser = group.add("keep", keep_recipe)
    parser.add_argument("name", metavar="RECIPE", help=tr("cli.help.recipe.name"))
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument(
        "--set", required=True, action="append", dest="settings", metavar="FIELD=EXPR", help=tr("cli.help.edit.set")
    )
    parser = group.add("remove", remove_recipe)
    parser.add_argument("name", metavar="RECIPE", help=tr("cli.help.recipe.name"))
    parser = group.add("export", export_recipes)
    parser.add_argument("names", nargs="*", metavar="RECIPE", help=tr("cli.help.recipe.names"))
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("cli.help.recipe.out"))
    parser = group.add("import", import_recipes)
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("cli.help.recipe.file"))


def list_recipes(desk: Desk, options: argparse.Namespace) -> Outcome:
    """All recipes with the fields they change."""
    told = [{"name": name, "operations": edit.to_json()} for name, edit in _recipes(desk).all().items()]
    rows = [
        (name, ", ".join(tr(f"bulk_edit.field.{field}") for field in edit.fields))
        for name, edit in _recipes(desk).all().items()
    ]
    return Outcome({"recipes": told}, [*(table(rows) if rows else []), tr("cli.recipes", n=len(told))])


def keep_recipe(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Keep settings under a name; nothing is edited. Raises: as `edit`, BadRecipe."""
    edit = wanted_edit(desk, desk.store(options.store).id, options.settings)
    name = _recipes(desk).keep(options.name, edit)
    return Outcome({"recipe": name, "operations": edit.to_json()}, [tr("cli.recipe_kept", name=name)])


def remove_recipe(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Forget a recipe. Raises: NoSuchRecipe, BadRecipe."""
    name = _recipes(desk).remove(options.name)
    return Outcome({"recipe": name}, [tr("cli.recipe_removed", name=name)])


def export_recipes(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Write recipes to a file. Raises: NoSuchRecipe, BadRecipe."""
    names = _recipes(desk).export(options.out, options.names)
    said = tr("cli.recipes_written", n=len(names), file=options.out)
    return Outcome({"recipes": names, "file": str(options.out)}, [said])


def import_recipes(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Keep the recipes of a file. Raises: see `Recipes.take`; then nothing is kept."""
    names = _recipes(desk).take(options.file)
    return Outcome({"recipes": names}, [tr("cli.recipes_taken", n=len(names), names=", ".join(names))])


def _recipes(desk: Desk) -> Recipes:
    from app.services.listings.bulk_edit.recipes import Recipes

    return Recipes(desk.app.data_dir)
