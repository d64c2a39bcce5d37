"""One table of actions: ids and keys once, texts in both languages, reasons for what cannot be done."""

import importlib
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.messages import catalogue
from app.paths import resources
from app.views import actions
from app.views.actions import ACTIONS, INPUT_METHOD_KEYS, TABLE_KEYS, Actions, ActionSpec, action_spec
from app.views.language import language

VIEWS = Path(actions.__file__).parent


def of_pages():
    found = {}
    for file in VIEWS.glob("*/actions.py"):
        found[file.parent.name] = importlib.import_module(f"app.views.{file.parent.name}.actions").ACTIONS
    return found


PAGES = of_pages()
EVERY = list(dict.fromkeys([*ACTIONS, *(spec for specs in PAGES.values() for spec in specs)]))
"""Each once: a page may list an action of the common table as its own."""


def normal(key):
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def test_no_id_stands_twice():
    ids = [spec.id for spec in EVERY]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("page", ["", *PAGES])
def test_no_key_means_two_things_on_one_page(page):
    specs = dict.fromkeys([*ACTIONS, *PAGES.get(page, ())])
    keys = [normal(key) for spec in specs for key in spec.keys] + [normal(key) for _, key in TABLE_KEYS]
    assert sorted(keys) == sorted(set(keys))


def test_keys_are_real_and_free_of_input_methods():
    taken = {normal(key) for key in INPUT_METHOD_KEYS}
    for spec in EVERY:
        for key in spec.keys:
            assert normal(key), (spec.id, key)
            assert normal(key) not in taken
            assert not QKeySequence(key).isEmpty()


def test_texts_and_icons_exist():
    for spec in EVERY:
        assert spec.key in catalogue(), spec.id
        assert not spec.acts_on or spec.acts_on in catalogue()
        assert not spec.icon or (resources() / "icons" / f"{spec.icon}.svg").is_file(), spec.icon
    for key, _ in TABLE_KEYS:
        assert key in catalogue()


@pytest.mark.parametrize(
    ("id", "key"),
    [
        ("go_stores", "Ctrl+1"), ("go_freight", "Ctrl+5"), ("find", "Ctrl+F"), ("palette", "Ctrl+K"), ("sync", "F5"),
        ("guide", "F1"), ("undo", "Ctrl+Z"), ("redo", "Ctrl+Y"), ("history", "Ctrl+Shift+H"), ("import", "Ctrl+O"),
        ("publish", "Ctrl+Shift+Return"), ("activity", "Ctrl+J"), ("panel", "Ctrl+B"),
        ("settings", "Ctrl+,"), ("add_filter", "Ctrl+Shift+L"), ("fix", "Alt+Return"), ("next_pane", "F6"),
        ("previous_pane", "Shift+F6"), ("export", "Ctrl+Shift+E"), ("density_default", "Ctrl+0"),
    ],
)  # fmt: skip
def test_keys_are_those_of_the_design(id, key):
    assert key in action_spec(id).keys


def test_a_key_is_called_what_is_printed_on_it(owner):
    mine = Actions(owner, [ActionSpec("x", "action.export", "send", ("Ctrl+Shift+Return",))])
    for code in ("zh", "en"):
        language.set_language(code)
        assert mine.shortcut("x") == "Ctrl+Shift+Enter"


def test_every_action_of_a_page_is_on_one():
    """What does not exist yet stands in no table, guide or catalogue."""
    pages = [file for file in VIEWS.rglob("*.py") if file.name != "actions.py"]
    code = "\n".join(file.read_text("utf-8") for file in pages)
    assert [spec.id for spec in ACTIONS if spec.scope == "page" and f'"{spec.id}"' not in code] == []
    texts = {spec.key for spec in EVERY}
    spoken = {key for key in catalogue() if key.startswith("action.")}
    assert {key for key in spoken - texts if f'"{key}"' not in code} == set()


@pytest.fixture
def owner(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_a_text_may_count_and_follows_the_language(owner):
    mine = Actions(owner, [ActionSpec("x", "action.export", "send", ("Ctrl+U",))])
    assert mine["x"].text() == "Export the selection…"
    mine.say("x", "status_bar.select_all", n=1284)
    assert mine["x"].text() == "Select all 1,284"
    language.set_language("zh")
    assert mine["x"].text() == "选择全部 1,284"


def test_a_disabled_action_says_why(owner):
    mine = Actions(owner, [ActionSpec("x", "action.export", keys=("Ctrl+U",))])
    assert mine["x"].toolTip() == "Export the selection  Ctrl+U"
    mine.enable("x", False, "window.no_panel")
    assert not mine["x"].isEnabled()
    assert mine["x"].toolTip() == "Export the selection  Ctrl+U\nThis tab has no side panel"
    language.set_language("zh")
    assert mine["x"].toolTip().endswith("\n这个标签页没有侧边栏")
    mine.enable("x")
    assert mine["x"].isEnabled()
    assert "\n" not in mine["x"].toolTip()


def test_triggering_calls_the_slot(owner):
    mine, called = Actions(owner), []
    action = mine.on("publish", lambda: called.append(True))
    assert mine.add("publish") is action
    action.trigger()
    assert called == [True]
    assert "publish" in mine
    assert [spec.id for spec in mine] == ["publish"]
    assert mine.icon_name("publish") == "send"
    assert mine.acts_on("publish") == "Acts on the selection"
    with pytest.raises(KeyError):
        mine.add("no such action")


def test_opening_a_dialog_is_told_by_three_dots():
    for spec in EVERY:
        for code in ("zh", "en"):
            text = catalogue()[spec.key][code]
            assert not re.search(r"\.\.\.", text if isinstance(text, str) else text["other"])


def test_icons_of_a_menu_are_drawn_when_it_opens_and_follow_the_theme(qtbot, qapp):
    owner = QWidget()
    qtbot.addWidget(owner)
    actions = Actions(owner, [action_spec("publish"), action_spec("next_pane")])
    menu = QMenu(owner)
    actions.fill(menu, "publish", "next_pane", "export")
    assert [action.objectName() for action in menu.actions()] == ["publish", "next_pane", "export"]
    assert all(action.icon().isNull() for action in menu.actions())
    menu.aboutToShow.emit()
    shown = actions["publish"].icon().cacheKey()
    assert [action.icon().isNull() for action in menu.actions()] == [False, True, False], "one has no icon"
    menu.aboutToShow.emit()
    assert actions["publish"].icon().cacheKey() == shown
    actions.restyle()
    assert actions["publish"].icon().cacheKey() != shown
