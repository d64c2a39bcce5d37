"""Both languages, switched while the window is open, with no text left behind."""

import ast
import json
import re
import string
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.messages import catalogue, tr
from app.paths import resources
from app.services.errors import AppError
from app.views.language import language, say
from app.views.widgets.label import Label
from app.views.widgets.live import Live

ROOT = Path(__file__).resolve().parents[3]
WINDOW = json.loads((resources() / "translations" / "window.json").read_text("utf-8"))
OURS = [*(ROOT / "app" / "views").glob("*.py")]
OURS += [file for part in ("theme", "widgets", "activity") for file in (ROOT / "app" / "views" / part).glob("*.py")]
NO_TEXTS = (
    "window.geometry",
    "window.theme",
    "window.body_px",
    "window.language",
    "window.tab",
    "window.qss",
    "window.ini",
)
"""Names of settings and files that only look like keys."""
HEADS = {key.split(".")[0] for key in WINDOW}


def _placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


class _Talker(Live, QWidget):
    def __init__(self):
        super().__init__()
        self.shown = []
        self.inner = QPushButton(self)
        say(self.inner, "dialog.cancel")
        self.dress()

    def retranslate(self):
        self.shown.append(tr("window.title"))


def test_a_switch_reaches_texts_tips_and_hints(qtbot):
    box = QWidget()
    qtbot.addWidget(box)
    label, edit, action = QLabel(box), QLineEdit(box), QAction(box)
    say(label, "table.columns")
    say(label, "table.columns_reset", "toolTip")
    say(edit, "filter.search", "placeholderText")
    say(edit, "filter.search", "accessibleName")
    say(action, "action.undo")
    say(box, "window.title", "windowTitle")
    language.set_language("zh")
    assert (label.text(), label.toolTip()) == ("列", "恢复默认列")
    assert (edit.placeholderText(), edit.accessibleName()) == ("搜索", "搜索")
    assert (action.text(), box.windowTitle()) == ("撤销", "上架")


def test_a_switch_keeps_the_parameters(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    say(label, "count.listings", n=12846)
    assert label.text() == "12,846 listings"
    language.set_language("zh")
    assert label.text() == "共 12,846 件"


def test_a_switch_calls_retranslate_of_children_too(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    talker = _Talker()
    QVBoxLayout(window).addWidget(talker)
    language.set_language("zh")
    assert talker.shown == ["Shangjia", "上架"]
    assert talker.inner.text() == "取消"


def test_a_switch_is_told_once_and_not_for_the_same_language(qtbot):
    heard = []
    language.changed.connect(heard.append)
    language.set_language("zh")
    language.set_language("zh")
    language.changed.disconnect(heard.append)
    assert heard == ["zh"]
    assert language.code == "zh"


def test_deleted_widgets_are_forgotten(qtbot):
    label = QLabel()
    say(label, "table.columns")
    label.deleteLater()
    qtbot.waitUntil(lambda: not _is_alive(label))
    language.set_language("zh")
    assert language.code == "zh"


def _is_alive(widget):
    from shiboken6 import isValid

    return isValid(widget)


def test_a_later_say_replaces_the_former(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    say(label, "table.columns")
    say(label, "filter.clear")
    language.set_language("zh")
    assert label.text() == "清除"


def _english_forms(entry):
    return list(entry["en"].values()) if isinstance(entry["en"], dict) else [entry["en"]]


def test_every_text_has_both_languages_and_the_same_placeholders():
    for key, entry in WINDOW.items():
        assert entry["zh"], key
        for form in _english_forms(entry):
            assert form, key
            assert _placeholders(form) == _placeholders(entry["zh"]), key


def test_words_follow_the_style():
    for key, entry in WINDOW.items():
        english, chinese = " ".join(_english_forms(entry)), entry["zh"]
        assert not re.search(r"please|sorry|oops|successfully|!|\.\.\.", english, re.IGNORECASE), key
        assert not re.search(r"请|您|！|\.\.\.", chinese), key
        mixed = re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", chinese)
        assert mixed is None, f"{key}: a space between Chinese and Latin: {chinese}"


def _literal_keys(file):
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if re.fullmatch(r"[a-z_]+(\.[a-z_]*[a-z])+", text) and text.split(".")[0] in HEADS:
                yield text


def test_every_key_in_the_code_stands_in_the_catalogue():
    found = {(file.name, key) for file in OURS for key in _literal_keys(file) if key not in NO_TEXTS}
    assert not {(name, key) for name, key in found if key not in catalogue()}


MADE = (
    "status.", "tab.", "action.", "count.", "first.", "drop.", "filter.operator.", "filter.missing", "filter.present",
    "settings.", "palette.",
)  # fmt: skip
"""Families whose keys the code puts together from the name of a thing."""


def test_no_text_is_there_for_nothing():
    code = "".join(file.read_text("utf-8") for file in (ROOT / "app").rglob("*.py"))
    named = [key.removeprefix("error.") for key in WINDOW if not key.startswith(MADE)]
    assert [key for key in named if f'"{key}"' not in code and f'"error.{key}"' not in code] == []


def test_no_sentence_stands_in_the_code():
    for file in OURS:
        tree = ast.parse(file.read_text("utf-8"))
        docs = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                is_name = file.name == "look.py" and node.value == "中文"
                assert is_name or not re.search(r"[\u4e00-\u9fff]", node.value), f"{file.name}:{node.lineno}"


def _has_docstring(node):
    body = getattr(node, "body", None)
    return isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


def test_a_text_of_a_label_s_own_replaces_the_sentence_said_before(qtbot):
    label = Label("dialog.cancel")
    qtbot.addWidget(label)
    label.setText("AB1234")
    language.set_language("zh")
    assert label.text() == "AB1234"
    label.say("dialog.cancel")
    language.set_language("en")
    assert label.text() == "Cancel"


def test_what_qt_says_itself_follows_the_language(qtbot):
    for code, words in (("zh", ["确定", "取消"]), ("en", ["OK", "Cancel"]), ("zh", ["确定", "取消"])):
        language.set_language(code)
        asked = QInputDialog()
        qtbot.addWidget(asked)
        asked.setVisible(True)  # which makes its buttons
        assert [button.text().replace("&", "") for button in asked.findChildren(QPushButton)] == words


def test_words_that_are_made_and_what_an_error_says_follow_the_language(qtbot):
    label, error = Label(), AppError("filter.unwritable_file", file="f.txt")
    qtbot.addWidget(label)
    label.follow(lambda: f"2 · {tr('dialog.close')}")
    assert label.text() == "2 · Close"
    language.set_language("zh")
    assert label.text() == "2 · 关闭"
    label.tell(error)
    assert label.text() == "无法写入 f.txt。换一个文件夹。"
    language.set_language("en")
    assert label.text().startswith("f.txt cannot be written.")
    label.setText("its own")
    language.set_language("zh")
    assert label.text() == "its own"
    label.follow(lambda: tr("dialog.close"))
    label.say("dialog.cancel")
    language.set_language("en")
    assert label.text() == "Cancel"
