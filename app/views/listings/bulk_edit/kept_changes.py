"""Operations of a recipe as cards: which field and way one is, and its form filled in."""

from __future__ import annotations

from typing import Any

from app.services.listings.bulk_edit.edits import field_of
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
    Operation,
    RemoveAttribute,
    RemoveImages,
    RemoveKeyword,
    RemoveTag,
    ReorderImages,
    ReplaceImage,
    ReplaceText,
    SetAttribute,
    SetText,
    SetValue,
    StripTags,
)
from app.views.listings.bulk_edit.parts import Form, Surroundings
from app.views.widgets.label import Label

_WAYS: dict[type[Any], str] = {
    SetText: "set_text",
    ReplaceText: "replace",
    AddText: "around",
    ChangeCase: "case",
    AddKeyword: "add_keyword",
    RemoveKeyword: "remove_keyword",
    SetValue: "choose",
    ConvertInches: "convert",
    AddImages: "add_images",
    ReorderImages: "put_first",
    ReplaceImage: "replace_same",
    InsertDetail: "insert",
    StripTags: "strip",
    SetAttribute: "set_attribute",
    RemoveAttribute: "remove_attribute",
    AddTag: "add_tag",
    RemoveTag: "remove_tag",
    FixFindings: "fix",
}


def place_of(operation: Operation) -> tuple[str, str]:
    """Field and way of the card an operation belongs on."""
    if isinstance(operation, ChangeNumber):
        return operation.field, operation.action
    if isinstance(operation, RemoveImages):
        return "images", "remove_at" if operation.positions else "remove_same"
    return field_of(operation), _WAYS[type(operation)]


class KeptForm(Form):
    """An operation that no form can be filled in with to the letter: it is used as it is kept."""

    def __init__(self, around: Surroundings, operation: Operation) -> None:
        super().__init__(around)
        self._operation = operation
        self.add("kept", Label("bulk_edit.as_kept", role="small", ink="text2", wrap=True))

    def operation(self) -> Operation | None:
        """As it was kept."""
        return self._operation
