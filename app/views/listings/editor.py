"""The fields of one listing: every change is saved at once, every finding stands at its field."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.messages import tr
from app.services.compliance.findings import Finding, finding_text
from app.services.compliance.units import resolve_unit, units
from app.services.listings.details import Choice, ListingDetail
from app.services.listings.records import ListingRecord
from app.views.context import ViewContext
from app.views.language import language
from app.views.listings.category_field import CategoryField
from app.views.listings.image_strip import ImageStrip
from app.views.listings.saver import Saver
from app.views.listings.sku_grid import SkuGrid
from app.views.numbers import kilograms, parse_decimal
from app.views.theme import current_theme
from app.views.thumbnails import Thumbnails
from app.views.widgets.form import Field, Section, mark_bad
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label

TITLE_LIMIT = 128
SIDES = ("length_cm", "width_cm", "height_cm")
SKU_FINDINGS = {"sku.code": "code", "sku.price": "price_minor", "sku.stock": "stock", "sku.properties": "label"}
_FIELD_NAMES = (
    "title",
    "keywords",
    "category_id",
    "group_id",
    "handling_days",
    "freight_template_id",
    "unit",
    "lot_size",
)


class ListingEditor(Ground):
    """Shows a `ListingDetail` and tells its `Saver` what the user changes.

    Emits:
        refused: a sentence about what was typed and cannot be stored.
    """

    refused = Signal(str)

    def __init__(self, context: ViewContext, saver: Saver, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        self._is_built = False
        super().__init__("surface", parent=parent)
        self._saver = saver
        self._detail: ListingDetail | None = None
        self._is_filling = False
        desk = context.services.listings
        self.title = QLineEdit(maxLength=1000)
        self.counter = Label(role="micro", ink="text3")
        self.keywords = QLineEdit(maxLength=1000)
        self.category = CategoryField(context.runner, lambda text: desk.find_categories(self._store_id, text))
        self.group_id, self.freight_template_id, self.unit = QComboBox(), QComboBox(), QComboBox()
        self.handling_days, self.lot_size, self.weight_g = QLineEdit(), QLineEdit(), QLineEdit()
        self.sides = {name: QLineEdit() for name in SIDES}
        self.images = ImageStrip(pictures)
        self.images_note = Label(role="small", ink="red", wrap=True)
        self.grid = SkuGrid()
        self.detail_html = QPlainTextEdit()
        self.fields: dict[str, Field] = {}
        self._build()
        self._connect()
        self._is_built = True
        self.dress()

    @property
    def _store_id(self) -> int:
        return self._detail.record.store_id if self._detail else 0

    def _build(self) -> None:
        whole = column(self, gap=0)
        form = Ground("surface")
        lines = column(form, gap=5)
        lines.setContentsMargins(14, 8, 14, 8)
        for name, control, extra in (
            ("title", self.title, self.counter),
            ("keywords", self.keywords, None),
            ("category_id", self.category, None),
            ("group_id", self.group_id, None),
            ("freight_template_id", self.freight_template_id, None),
            ("weight_g", self._package_line(), None),
            ("unit", self._unit_line(), None),
            ("handling_days", self.handling_days, Label("listings.days", role="small", ink="text2")),
        ):
            self.fields[name] = Field(f"listings.field.{name}", control, extra=extra)
            lines.addWidget(self.fields[name])
        whole.addWidget(form)
        self.image_section = Section("listings.section.images", self._image_body(), foldable=False)
        self.sku_section = Section("listings.section.skus", self._padded(self.grid, edges=1), foldable=False)
        self.detail_section = Section("listings.section.detail", self._padded(self.detail_html, edges=14))
        self.detail_section.fold()
        for section in (self.image_section, self.sku_section, self.detail_section):
            whole.addWidget(section)
        whole.addStretch(1)

    def _image_body(self) -> QWidget:
        body = Ground("surface")
        lines = column(body, gap=4)
        lines.setContentsMargins(12, 4, 12, 6)
        lines.addWidget(self.images)
        lines.addWidget(self.images_note)
        self.images_note.hide()
        return body

    @staticmethod
    def _padded(widget: QWidget, edges: int) -> QWidget:
        body = Ground("surface")
        lines = column(body)
        lines.setContentsMargins(edges, 4, edges, 6)
        lines.addWidget(widget)
        return body

    def _package_line(self) -> QWidget:
        """Weight in kg, then length × width × height in cm."""
        body = QWidget()
        line = row(body, gap=4)
        line.addWidget(self.weight_g, 3)
        line.addWidget(Label("unit.kg", role="small", ink="text2"))
        for number, name in enumerate(SIDES):
            if number:
                line.addWidget(Label("listings.times", role="small", ink="text2"))
            line.addWidget(self.sides[name], 2)
        line.addWidget(Label("unit.cm", role="small", ink="text2"))
        for control in (self.weight_g, *self.sides.values()):
            control.setAlignment(Qt.AlignmentFlag.AlignRight)
            control.setMinimumWidth(34)
        return body

    def _unit_line(self) -> QWidget:
        body = QWidget()
        line = row(body, gap=8)
        line.addWidget(self.unit, 3)
        line.addWidget(Label("listings.field.lot_size", role="small", ink="text2"))
        line.addWidget(self.lot_size, 1)
        self.lot_size.setAlignment(Qt.AlignmentFlag.AlignRight)
        return body

    def _connect(self) -> None:
        for name, line in (("title", self.title), ("keywords", self.keywords)):
            line.textEdited.connect(lambda text, name=name: self._put(name, text.strip()))
        self.title.textChanged.connect(lambda text: self.counter.setText(f"{len(text.strip())}/{TITLE_LIMIT}"))
        self.category.chosen.connect(lambda id: self._put("category_id", id))
        for name in ("group_id", "freight_template_id", "unit"):
            combo: QComboBox = getattr(self, name)
            combo.activated.connect(lambda _, name=name, combo=combo: self._put(name, combo.currentData()))
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(8)
        self.weight_g.textEdited.connect(lambda text: self._put_number("weight_g", text, scale=1000))
        for name, line in (*self.sides.items(), ("handling_days", self.handling_days), ("lot_size", self.lot_size)):
            line.textEdited.connect(lambda text, name=name: self._put_number(name, text))
        self.detail_html.textChanged.connect(self._on_detail_html)
        self.images.changed.connect(self._saver.put_images)
        self.grid.skus.edited.connect(self._saver.put_sku)
        self.grid.skus.refused.connect(self.refused)
        for line in self._lines():
            line.editingFinished.connect(self._saver.flush)
            line.editingFinished.connect(self._saver.forget_typing)

    def _lines(self) -> list[QLineEdit]:
        return [self.title, self.keywords, self.weight_g, *self.sides.values(), self.handling_days, self.lot_size]

    # -- showing -----------------------------------------------------------------------------------------------

    def show_detail(self, detail: ListingDetail) -> None:
        """Show a listing; the field that has the focus keeps what is being typed in it."""
        is_other = self._detail is None or self._detail.record.id != detail.record.id
        self._detail, self._is_filling = detail, True
        record = detail.record
        for name in ("title", "keywords"):
            self._fill(getattr(self, name), getattr(record, name), is_other)
        self.category.show_category(detail.category_path_zh if language.code == "zh" else detail.category_path_en)
        self._fill_combo(self.group_id, detail.groups, record.group_id, may_be_empty=True)
        self._fill_combo(self.freight_template_id, detail.templates, record.freight_template_id)
        known = tuple(Choice(id, str(label)) for id, label in units().items())
        self._fill_combo(self.unit, known, resolve_unit(record.unit) or record.unit)
        self._fill(self.weight_g, "" if record.weight_g is None else kilograms(record.weight_g), is_other)
        for name, line in (*self.sides.items(), ("handling_days", self.handling_days), ("lot_size", self.lot_size)):
            self._fill(line, _plain(getattr(record, name)), is_other)
        if is_other or not self.detail_html.hasFocus():
            self.detail_html.setPlainText(record.detail_html)
        self._show_findings(record, detail.findings)
        self._is_filling = False

    @staticmethod
    def _fill(line: QLineEdit, text: str, is_other: bool) -> None:
        if (is_other or not line.hasFocus()) and line.text() != text:
            line.setText(text)
            line.setCursorPosition(0)

    @staticmethod
    def _fill_combo(combo: QComboBox, choices: tuple[Choice, ...], current: str, *, may_be_empty: bool = False) -> None:
        combo.clear()
        if may_be_empty or not current:
            combo.addItem("–", "")
        for choice in choices:
            combo.addItem(choice.name, choice.id)
        at = combo.findData(current)
        if at < 0 and current:
            combo.insertItem(0, current, current)  # a text nothing matched stays visible until it is replaced
            at = 0
        combo.setCurrentIndex(max(at, 0))

    def _show_findings(self, record: ListingRecord, findings: tuple[Finding, ...]) -> None:
        by_field: dict[str, list[Finding]] = {}
        for finding in findings:
            by_field.setdefault(finding.field, []).append(finding)
        for name, field in self.fields.items():
            members = by_field.get(name, [])
            if name == "weight_g":
                members = members + [one for side in SIDES for one in by_field.get(side, [])]
            if name == "unit":
                members = members + by_field.get("lot_size", [])
            field.show_problem(finding_text(members[0]) if members else "")
        wrong_images = by_field.get("images", [])
        self.images.show_images(record.images, _image_places(wrong_images))
        self.images_note.setText("\n".join(finding_text(finding) for finding in wrong_images[:2]))
        self.images_note.setVisible(bool(wrong_images))
        wrong = {
            (finding.sku, SKU_FINDINGS[finding.field]): finding_text(finding)
            for finding in reversed(findings)
            if finding.sku is not None and finding.field in SKU_FINDINGS
        }
        self.grid.show_skus(record.skus, wrong)
        self.image_section.state.setText(tr("listings.images_state", n=len(record.images)))
        self.sku_section.state.setText(tr("listings.skus_state", n=len(record.skus)))
        self.detail_section.state.setText(tr("listings.detail_state", n=len(record.detail_html)))
        mark_bad(self.detail_html, "detail_html" in by_field)

    def focus_field(self, name: str) -> None:
        """Put the cursor where a finding is."""
        if name == "detail_html":
            self.detail_section.fold(False)
        target = {
            "images": self.images,
            "detail_html": self.detail_html,
            "category_id": self.category,
            "lot_size": self.lot_size,
            **self.sides,
        }.get(name) or getattr(self, name, None)
        if name.startswith("sku"):
            target = self.grid
        if isinstance(target, QWidget):
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- what was typed ----------------------------------------------------------------------------------------

    def _put(self, name: str, value: Any) -> None:
        if not self._is_filling:
            self._saver.put_field(name, value)

    def _put_number(self, name: str, text: str, *, scale: int = 1) -> None:
        """Numbers are stored once they can be read; until then the field is marked."""
        field = self.fields[{"lot_size": "unit"}.get(name, "weight_g" if name in SIDES else name)]
        try:
            number = parse_decimal(text)
            whole = None if number is None else number * scale
            if whole is not None and (whole != whole.to_integral_value() or whole < 0):
                raise ValueError(text)
        except ValueError:
            field.show_problem(tr("listings.not_a_number", value=text.strip()))
            return
        field.show_problem("")
        if name == "lot_size" and whole is None:
            return
        self._put(name, None if whole is None else int(whole))

    def _on_detail_html(self) -> None:
        if not self._is_filling and self.detail_html.hasFocus():
            self._put("detail_html", self.detail_html.toPlainText())

    def retranslate(self) -> None:
        """Placeholders and names in the new language; names of choices come with the next answer."""
        if not self._is_built:
            return  # the frame dresses itself before the fields are made
        self.detail_html.setAccessibleName(tr("listings.section.detail"))
        if self._detail is not None:
            QTimer.singleShot(0, self, lambda: self._detail and self.show_detail(self._detail))

    def restyle(self) -> None:
        """Sizes follow the text."""
        super().restyle()
        if not self._is_built:
            return
        self.detail_html.setFixedHeight(current_theme().height(180))
        self.detail_html.setFont(current_theme().font("small"))


def _plain(number: int | None) -> str:
    return "" if number is None else str(number)


def _image_places(findings: list[Finding]) -> dict[int, str]:
    """Positions of pictures that findings speak of; `n` counts from 1."""
    return {int(one.params["n"]) - 1: finding_text(one) for one in findings if isinstance(one.params.get("n"), int)}
