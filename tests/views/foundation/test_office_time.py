"""A field for a moment shows and gives office time, whatever zone the computer is in."""

from app.views.widgets.office_time import OfficeTime, office_text

NINE_IN_BEIJING = 1_795_309_200_000


def test_the_field_is_in_office_time(qtbot):
    field = OfficeTime(NINE_IN_BEIJING)
    qtbot.addWidget(field)
    assert (field.text(), office_text(NINE_IN_BEIJING)) == ("2026-11-22 09:00", "2026-11-22 09:00")
    assert field.milliseconds == NINE_IN_BEIJING
    field.setDateTime(field.dateTime().addDays(1))
    assert field.milliseconds == NINE_IN_BEIJING + 86_400_000
