"""A title over a few lines, the words that other titles lack on a ground of their own and underlined."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QTextCharFormat, QTextLayout, QTextOption

from app.services.listings.similar.differences import Part
from app.views.theme import current_theme


class TitleLines:
    """Lays a title out; the last line is cut where it does not fit.

    Args:
        parts: see `title_parts`.
        width: pixels.
        most: lines.
    """

    def __init__(self, parts: Sequence[Part], width: int, most: int) -> None:
        self._parts, self._width, self._most = parts, width, most

    def paint(self, painter: QPainter, rect: QRect) -> None:
        """Draw it at the top of *rect*."""
        theme = current_theme()
        text = "".join(part for part, _ in self._parts)
        layout = QTextLayout(text, theme.font("body"))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats(self._formats())
        starts = self._broken(layout)
        painter.setPen(theme.color("text"))
        if len(starts) <= self._most:
            layout.draw(painter, QPointF(rect.topLeft()))
            return
        clip = rect.adjusted(0, 0, 0, -theme.metrics("body").lineSpacing())
        painter.save()
        painter.setClipRect(clip)
        layout.draw(painter, QPointF(rect.topLeft()))
        painter.restore()
        last = QRect(rect.left(), clip.bottom() + 1, rect.width(), rect.height() - clip.height())
        rest = QFontMetrics(theme.font("body")).elidedText(
            text[starts[self._most - 1] :], Qt.TextElideMode.ElideRight, rect.width()
        )
        painter.setFont(theme.font("body"))
        painter.drawText(last, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), rest)

    def _formats(self) -> list[QTextLayout.FormatRange]:
        theme, made, at = current_theme(), [], 0
        for text, is_other in self._parts:
            length = len(text.encode("utf-16-le")) // 2
            if is_other:
                one = QTextLayout.FormatRange()
                one.start, one.length = at, len(text.rstrip().encode("utf-16-le")) // 2
                look = QTextCharFormat()
                look.setBackground(theme.color("chg"))
                look.setForeground(theme.color("text"))
                look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
                look.setUnderlineColor(theme.color("chgMark"))
                one.format = look
                made.append(one)
            at += length
        return made

    def _broken(self, layout: QTextLayout) -> list[int]:
        """Where each line begins; lines beyond what is shown are laid out no further than one more."""
        step, starts = current_theme().metrics("body").lineSpacing(), []
        layout.beginLayout()
        while len(starts) <= self._most:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(self._width)
            line.setPosition(QPointF(0, len(starts) * step))
            starts.append(line.textStart())
        layout.endLayout()
        return starts
