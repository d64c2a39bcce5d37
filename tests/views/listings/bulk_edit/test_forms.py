"""Every way of changing a field: what is filled in becomes the operation; what is missing or wrong is not one."""

import hashlib
from decimal import Decimal

import pytest

from app.services.listings.bulk_edit.operations import (
    AddImages,
    AddKeyword,
    AddTag,
    AddText,
    ChangeCase,
    ChangeNumber,
    ConvertInches,
    InsertDetail,
    Limits,
    RemoveAttribute,
    RemoveImages,
    RemoveKeyword,
    RemoveTag,
    ReorderImages,
    ReplaceImage,
    Rounding,
    SetAttribute,
    SetText,
    SetValue,
    StripTags,
)
from app.views.language import language
from app.views.listings.bulk_edit.catalogue import FIELDS
from app.views.listings.bulk_edit.image_forms import places


@pytest.fixture
def user(open_edit, lamps):
    """A person with the dialog open."""
    return open_edit(lamps)


def form_of(user, field, way):
    user.chooses(user.card().field, field)
    if user.card().way.isVisible():
        user.chooses(user.card().way, way)
    return user.card().form


class TestTexts:
    @pytest.mark.parametrize(
        ("field", "way", "filled", "made"),
        [
            ("title", "set_text", {"text": "New Lamp"}, SetText("title", "New Lamp")),
            ("title", "around", {"prefix": "Hot ", "suffix": " 2026"}, AddText("title", "Hot ", " 2026")),
            ("keywords", "add_keyword", {"keyword": "lamp"}, AddKeyword("lamp")),
            ("keywords", "remove_keyword", {"keyword": "lamp"}, RemoveKeyword("lamp")),
            ("tags", "add_tag", {"tag": " June  sale "}, AddTag("June sale")),
            ("tags", "remove_tag", {"tag": "June"}, RemoveTag("June")),
            ("attributes", "remove_attribute", {"name": "Plug"}, RemoveAttribute("Plug")),
            (
                "attributes",
                "set_attribute",
                {"name": "Material", "attribute_value": "Oak"},
                SetAttribute("Material", "Oak"),
            ),
            ("images", "remove_at", {"places": "1, 3-4"}, RemoveImages(positions=(0, 2, 3))),
            ("images", "put_first", {"places": "3"}, ReorderImages((2,))),
        ],
    )
    def test_lines(self, user, field, way, filled, made):
        form = form_of(user, field, way)
        assert form.read() is None and not form.is_wrong  # nothing is filled in yet: no error either
        for name, text in filled.items():
            user.types(user.field(name), text)
        assert form.read() == made

    def test_html(self, user):
        form = form_of(user, "detail_html", "insert")
        form.html.setPlainText("<p>Two years of warranty</p>")
        user.chooses(form.at, "start")
        assert form.read() == InsertDetail("<p>Two years of warranty</p>", "start")
        assert form_of(user, "detail_html", "strip").read() == StripTags()
        form = form_of(user, "detail_html", "set_text")
        form.text.setPlainText("<p>New</p>")
        assert form.read() == SetText("detail_html", "<p>New</p>")

    def test_case(self, user):
        form = form_of(user, "title", "case")
        assert form.read() is None
        user.chooses(form.case, "upper")
        assert form.read() == ChangeCase("title", "upper")

    def test_inches(self, user):
        form = form_of(user, "inches", "convert")
        assert form.read() == ConvertInches(True, ("title", "detail_html"), True)
        user.presses(form.boxes["package"])
        user.presses(form.boxes["title"])
        user.presses(form.boxes["attributes"])
        assert form.read() == ConvertInches(False, ("detail_html",), False)
        user.presses(form.boxes["detail"])
        assert form.read() is None


class TestNumbers:
    def test_everything_that_can_be_said_of_a_price(self, user):
        form = form_of(user, "price_minor", "add")
        user.types(user.field("value"), "-1.5")
        user.chooses(form.rounding, "step_005")
        user.chooses(form.direction, "up")
        form.section.fold(False)
        for name, text in (("least", "2"), ("most", "90,5"), ("change_percent", "30 %")):
            user.types(user.field(name), text)
        user.presses(form.per_listing)
        assert form.read() == ChangeNumber(
            "price_minor",
            "add",
            Decimal("-1.5"),
            rounding=Rounding(Decimal("0.05"), Decimal(0), "up"),
            limits=Limits(Decimal(2), Decimal("90.5"), Decimal(30)),
            per_listing=True,
        )

    def test_a_number_of_the_listing_has_no_variants(self, user):
        form = form_of(user, "handling_days", "set")
        assert form.per_listing is None
        user.types(user.field("value"), "7")
        assert form.read() == ChangeNumber("handling_days", "set", Decimal(7))

    def test_a_wrong_limit_is_said_below_it(self, user):
        form = form_of(user, "price_minor", "set")
        form.section.fold(False)
        user.types(user.field("value"), "5")
        user.types(user.field("most"), "many")
        assert form.read() is None and form.is_wrong
        assert "many" in form.fields["most"].problem.text()
        assert not form.fields["value"].problem.text()

    def test_beyond_reason(self, user):
        form = form_of(user, "price_minor", "multiply")
        user.types(user.field("value"), "-2")
        assert form.read() is None and "-2" in user.problem()


