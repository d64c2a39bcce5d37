"""The settings: pace, proxy with its test, the trace for support; typed and clicked as a user does."""

import asyncio
import socket
import zipfile
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.services.price_guard.rechecking import recheck_in_worker
from app.services.stores.wire_check import WireReport, check_wire
from app.views.language import language
from app.views.settings_dialog import SettingsDialog

LEFT = Qt.MouseButton.LeftButton
SECRET = "pass-of-the-proxy"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """Those of the computer the tests run on."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def open_settings(qtbot, context, services):
    """Show the dialog, filled."""
    context.services = services
    parent = QWidget()
    parent.resize(1440, 900)
    qtbot.addWidget(parent)

    def show():
        dialog = SettingsDialog(context, parent)
        dialog.open()
        qtbot.waitUntil(lambda: bool(dialog.connection.in_use.text()) and bool(dialog.folder.text()))
        return dialog

    yield show
    for dialog in parent.findChildren(SettingsDialog):
        dialog.close()
    qtbot.waitUntil(lambda: context.runner.is_idle)


def put(qtbot, line, text):
    line.selectAll()
    qtbot.keyClick(line, Qt.Key.Key_Delete)
    qtbot.keyClicks(line, text)


def test_a_proxy_and_the_pace_are_typed_and_kept(qtbot, open_settings, services):
    dialog = open_settings()
    put(qtbot, dialog.connection.proxy, "http://127.0.0.1:7890")
    dialog.numbers["calls_per_s"].selectAll()
    qtbot.keyClicks(dialog.numbers["calls_per_s"], "25")
    dialog.connection.trace.click()
    dialog.separator.setCurrentText(";")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.primary, LEFT)
    settings = services.settings()
    assert (settings.proxy, settings.calls_per_s, settings.http_trace) == ("http://127.0.0.1:7890", 25, True)
    assert services.app.trace.is_on
    assert settings.code_separator == ";"
    again = open_settings()
    assert again.separator.currentText() == ";"
    assert again.connection.proxy.text() == "http://127.0.0.1:7890"
    assert again.connection.trace.isChecked()


def test_a_bad_address_is_said_at_the_field_and_not_stored(qtbot, open_settings, services, each_language):
    dialog = open_settings()
    put(qtbot, dialog.connection.proxy, "ftp://x.example:21")
    field = dialog.connection.proxy_field
    qtbot.waitUntil(field.problem.isVisible)
    assert "ftp://x.example:21" in field.problem.text()
    assert not dialog.connection.test.isEnabled()
    qtbot.mouseClick(dialog.primary, LEFT)
    qtbot.waitUntil(lambda: "ftp://x.example:21" in dialog.hint.text())
    assert dialog.isVisible()
    assert services.settings().proxy == ""
    put(qtbot, dialog.connection.proxy, "direct")
    qtbot.waitUntil(lambda: not field.problem.isVisible())
    assert dialog.connection.test.isEnabled()


def test_a_proxy_of_the_environment_is_shown_as_such_without_its_password(
    qtbot, open_settings, monkeypatch, each_language, each_theme
):
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{SECRET}@proxy.example:3128")
    dialog = open_settings()
    said = dialog.connection.in_use.text()
    assert "http://proxy.example:3128" in said
    assert {"en": "from the environment", "zh": "来自环境变量"}[each_language] in said
    assert SECRET not in said
    put(qtbot, dialog.connection.proxy, "http://127.0.0.1:7890")
    qtbot.waitUntil(lambda: "7890" in dialog.connection.in_use.text())
    assert "3128" not in dialog.connection.in_use.text()


def test_the_way_is_tried_with_what_is_typed(qtbot, open_settings, services, monkeypatch):
    tried = []

    def check(proxy, ctx):
        tried.append(proxy)
        return asyncio.run(check_wire("https://gateway.example", proxy))

    monkeypatch.setattr(services, "check_wire", check)
    dialog = open_settings()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        put(qtbot, dialog.connection.proxy, address)
        qtbot.mouseClick(dialog.connection.test, LEFT)
        qtbot.waitUntil(lambda: "cannot be reached" in dialog.connection.found.text())
    assert tried == [address]
    assert address in dialog.connection.found.text()
    monkeypatch.setattr(services, "check_wire", lambda proxy, ctx: WireReport(()))
    qtbot.waitUntil(dialog.connection.test.isEnabled)
    qtbot.mouseClick(dialog.connection.test, LEFT)
    qtbot.waitUntil(lambda: dialog.connection.found.text() == "The marketplace can be reached.")
    put(qtbot, dialog.connection.proxy, "direct")
    assert not dialog.connection.found.isVisible(), "an old verdict does not stand beside another address"


def test_the_trace_is_exported_without_secrets(qtbot, open_settings, services, tmp_path, monkeypatch):
    services.change_settings({"http_trace": True})
    services.app.trace.note(
        datetime.now(UTC), store="3", method="aliexpress.x", outcome="ok", took_ms=5, body=b'{"access_token": "tok-2"}',
        params={"session": "tok-1", "app_secret": "sec-1", "note": "has sec-1 in it"}, secrets=("tok-1", "sec-1"),
    )  # fmt: skip
    dialog = open_settings()
    qtbot.mouseClick(dialog.connection.export, LEFT)
    asked = dialog.connection.findChildren(QFileDialog)[0]
    target = tmp_path / "for-support.zip"
    asked.fileSelected.emit(str(target))
    asked.close()
    qtbot.waitUntil(lambda: dialog.connection.exported.text() == "Exported 1 call: for-support.zip")
    with zipfile.ZipFile(target) as archive:
        text = b"".join(archive.read(name) for name in archive.namelist())
    assert b"aliexpress.x" in text
    assert not any(secret in text for secret in (b"tok-1", b"tok-2", b"sec-1"))
    dialog.connection.export_to(tmp_path / "no such folder" / "x.zip")
    qtbot.waitUntil(lambda: "cannot be written" in dialog.connection.exported.text())


def test_everything_is_said_in_the_other_language_too(qtbot, open_settings):
    dialog = open_settings()
    dialog.connection._show_report(WireReport(()))
    shown = (dialog.connection.trace, dialog.connection.in_use, dialog.connection.found)
    before = [label.text() for label in shown]
    language.set_language("zh")
    for label, text in zip(shown, before, strict=True):
        assert label.text() not in ("", text)


def test_what_stands_for_no_limit_follows_the_language(open_settings):
    dialog = open_settings()
    for code, words in (("zh", "平台上限"), ("en", "the platform's limit")):
        language.set_language(code)
        assert dialog.numbers["calls_per_s"].specialValueText() == words


def test_the_price_guard_is_set_by_a_supervisor_only(qtbot, open_settings, services, context, monkeypatch):
    dialog = open_settings()
    guard = dialog.guard
    qtbot.waitUntil(lambda: guard.costs.value == "auto")
    assert (guard.role.value, guard.numbers["hold_bp"].text(), guard.switches["floors"].isChecked()) == (
        "supervisor", "60", True,
    )  # fmt: skip
    assert "need not be known" in guard.now.text()
    guard.numbers["hold_bp"].setText("NaN")
    dialog.save()
    qtbot.waitUntil(lambda: "NaN" in dialog.hint.text())
    guard.numbers["hold_bp"].setText("80")
    guard.meaning.choose("list")
    guard.role.choose("operator")
    heavy = []

    def start_heavy(*call):
        heavy.append(call)
        return context.runner.start(lambda path, *, ctx: recheck_in_worker(path, ctx=ctx), call[1])

    monkeypatch.setattr(context.runner, "start_heavy", start_heavy)
    with qtbot.waitSignal(dialog.finished):
        dialog.save()
    assert heavy == [services.guard.recheck_call()], "findings are counted anew by what is guarded now"
    assert next(iter(context.jobs)).title == "Checking by the new price guard"
    qtbot.waitUntil(lambda: not context.jobs.running)
    assert services.guard.settings()[0].hold_bp == 8000
    assert services.settings().role == "operator"
    again = open_settings()
    qtbot.waitUntil(lambda: again.guard.meaning.value == "list")
    again.guard.switches["floors"].setChecked(False)
    again.save()
    qtbot.waitUntil(lambda: "operator may not" in again.hint.text())
    assert len(heavy) == 1
    assert services.guard.settings()[0].floors
