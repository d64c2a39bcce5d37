"""The editor's controls and where they stand (mock 01); `editor` fills them and tells what is typed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.messages import tr
from app.views.language import say
from app.views.listings.attribute_editor import AttributeEditor
from app.views.listings.attribute_list import AttributeList
from app.views.listings.image_strip import ImageStrip
from app.views.listings.lines import ChoiceBox, HtmlBox, NumberLine, TextLine, whole_number
from app.views.listings.regional_editor import RegionalEditor
from app.views.listings.sku_grid import SkuGrid
from app.views.listings.variant_editor import VariantEditor
from app.views.numbers import kilograms
from app.views.theme import current_theme
from app.views.widgets.buttons import Button, IconButton
from app.views.widgets.form import Field, Section
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.views.listings.category_field import CategoryField
    from app.views.thumbnails import Thumbnails

SIDES = ("length_cm", "width_cm", "height_cm")
GROUPED = {
    **dict.fromkeys(("weight_g", *SIDES), "weight_g"),
    **dict.fromkeys(("unit", "lot_size"), "unit"),
    **dict.fromkeys(("group_id", "handling_days"), "group_id"),
}
"""Several controls share one line: whose sentence stands below which."""
SECTIONS = ("images", "skus", "regional_prices", "attributes", "extra", "detail_html")


class EditorForm(Ground):
    """Fields, pictures, variants, folded sections.

    Attributes:
        fields: lines of the form by the name of their first control.
        sections: by name; `notes` are the sentences in them about what is wrong.
    """

    def __init__(self, category: CategoryField, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        self._is_built = False
        super().__init__("surface", parent=parent)
        self.title, self.keywords = TextLine(), TextLine()
        say(self.keywords, "listings.keywords_hint", "toolTip")
        say(self.keywords, "listings.keywords_hint", "placeholderText")
        self.counter = Label(role="micro", ink="text3")
        self.category_id = category
        self.group_id, self.freight_template_id, self.unit = ChoiceBox(), ChoiceBox(), ChoiceBox()
        self.currency, self.service_template_id = ChoiceBox(), ChoiceBox()
        self.weight_g = NumberLine(partial(whole_number, scale=1000), kilograms)
        self.length_cm, self.width_cm, self.height_cm = (NumberLine(whole_number, str) for _ in SIDES)
        self.handling_days = NumberLine(whole_number, str)
        self.lot_size = NumberLine(whole_number, str, needs_value=True)
        self.images = ImageStrip(pictures)
        self.grid = SkuGrid()
        self.variant = VariantEditor()
        self.properties_button = Button("listings.variant.properties", kind="link", icon_name="edit")
        self.add_variant_button = Button("listings.variant.add", kind="link", icon_name="plus")
        self.remove_variant_button = IconButton("trash", "listings.variant.remove", size=14)
        self.regional_prices = RegionalEditor()
        self.attributes = AttributeEditor()
        self.extra_list = AttributeList()
        self.detail_html = HtmlBox()
        self.fields: dict[str, Field] = {}
        self.notes: dict[str, Label] = {}
        self.sections: dict[str, Section] = {}
        self._build()
        self._is_built = True
        self.dress()

    @property
    def numbers(self) -> dict[str, NumberLine]:
        """Number lines by the name of what they hold."""
        names = ("weight_g", *SIDES, "handling_days", "lot_size")
        return {name: getattr(self, name) for name in names}

    @property
    def texts(self) -> dict[str, TextLine]:
        """Text lines by name."""
        return {"title": self.title, "keywords": self.keywords}

    @property
    def boxes(self) -> dict[str, ChoiceBox]:
        """Choices by name."""
        names = ("group_id", "freight_template_id", "service_template_id", "unit", "currency")
        return {name: getattr(self, name) for name in names}

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        whole = column(self, gap=0)
        form = Ground("surface")
        lines = column(form, gap=5)
        lines.setContentsMargins(14, 8, 14, 10)
        for name, control, extra in (
            ("title", self.title, self.counter),
            ("keywords", self.keywords, None),
            ("category_id", self.category_id, None),
            ("group_id", self._group_line(), None),
            ("freight_template_id", self.freight_template_id, None),
            ("service_template_id", self.service_template_id, None),
            ("weight_g", self._package_line(), None),
            ("unit", self._unit_line(), None),
            ("currency", self.currency, None),
        ):
            self.fields[name] = Field(f"listings.field.{name}", control, extra=extra)
            lines.addWidget(self.fields[name])
        whole.addWidget(form)
        for name, body, edges in (
            ("images", self.images, 12),
            ("skus", self._variants(), 0),
            ("regional_prices", self.regional_prices, 0),
            ("attributes", self.attributes, 0),
            ("extra", self.extra_list, 0),
            ("detail_html", self.detail_html, 14),
        ):
            whole.addWidget(self._section(name, body, edges))
        for name in SECTIONS[2:]:
            self.sections[name].fold()
        for button in (self.properties_button, self.add_variant_button, self.remove_variant_button):
            self.sections["skus"].head.row.addWidget(button)
        whole.addStretch(1)

    def _variants(self) -> QWidget:
        """The grid, and below it what tells the chosen variants apart, until it is asked for."""
        body = Ground("surface")
        lines = column(body)
        lines.addWidget(self.grid)
        lines.addWidget(self.variant)
        self.variant.hide()
        return body

    def _section(self, name: str, inside: QWidget, edges: int) -> Section:
        """A section whose note below says what is wrong in it."""
        body = Ground("surface")
        lines = column(body, gap=4)
        lines.setContentsMargins(edges, 2, edges, 8)
        lines.addWidget(inside)
        note = Label(role="small", ink="red", wrap=True)
        note.setContentsMargins(14 - edges, 0, 14 - edges, 0)
        note.hide()
        lines.addWidget(note)
        self.notes[name] = note
        foldable = name not in ("images", "skus")
        self.sections[name] = Section(f"listings.section.{name}", body, foldable=foldable)
        return self.sections[name]

    def _group_line(self) -> QWidget:
        """Group, then the handling time in days."""
        body, line = _line()
        line.addWidget(self.group_id, 1)
        line.addWidget(Label("listings.field.handling_days", role="small", ink="text2"))
        line.addWidget(self.handling_days)
        line.addWidget(Label("listings.days", role="small", ink="text2"))
        return body

    def _package_line(self) -> QWidget:
        """Weight in kg, then length × width × height in cm."""
        body, line = _line(gap=4)
        line.addWidget(self.weight_g, 3)
        line.addWidget(Label("unit.kg", role="small", ink="text2"))
        for number, name in enumerate(SIDES):
            if number:
                line.addWidget(Label("listings.times", role="small", ink="text2"))
            line.addWidget(getattr(self, name), 2)
        line.addWidget(Label("unit.cm", role="small", ink="text2"))
        return body

    def _unit_line(self) -> QWidget:
        """Unit of sale, then the pieces in a lot."""
        body, line = _line()
        line.addWidget(self.unit, 1)
        line.addWidget(Label("listings.field.lot_size", role="small", ink="text2"))
        line.addWidget(self.lot_size)
        return body

    # -- live --------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Names of controls that share a line, for screen readers."""
        if not self._is_built:
            return  # the frame dresses itself before the controls are made
        for name in (*self.numbers, "group_id", "unit"):
            getattr(self, name).setAccessibleName(tr(f"publish.field.{name}"))
        self.detail_html.setAccessibleName(tr("listings.section.detail_html"))

    def restyle(self) -> None:
        """Sizes follow the text."""
        super().restyle()
        if not self._is_built:
            return
        theme = current_theme()
        metrics, high = theme.metrics("body"), theme.height(26)
        for line, sample in (
            *((self.numbers[name], "999") for name in SIDES),
            *((self.numbers[name], "9999") for name in ("handling_days", "lot_size")),
            (self.weight_g, "99.999"),
        ):
            line.setMinimumSize(metrics.horizontalAdvance(sample) + 18, high)
        for name in ("handling_days", "lot_size"):
            self.numbers[name].setFixedWidth(metrics.horizontalAdvance("9999") + 20)
        for box in self.boxes.values():
            box.setMinimumHeight(high)
        self.detail_html.setFixedHeight(theme.height(180))
        self.detail_html.setFont(theme.font("small"))


def _line(gap: int = 8) -> tuple[QWidget, QHBoxLayout]:
    body = QWidget()
    line = row(body, gap=gap)
    line.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    return body, line