class TestValues:
    def test_values_of_the_store(self, user):
        for field, id in (("freight_template_id", "7001"), ("group_id", "55")):
            form = form_of(user, field, "choose")
            assert form.read() is None
            user.chooses(form.value, id)
            assert form.read() == SetValue(field, id)

    def test_units_are_named_in_both_languages(self, user):
        form = form_of(user, "unit", "choose")
        english = form.value.itemText(0)
        user.chooses(form.value, form.value.itemData(0))
        language.set_language("zh")
        user.settle()
        assert form.value.itemText(0) != english
        assert form.read() == SetValue("unit", form.value.itemData(0))

    def test_a_category_that_was_chosen(self, user):
        form = form_of(user, "category_id", "choose")
        user.types(user.field("category"), "lamps")
        assert form.read() is None  # words to find it are no category
        form.category.chosen.emit("9")
        assert form.read() == SetValue("category_id", "9")
        user.settle()

    def test_two_stores_are_told_apart(self, open_edit, lamps, other_store):
        user = open_edit()
        assert user.dialog.windowTitle() == "Bulk edit · 3 listings in 2 stores"
        form = form_of(user, "freight_template_id", "choose")
        names = [form.value.itemText(at) for at in range(form.value.count())]
        assert "Small parcels · 晨帆数码" in names
        assert all(name.endswith(" · 晨帆数码") for name in names)  # the other store has none yet


class TestPictures:
    def test_files_one_a_line(self, user):
        form = form_of(user, "images", "add_images")
        form.sources.setPlainText("C:/lamp 1.jpg\n\n https://example.com/2.jpg ")
        assert form.read() == AddImages(("C:/lamp 1.jpg", "https://example.com/2.jpg"), "end")

    def test_the_same_as_a_file(self, user, tmp_path):
        (tmp_path / "old.jpg").write_bytes(b"old")
        form = form_of(user, "images", "remove_same")
        form.old.setText(str(tmp_path / "old.jpg"))
        user.qtbot.waitUntil(lambda: form.read() is not None)
        (hashed,) = form.read().hashes
        assert hashed == hashlib.sha256(b"old").hexdigest()
        form = form_of(user, "images", "replace_same")
        form.old.setText(str(tmp_path / "old.jpg"))
        form.new.setText("new.jpg")
        user.qtbot.waitUntil(lambda: form.read() is not None)
        assert form.read() == ReplaceImage(hashed, "new.jpg")

    def test_a_file_that_is_not_there(self, user, tmp_path):
        form = form_of(user, "images", "remove_same")
        form.old.setText(str(tmp_path / "none.jpg"))
        user.qtbot.waitUntil(lambda: form.is_wrong)
        assert "none.jpg" in user.problem()
        user.settle()

    @pytest.mark.parametrize(
        ("text", "found"),
        [("", ()), ("1", (0,)), ("2，4、1", (1, 3, 0)), ("3-5", (2, 3, 4)), ("1 - 2 2", (0, 1))],
    )
    def test_places(self, text, found):
        assert places(text) == found

    @pytest.mark.parametrize("text", ["0", "x", "3-1", "101", "1-"])
    def test_no_places(self, text):
        with pytest.raises(ValueError):
            places(text)

    def test_no_places_are_said(self, user):
        form = form_of(user, "images", "remove_at")
        user.types(user.field("places"), "first")
        assert form.read() is None
        assert user.problem() == "“first” is no place of an image. Write 1, 3-5."


def test_every_field_and_way_has_a_form_and_its_names(user, each_language):
    for field, ways in FIELDS.items():
        for way in ways:
            form = form_of(user, field, way)
            assert user.card().field.currentText() and user.card().way.currentText()
            assert all(line.label.text() for line in form.fields.values())
            assert form.around is not None
