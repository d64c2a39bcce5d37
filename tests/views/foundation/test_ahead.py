"""What will be needed is imported before it is, and nobody waits for it."""

from PySide6.QtCore import QObject, QTimer

from app.views import ahead


def test_a_module_a_turn(qtbot, monkeypatch):
    said, owner = [], QObject()

    def others():
        said.append("others")
        QTimer.singleShot(0, owner, others)

    monkeypatch.setattr(ahead, "import_module", said.append)
    ahead.import_by_and_by(owner, ["one", "two"])
    assert said == [], "whoever asked goes on first"
    others()
    qtbot.waitUntil(lambda: "two" in said)
    owner.deleteLater()
    assert "others" in said[said.index("one") : said.index("two")], "everybody else has a turn in between"


def test_nothing_more_once_its_owner_is_gone(qtbot, monkeypatch):
    imported, owner = [], QObject()

    def note(name):
        imported.append(name)
        owner.deleteLater()

    monkeypatch.setattr(ahead, "import_module", note)
    with qtbot.waitSignal(owner.destroyed):
        ahead.import_by_and_by(owner, ["one", "two"])
    qtbot.wait(1)
    assert imported == ["one"]
