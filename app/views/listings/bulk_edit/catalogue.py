"""Which fields can be changed how, and the form for each way: what a person chooses from, in that order."""

from __future__ import annotations

from collections.abc import Callable

from app.services.listings.bulk_edit.operations import LISTING_NUMBERS, NUMBER_FIELDS
from app.services.regional_prices import KINDS
from app.views.listings.bulk_edit.image_forms import AddImagesForm, PlacesForm, SameImageForm
from app.views.listings.bulk_edit.number_form import NumberForm
from app.views.listings.bulk_edit.parts import Form, Surroundings
from app.views.listings.bulk_edit.regional_forms import RegionalForm, RemoveRegionalForm
from app.views.listings.bulk_edit.text_forms import (
    AddTextForm,
    CaseForm,
    FixForm,
    InchesForm,
    InsertForm,
    KeywordForm,
    ReplaceForm,
    SetTextForm,
    StripForm,
    TagForm,
)
from app.views.listings.bulk_edit.value_forms import AttributeForm, CategoryForm, ValueForm
from app.views.widgets.label import Label

Make = Callable[[Surroundings, str, str], Form]

_NUMBER: dict[str, Make] = dict.fromkeys(("percent", "multiply", "add", "set", "formula"), NumberForm)
_TEXT: dict[str, Make] = {"replace": ReplaceForm, "around": AddTextForm, "set_text": SetTextForm}
FIELDS: dict[str, dict[str, Make]] = {
    "price_minor": _NUMBER,
    "stock": {name: _NUMBER[name] for name in ("set", "add", "multiply", "percent", "formula")},
    "title": {**_TEXT, "case": CaseForm},
    "keywords": {"add_keyword": KeywordForm, "remove_keyword": KeywordForm, **_TEXT, "case": CaseForm},
    "category_id": {"choose": CategoryForm},
    "freight_template_id": {"choose": ValueForm},
    "service_template_id": {"choose": ValueForm},
    "group_id": {"choose": ValueForm},
    "marketing_group": {"choose": ValueForm},
    "warehouse_kind": {"choose": ValueForm},
    "unit": {"choose": ValueForm},
    **{
        name: {way: _NUMBER[way] for way in ("set", "add", "multiply", "percent", "formula")}
        for name in LISTING_NUMBERS
    },
    "fix": {"fix": FixForm},
    "inches": {"convert": InchesForm},
    "images": {
        "add_images": AddImagesForm,
        "remove_at": PlacesForm,
        "remove_same": SameImageForm,
        "put_first": PlacesForm,
        "replace_same": SameImageForm,
    },
    "detail_html": {"insert": InsertForm, **_TEXT, "strip": StripForm},
    "tags": {"add_tag": TagForm, "remove_tag": TagForm},
    "regional_prices": {**dict.fromkeys(KINDS, RegionalForm), "remove_regional": RemoveRegionalForm},
    "attributes": {"set_attribute": AttributeForm, "remove_attribute": AttributeForm},
}
"""Field → way → its form. A number can be changed once only, everything else as often as wanted."""
ONCE = NUMBER_FIELDS


def make_form(around: Surroundings, field: str, way: str) -> Form:
    """The form for changing *field* this *way*."""
    form = FIELDS[field][way](around, field, way)
    if field == "keywords":
        form.lines.addWidget(Label("bulk_edit.keywords_hint", role="small", ink="text3", wrap=True))
    return form
