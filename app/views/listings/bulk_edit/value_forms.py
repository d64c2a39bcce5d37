"""Choosing one of the store's values: category, templates, groups, units; attributes by name."""

from __future__ import annotations

from app.services.listings.bulk_edit.operations import Operation, RemoveAttribute, SetAttribute, SetValue
from app.views.listings.bulk_edit.parts import Form, Line, OptionBox, Surroundings
from app.views.listings.category_field import CategoryField
from app.views.widgets.label import Label

LISTS = {
    "freight_template_id": "templates",
    "service_template_id": "services",
    "group_id": "groups",
    "unit": "units",
    "marketing_group": "marketing_groups",
    "warehouse_kind": "warehouse_kinds",
}


class ValueForm(Form):
    """A template, group or unit from a list; a group can be taken away."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.field = field
        self.value = OptionBox()
        self.add("choice", self.value, key=f"bulk_edit.field.{field}")
        self.show_choices()

    def show_choices(self) -> None:
        """Those of the stores."""
        found = [(one.id, one.name) for one in getattr(self.around.choices, LISTS[self.field])]
        self.value.show_named(found)
        self.value.setEnabled(bool(found))

    def fill(self, operation: SetValue) -> None:
        """The value, where the stores have it."""
        self.value.choose(operation.value)

    def operation(self) -> Operation | None:
        """The value chosen."""
        return SetValue(self.field, self.value.value) if self.value.value is not None else None


class CategoryForm(Form):
    """A leaf category, found by words of its path."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self._id = ""
        self.category = CategoryField(around.context.runner, self._find)
        self.add("category", self.category, key="bulk_edit.field.category_id")
        self.category.chosen.connect(self._on_chosen)
        self.lines.addWidget(Label("bulk_edit.category_hint", role="small", ink="text3", wrap=True))

    def watch(self, control: object) -> None:
        """Only a category that was chosen counts, not the words typed to find it."""

    def _find(self, text: str) -> object:
        stores = self.around.choices.stores
        return self.around.context.services.bulk_edit.find_categories(stores[0][0], text) if stores else []

    def _on_chosen(self, category_id: str) -> None:
        self._id = category_id
        self.changed.emit()

    def operation(self) -> Operation | None:
        """The category chosen."""
        return SetValue("category_id", self._id) if self._id else None


class AttributeForm(Form):
    """An attribute by its name: given a value, or taken away."""

    def __init__(self, around: Surroundings, field: str, action: str) -> None:
        super().__init__(around)
        self.is_removal = action == "remove_attribute"
        self.name = Line()
        self.value = None if self.is_removal else Line()
        self.add("name", self.name)
        if self.value is not None:
            self.add("attribute_value", self.value)

    def fill(self, operation: SetAttribute | RemoveAttribute) -> None:
        """Name and value."""
        self.name.setText(operation.name)
        if self.value is not None and isinstance(operation, SetAttribute):
            self.value.setText(operation.value)

    def operation(self) -> Operation | None:
        """Name and value."""
        name = self.name.text().strip()
        if self.value is None:
            return RemoveAttribute(name) if name else None
        value = self.value.text().strip()
        return SetAttribute(name, value) if name and value else None
