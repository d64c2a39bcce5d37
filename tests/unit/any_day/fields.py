"""The texts and choices of a listing in the simple model: what is drawn, how a bulk edit changes it, what is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from app.services.listings.bulk_edit.operations import (
    AddKeyword,
    InsertDetail,
    Operation,
    RemoveAttribute,
    RemoveKeyword,
    ReplaceText,
    SetAttribute,
    SetValue,
)
from tests.unit.any_day.world import GROUPS, LEAVES, MATERIALS, TEMPLATES, Row

METALS = ("Brass", "Steel", "Copper")
STYLE, MATERIAL = "Style", "Material"
metals = st.sampled_from(METALS)
Said = tuple[tuple[str, str, str], ...]
Part = tuple[Operation, Callable[[Row], Row]]

IN_SHEETS = {
    "keywords": st.lists(metals, min_size=1, max_size=3, unique=True).map(", ".join),
    "category_id": st.sampled_from(sorted(LEAVES)),
    "freight_template_id": st.sampled_from(sorted(TEMPLATES)),
    "group_id": st.sampled_from(sorted(GROUPS)),
    "detail_html": metals.map("<p>Solid {}.</p>".format),
    "attributes": st.tuples(
        st.tuples(st.just(STYLE), metals, st.just("")),
        st.tuples(st.just(MATERIAL), st.sampled_from(sorted(MATERIALS)), st.just("")),
    ),
}
"""What a sheet says: of these an empty cell says nothing."""
TYPED = IN_SHEETS | {
    "keywords": st.just("") | IN_SHEETS["keywords"],
    "group_id": st.just("") | IN_SHEETS["group_id"],
    "detail_html": st.just("<p>Plain.</p>") | IN_SHEETS["detail_html"],
    "attributes": st.just(()) | IN_SHEETS["attributes"] | IN_SHEETS["attributes"].map(lambda said: said[:1]),
}
"""What a person types into a row: also nothing."""
sheet_texts = st.fixed_dictionaries(IN_SHEETS)


def stored(name: str, value: Any) -> Any:
    """A value of the model as it is stored."""
    if name != "attributes":
        return value
    return [{"name_id": "", "value_id": "", "name": one, "value": other} for one, other, _ in value]


def bulk_parts(old: str, new: str, draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[str, Part]:
    """Operations of a bulk edit, and what each makes of a row."""
    category, template, group = (draw(TYPED[name]) for name in ("category_id", "freight_template_id", "group_id"))
    material, module = draw(st.sampled_from(sorted(MATERIALS))), f"<p>{new} forever.</p>"
    return {
        "keyword": (AddKeyword(old), lambda row: row | {"keywords": _with(row["keywords"], old)}),
        "no keyword": (RemoveKeyword(old), lambda row: row | {"keywords": _without(row["keywords"], old)}),
        "category": (SetValue("category_id", category), lambda row: row | {"category_id": category}),
        "template": (
            SetValue("freight_template_id", template),
            lambda row: row | {"freight_template_id": template},
        ),
        "group": (SetValue("group_id", group), lambda row: row | {"group_id": group}),
        "detail": (
            ReplaceText("detail_html", old, new),
            lambda row: row | {"detail_html": row["detail_html"].replace(old, new)},
        ),
        "module": (
            InsertDetail(module),
            lambda row: row | {"detail_html": row["detail_html"] + module * (module not in row["detail_html"])},
        ),
        "style": (SetAttribute(STYLE, old), lambda row: row | {"attributes": put(row["attributes"], STYLE, old)}),
        "material": (
            SetAttribute(MATERIAL, material),
            lambda row: row | {"attributes": put(row["attributes"], MATERIAL, material, MATERIALS[material])},
        ),
        "no style": (
            RemoveAttribute(STYLE),
            lambda row: row | {"attributes": tuple(one for one in row["attributes"] if one[0] != STYLE)},
        ),
    }


def from_a_sheet(said: Said, there: Said) -> Said:
    """What a sheet says in words changes nothing where *there* the same is known by its numbers."""
    return there if [one[:2] for one in said] == [one[:2] for one in there] else said


def put(said: Said, name: str, value: str, value_id: str = "") -> Said:
    """*said* with this one: in its place where it has one, else behind the others."""
    if all(one[0] != name for one in said):
        return (*said, (name, value, value_id))
    return tuple((name, value, value_id) if one[0] == name else one for one in said)


def _with(keywords: str, word: str) -> str:
    return keywords if word in keywords.split(", ") else ", ".join(filter(None, (keywords, word)))


def _without(keywords: str, word: str) -> str:
    return ", ".join(one for one in keywords.split(", ") if one != word)


def loses_nothing(row: Row, there: Row | None) -> bool:
    """Whether sending *row* makes *there* the same at once: attributes and groups that go are asked about first."""
    if there is None:
        return True
    names = {one[0] for one in row["attributes"]}
    return bool(row["group_id"] or not there["group_id"]) and names >= {one[0] for one in there["attributes"]}


def on_the_platform(row: Row) -> Row:
    """What the platform keeps of a row: no keywords and tags; pictures under names of its own."""
    kept = {name: row[name] for name in row.keys() - {"tags", "keywords", "images"}}
    return kept | {"attributes": tuple(one[:2] for one in row["attributes"])}


def is_same(one: Row | None, other: Row | None) -> bool:
    """Whether the platform would have the same of both."""
    if one is None or other is None:
        return one is other
    return on_the_platform(one) == on_the_platform(other) and one["images"] == other["images"]


def as_read(there: Row, ours: Row) -> Row:
    """What is known of *there* once it was read: it tells no keywords, and attributes in its own numbers, which stand
    as *ours* where they mean the same."""
    said = tuple((name, value, MATERIALS.get(value, "") * (name == MATERIAL)) for name, value, _ in there["attributes"])
    is_ours = {one[:2] for one in said} == {one[:2] for one in ours["attributes"]}
    return there | {"keywords": ours["keywords"], "attributes": ours["attributes"] if is_ours else said}
