"""Recipes in the dialog: put in as cards to the letter, kept from what is typed, shared by file."""

from __future__ import annotations

from decimal import Decimal

from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import (
    AddImages,
    AddKeyword,
    AddTag,
    AddText,
    ChangeCase,
    ChangeNumber,
    ConvertInches,
    FixFindings,
    InsertDetail,
    Limits,
    RemoveAttribute,
    RemoveImages,
    RemoveKeyword,
    RemoveTag,
    ReorderImages,
    ReplaceImage,
    ReplaceText,
    Rounding,
    SetAttribute,
    SetText,
    SetValue,
    StripTags,
)
from app.views.listings.bulk_edit.kept_changes import KeptForm

HASH = "ab" * 32
ROUND = Rounding(Decimal(1), Decimal("0.99"), "up")
SHOWN = (
    SetText("title", "Lamp"),
    SetText("detail_html", "<p>a</p>\n<p>b</p>"),
    ReplaceText("keywords", "a ", " b", is_regex=True, match_case=True),
    AddText("title", "New ", " XL"),
    ChangeCase("title", "lower"),
    AddKeyword("lamp"),
    RemoveKeyword("lamp"),
    SetValue("freight_template_id", "7001"),
    ChangeNumber("price_minor", "multiply", Decimal("1.10"), "", ROUND, Limits(Decimal(3), None, Decimal("0.5")), True),
    ChangeNumber("stock", "formula", formula="stock * 2"),
    ChangeNumber("weight_g", "percent", Decimal("-2.5")),
    ConvertInches(False, ("detail_html",), False),
    AddImages(("a.jpg", "b.jpg"), "start"),
    RemoveImages(positions=(0, 4)),
    ReorderImages((2, 0)),
    InsertDetail("<p>a</p>", "start"),
    StripTags(),
    SetAttribute("Material", "Brass"),
    RemoveAttribute("Material"),
    AddTag("June"),
    RemoveTag("June"),
    FixFindings("title.emoji"),
)
AS_KEPT = (
    SetValue("group_id", "of another store"),
    SetValue("category_id", "200"),
    ChangeNumber("height_cm", "set", Decimal(5), rounding=Rounding(Decimal(3))),
    RemoveImages((HASH,)),
    RemoveImages((HASH,), (1,)),
    ReplaceImage(HASH, "new.jpg"),
    SetAttribute("Material", "Brass", "2", "7"),
    SetText("title", ""),
)


def test_a_recipe_is_put_in_kept_shared_and_removed(open_edit, lane, tmp_path, qtbot):
    """Every operation comes out as it went in; what a form cannot say is used as it is kept."""
    user = open_edit()
    dialog, menu = user.dialog, user.dialog.recipes
    user.settle()
    qtbot.waitUntil(lambda: bool(dialog.choices.templates))
    changes = dialog.changes
    changes.put_in(BulkEdit((*SHOWN, *AS_KEPT)))
    assert changes.read() == BulkEdit((*SHOWN, *AS_KEPT))
    kept = [card.read() for card in changes.cards if isinstance(card.form, KeptForm)]
    assert tuple(kept) == AS_KEPT

    said: list[str] = []
    menu.said.connect(said.append)

    def does(act, *given):
        count = len(said)
        act(*given)
        qtbot.waitUntil(lambda: len(said) > count)

    does(menu.keep, "All & more")
    recipes = dialog._desk.recipes
    assert recipes.all() == {"All & more": changes.read()}
    does(menu.export, str(tmp_path / "out.json"))
    does(menu._remove, "All & more")
    assert recipes.all() == {}
    does(menu.take, [tmp_path / "out.json"])
    does(menu.take, [tmp_path / "none.json"])
    assert "All & more" in said[-2] and "none.json" in said[-1]
    shown = menu.menu(recipes.all())
    assert next(one.text() for one in shown.actions()) == "All && more"
    changes.put_in(BulkEdit((ChangeNumber("height_cm", "set", Decimal(5), rounding=Rounding(Decimal(3))),)))
    assert changes.read() is None and changes.problem, "a number worked out twice"
