"""A moment in office time (domain.md 19), whatever zone the computer is set to."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QTimeZone
from PySide6.QtWidgets import QDateTimeEdit, QWidget

from app.services.clock import OFFICE

FORM = "yyyy-MM-dd HH:mm"


def office_moment(milliseconds: int) -> QDateTime:
    """The moment with office time's zone."""
    return QDateTime.fromMSecsSinceEpoch(milliseconds, QTimeZone(OFFICE.key.encode()))


def office_text(milliseconds: int) -> str:
    """Day and time, to the minute."""
    return office_moment(milliseconds).toString(FORM)


class OfficeTime(QDateTimeEdit):
    """A day and a time of the office; *milliseconds* since the epoch say what stands there first."""

    def __init__(self, milliseconds: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTimeZone(QTimeZone(OFFICE.key.encode()))
        self.setCalendarPopup(True)
        self.setDisplayFormat(FORM)
        self.setDateTime(office_moment(milliseconds))

    @property
    def milliseconds(self) -> int:
        """The moment that stands there."""
        return int(self.dateTime().toMSecsSinceEpoch())
