"""Settings as they are typed: every function of the list, limits behind a formula, places of what cannot be read."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from app.messages import Messages
from app.services.compliance import load_context
from app.services.listings.bulk_edit.formulas import KNOWN_ELSEWHERE, NAMES
from app.services.listings.bulk_edit.operations import (
    AddImages,
    BadOperation,
    ChangeNumber,
    ConvertInches,
    InsertDetail,
    Limits,
    RemoveAttribute,
    RemoveImages,
    ReorderImages,
    ReplaceImage,
    SetAttribute,
    StripTags,
)
from app.services.listings.bulk_edit.pictures import UnreadableFile
from app.services.listings.bulk_edit.typed import FIELDS, LIMIT_FORMS, BadSetting, parse_setting
from app.services.listings.bulk_edit.typed_functions import FUNCTIONS, TEXTS

HASH = "ab" * 32
URL = "https://pictures.example.com/a.jpg"


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        (f'images=add("{URL}", "//b.example.com/b.jpg")', AddImages((URL, "//b.example.com/b.jpg"))),
        (f'images = add_first( "{URL}" )', AddImages((URL,), "start")),
        (f'images=remove("{HASH.upper()}", 2, 1)', RemoveImages((HASH,), (1, 0))),
        ("images=remove(12)", RemoveImages(positions=(11,))),
        ("images=first(3, 1)", ReorderImages((2, 0))),
        (f'images=replace("{HASH}", "{URL}")', ReplaceImage(HASH, URL)),
        ('attributes=set("Material", "Brass")', SetAttribute("Material", "Brass")),
        ('attributes=remove("Material")', RemoveAttribute("Material")),
        ('detail=before("<p>a</p>")', InsertDetail("<p>a</p>", "start")),
        ('detail=after("<p>a</p>")', InsertDetail("<p>a</p>")),
        ("detail=strip_tags()", StripTags()),
        ("inches=to_cm()", ConvertInches()),
        ('inches=to_cm("package", "detail")', ConvertInches(True, ("detail_html",), False)),
        (
            "price=price*2; least=3 ;most=90.5; change=30%;per = listing",
            ChangeNumber(
                "price_minor", "formula", formula="price*2", per_listing=True,
                limits=Limits(Decimal(3), Decimal("90.5"), Decimal(30)),
            ),
        ),
    ],
)  # fmt: skip
def test_what_can_be_typed(text, operation):
    assert parse_setting(text, None) == operation


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("images=a.jpg", "bad_setting", 8),
        ('images=first("a")', "bad_setting", 14),
        ("images=first(0)", "bad_setting", 14),
        ("images=first()", "bad_setting", 14),
        ("images=add(3)", "bad_setting", 12),
        ("images=remove(1 2)", "bad_setting", 15),
        (f'images=replace("{HASH}")', "bad_setting", 82),
        ('attributes=set("a")', "bad_setting", 19),
        ('attributes=set("a", "b", "c")', "bad_setting", 24),
        ("attributes=Brass", "bad_setting", 12),
        ('inches=to_cm("keywords")', "bad_setting", 14),
        ("inches=to_cm() x", "bad_setting", 15),
        ("price=1; least=x", "bad_limit", 9),
        ("price=1; least=1; least=2", "bad_limit", 18),
        ("price=1; least=listing", "bad_limit", 9),
        ("price=1; per=1", "bad_limit", 9),
        ("weight=1; per=listing", "bad_limit", 10),
        ("price=1;", "bad_limit", 9),
    ],
)
def test_what_cannot_be_read_says_where(text, code, position):
    with pytest.raises(BadSetting) as caught:
        parse_setting(text, None)
    assert (caught.value.error_code, caught.value.params["position"]) == (f"bulk_edit.{code}", position)


def test_a_function_of_another_field_is_named():
    with pytest.raises(BadSetting) as caught:
        parse_setting("detail=upper()", None)
    assert caught.value.params == {"function": "upper", "name": "detail"}
    with pytest.raises(BadSetting, match="not_for_field"):
        parse_setting("images=to_cm()", None)


def test_pictures_are_files_that_are_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"lamp")
    whole, found = str(tmp_path / "a.jpg"), hashlib.sha256(b"lamp").hexdigest()
    assert parse_setting('images=add("a.jpg")', None) == AddImages((whole,))
    assert parse_setting('images=replace("a.jpg", "./a.jpg")', None) == ReplaceImage(found, whole)
    assert parse_setting('images=remove("a.jpg")', None) == RemoveImages((found,))
    for text in ('images=add("b.jpg")', 'images=remove("b.jpg")', 'images=add("")', 'images=remove("")'):
        with pytest.raises(UnreadableFile):
            parse_setting(text, None)


@pytest.mark.parametrize("number", ["-1", "NaN", "Infinity", "1E+12", "0.1234567"])
def test_a_limit_is_a_plain_number(number):
    with pytest.raises(BadOperation, match="bad_number"):
        Limits(least=Decimal(number))


def test_limits_that_no_result_keeps_are_refused():
    with pytest.raises(BadOperation, match="bad_limits"):
        parse_setting("price=price * 1.1; least=1200; most=1000", None)
    assert parse_setting("price=price * 1.1; least=10; most=10", None).limits == Limits(Decimal(10), Decimal(10))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_help_lists_every_field_and_function(language):
    found = Messages(language).text("cli.help.edit.forms")
    assert [name for name in FIELDS if name not in found] == []
    usages = [one.usage for functions in FUNCTIONS.values() for one in functions.values()]
    assert [one for one in usages if one not in found] == []
    assert [one for one in LIMIT_FORMS if one not in found] == []
    assert set(TEXTS) <= set(FUNCTIONS) and set(NAMES) - set(KNOWN_ELSEWHERE) <= set(FIELDS)


def test_a_name_that_several_groups_have_is_told_with_their_ids(db, write):
    for number in ("71", "55"):
        write(
            "INSERT INTO product_group (store_id, group_id, parent_id, name, synced_ms) "
            f"VALUES (1, '{number}', 'up{number}', 'Accessories', 0)"
        )
    with db.read() as session:
        context = load_context(session, 1)
    with pytest.raises(BadSetting) as caught:
        parse_setting("group=accessories", context)
    assert (caught.value.error_code, caught.value.params["ids"]) == ("bulk_edit.ambiguous_value", "55, 71")
