"""Operations are said again as they were, and nonsense is refused before anything is looked at."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.messages import Messages
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import (
    AddImages,
    AddKeyword,
    BadOperation,
    ChangeCase,
    ChangeNumber,
    ConvertInches,
    Limits,
    RemoveImages,
    ReorderImages,
    ReplaceText,
    Rounding,
    SetAttribute,
    SetText,
    SetValue,
    StripTags,
)

NO_NUMBER = {
    "factor": (lambda: ChangeNumber("price_minor", "multiply", Decimal(-1)), "-1 cannot be multiplied by."),
    "percent": (lambda: ChangeNumber("price_minor", "percent", Decimal(-101)), "-101 % cannot be used."),
    "long": (lambda: ChangeNumber("stock", "add", Decimal("0.1234567")), "Stock: 0.1234567 cannot be used."),
    "limit": (lambda: Limits(change_percent=Decimal(-1)), "Change at most: -1 cannot be used."),
    "twice": (lambda: BulkEdit((ChangeNumber("stock", "add"),) * 2), "“Stock” is worked out twice."),
    "field": (lambda: SetText("price_minor", "x"), "“Price” cannot be changed this way."),
    "unknown": (lambda: SetText("colour", "x"), "“colour” cannot be changed this way."),
}


@pytest.mark.parametrize("wrong", NO_NUMBER)
def test_what_cannot_be_is_said_by_its_name_and_how_it_can(wrong):
    make, said = NO_NUMBER[wrong]
    with pytest.raises(BadOperation) as caught:
        make()
    assert Messages("en").text(caught.value.message_key, **caught.value.params).startswith(said)


ALL = BulkEdit(
    (
        SetText("title", "Lamp"),
        ReplaceText("detail_html", "a", "b", is_regex=True),
        ChangeCase("keywords", "lower"),
        AddKeyword("led"),
        SetValue("group_id", "91"),
        ChangeNumber("price_minor", "multiply", Decimal("1.10"), rounding=Rounding(Decimal(1), Decimal("0.99"), "up")),
        ChangeNumber("stock", "formula", formula="stock + 1", limits=Limits(most=Decimal(500))),
        ConvertInches(fields=("title",)),
        AddImages(("a.jpg",), "start"),
        RemoveImages(("ff",), (1, 2)),
        ReorderImages((1, 0)),
        SetAttribute("Material", "Wood"),
        StripTags(),
    )
)


def test_an_edit_is_kept_as_json():
    import orjson

    assert BulkEdit.from_json(orjson.loads(orjson.dumps(ALL.to_json()))) == ALL


@pytest.mark.parametrize("stored", [[{"kind": "Delete"}], [{"kind": "SetText"}], [{}], []])
def test_what_is_no_edit_is_refused(stored):
    with pytest.raises(BadOperation):
        BulkEdit.from_json(stored)


@pytest.mark.parametrize(
    "make",
    [
        lambda: SetText("product_id", "1"),
        lambda: SetValue("title", "1"),
        lambda: ChangeNumber("title", "add"),
        lambda: ChangeNumber("stock", "divide"),
        lambda: ChangeNumber("stock", "add", Decimal("NaN")),
        lambda: ChangeNumber("stock", "add", Decimal("1e9")),
        lambda: ChangeNumber("stock", "multiply", Decimal("-1")),
        lambda: ChangeNumber("stock", "percent", Decimal("-101")),
        lambda: ChangeNumber("stock", "percent", Decimal("1.00001")),
        lambda: ChangeNumber("stock", "multiply", Decimal("1.0000001")),
        lambda: Rounding(Decimal(0)),
        lambda: Rounding(Decimal(1), Decimal(1)),
        lambda: Rounding(Decimal(1), direction="sideways"),
        lambda: ReplaceText("title", "", "x"),
        lambda: ChangeCase("title", "camel"),
        lambda: ConvertInches(fields=("code",)),
        lambda: BulkEdit(()),
        lambda: BulkEdit((ChangeNumber("stock", "add"), ChangeNumber("stock", "add"))),
    ],
)
def test_nonsense_is_refused(make):
    with pytest.raises(BadOperation):
        make()


def test_which_edits_sql_does_alone():
    assert BulkEdit((ChangeNumber("stock", "set"), ChangeNumber("price_minor", "set"))).is_numbers_only
    assert not BulkEdit((ChangeNumber("weight_g", "set"),)).is_numbers_only
    assert not ALL.is_numbers_only
