"""Switching the theme reaches widgets that were made before and are shown after."""

from PySide6.QtWidgets import QLabel

from app.views.facts import Fact, FactSection, fact_table
from app.views.theme import apply_theme, current_theme


def test_labels_made_in_the_other_theme_are_readable_when_shown(qtbot, qapp):
    apply_theme(qapp, "dark")
    body = fact_table(FactSection("facts.title", [Fact("facts.title", "a value", second="a line below")]))
    qtbot.addWidget(body)
    apply_theme(qapp, "light")
    qapp.processEvents()
    body.show()
    qapp.processEvents()
    wanted = {current_theme().ink(name).name() for name in ("text", "text2")}
    assert {label.palette().windowText().color().name() for label in body.findChildren(QLabel)} == wanted
