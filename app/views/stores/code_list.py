"""What was recognised in pasted shared codes: a line each, masked, with what is wrong or what became of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QScrollArea, QWidget

from app.messages import tr
from app.services.stores.shared_codes import PastedCode
from app.services.stores.signing_in import BadCode, SharedOutcome
from app.views.errors import sentence
from app.views.language import language
from app.views.theme import current_theme
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, IconLabel, Label

ALIAS_WIDTH, CODE_WIDTH = 56, 140
_DIGITS = re.compile(r"(?<=_)[0-9A-Fa-f \t]{8,}|(?<![0-9A-Za-z_])[0-9A-Fa-f]{8,}(?![0-9A-Za-z])")
SEEN = 4


class CodeMask(QSyntaxHighlighter):
    """Covers the digits of codes in the box they are pasted into, but for the last four (domain.md 4)."""

    def highlightBlock(self, text: str) -> None:
        """Digits in the colour of their own ground."""
        cover = QTextCharFormat()
        cover.setForeground(current_theme().color("line2"))
        cover.setBackground(current_theme().color("line2"))
        for found in _DIGITS.finditer(text):
            self.setFormat(found.start(), max(0, len(found.group()) - SEEN), cover)


class CodeList(QScrollArea):
    """Lines of codes; good ones will be sent, bad ones say why not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setMinimumHeight(96)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._codes: list[SharedOutcome] = []
        language.changed.connect(self._show)
        self._show()

    @property
    def good(self) -> list[PastedCode]:
        """Codes that are whole and were not redeemed yet."""
        return [one.pasted for one in self._codes if not one.pasted.problem and one.store is None]

    @property
    def bad(self) -> list[PastedCode]:
        """Codes that cannot be sent as they are."""
        return [one.pasted for one in self._codes if one.pasted.problem]

    def show_codes(self, codes: Sequence[PastedCode]) -> None:
        """Show what was recognised."""
        self._codes = [SharedOutcome(code) for code in codes]
        self._show()

    def show_outcomes(self, outcomes: Sequence[SharedOutcome]) -> None:
        """Show what became of the good ones, in their places."""
        became = {outcome.pasted.code: outcome for outcome in outcomes}
        self._codes = [one if one.pasted.problem else became.get(one.pasted.code, one) for one in self._codes]
        self._show()

    @property
    def texts(self) -> list[str]:
        """Each line as it reads."""
        return [" ".join((one.pasted.alias or "–", one.pasted.masked, _state(one)[2])) for one in self._codes]

    def _show(self, *_: object) -> None:
        body = Ground("surface")
        lines = column(body, gap=2)
        lines.setContentsMargins(10, 8, 10, 8)
        if not self._codes:
            lines.addWidget(Label("stores.codes.none", ink="text2", wrap=True))
        for one in self._codes:
            lines.addWidget(_line(one))
        lines.addStretch(1)
        self.setWidget(body)


def _state(one: SharedOutcome) -> tuple[str, str, str]:
    """Icon, tone and words of a line."""
    if one.store is not None:
        return "circle-check", "green", tr("stores.codes.added", name=one.store.name)
    if one.error is not None:
        return "circle-x", "red", sentence(one.error)
    if one.pasted.problem:
        return (
            "alert-triangle",
            "amber",
            sentence(BadCode(f"store.bad_code.{one.pasted.problem}", digits=one.pasted.digits)),
        )
    return "circle-check", "text2", tr("stores.codes.whole")


def _line(one: SharedOutcome) -> QWidget:
    icon, tone, words = _state(one)
    widget = QWidget()
    line = row(widget, gap=8)
    alias, code, text = ElidedLabel(strong=True), ElidedLabel(ink="text2"), Label(ink=tone, wrap=True)
    alias.setText(one.pasted.alias or "–")
    code.setText(one.pasted.masked)
    text.setText(words)
    alias.setFixedWidth(ALIAS_WIDTH)
    code.setFixedWidth(CODE_WIDTH)
    line.addWidget(IconLabel(icon, 16, tone), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(alias, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(code, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(text, 1)
    return widget
