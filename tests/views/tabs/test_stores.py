"""The Stores tab as its user meets it: lights, panel, chips, banners, and looking after a store."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QMenu

from app.models import StoreHealth
from app.services import keyring_store
from app.services.clock import now_ms
from app.services.marketplace.port import StoreCredentials
from app.services.marketplace.records import CallsMade, StoreProfile
from app.services.publishing.pauses import paused_stores
from app.services.stores.adding import add_store
from app.services.stores.doctor import Diagnosis
from app.services.stores.quotas import note_calls, note_profile
from app.services.stores.reading import get_store, list_stores, mark_health
from app.services.stores.shared_codes import read_codes
from app.services.stores.signing_in import SharedOutcome
from app.services.stores.wire_check import Line, line_of_error
from app.views.language import language
from app.views.listings.history_list import HistoryList
from app.views.stores.add_dialog import AddStoreDialog
from app.views.stores.code_list import CodeList
from app.views.stores.doctor_dialog import DoctorDialog
from app.views.stores.edit_dialog import EditStoreDialog
from app.views.stores.page import StoresPage
from app.views.stores.remove_dialog import RemoveStoreDialog
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Confirmation

HEX = "0123456789abcdef0123456789abcdef"
TOKENS = StoreCredentials("5012347301", "invented-secret", "invented-access", "invented-refresh")
DAY = 86_400_000


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch):
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)


@pytest.fixture
def stores(services):
    """The two practice stores, and one that is connected to nowhere."""
    add_store(services.app, "Northlane Audio", "http://127.0.0.1:9", TOKENS, alias="nlau")
    return services


@pytest.fixture
def page(qtbot, open_page, stores):
    page = open_page(StoresPage, stores)
    yield page
    for dialog in page.findChildren(QDialog):
        dialog.close()


def idle(qtbot, page):
    qtbot.waitUntil(lambda: page.context.runner.is_idle and page.table.paged.is_loaded, timeout=10_000)


def choose(qtbot, page, name):
    """Make the store of this name the current one and wait for its panel."""
    model = page.table.paged
    for row in range(model.rowCount()):
        if model.record(row).name == name:
            page.table.setCurrentIndex(model.index(row, 0))
    qtbot.waitUntil(lambda: page.facts.view is not None and page.facts.view.detail.store.name == name)


def dialog_of(qtbot, page, kind):
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(kind)))
    return next(one for one in page.findChildren(kind) if one.isVisible())


def said(widget):
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def column(page, key):
    model, at = page.table.paged, page.table.column_at(key)
    return [model.index(row, at).data(Qt.ItemDataRole.DisplayRole) for row in range(model.rowCount())]


def sign_out(qtbot, page, store_id):
    mark_health(page.context.services.app.db, store_id, StoreHealth.SIGNED_OUT)
    page.context.changes.tell({"store"})
    idle(qtbot, page)


def test_a_signed_out_store_is_red_in_the_row_the_panel_and_above_the_table(qtbot, page, each_language):
    sign_out(qtbot, page, 3)
    choose(qtbot, page, "Northlane Audio")
    words = {"en": "Sign in again", "zh": "需要授权"}
    qtbot.waitUntil(lambda: column(page, "health")[2] == words[each_language])
    qtbot.waitUntil(lambda: page.facts.checks.buttons["sign_in"].isVisible())
    qtbot.waitUntil(lambda: len(page.banners.bars) == 1)
    banner = page.banners.bars[0].banner
    assert "Northlane Audio" in banner.text
    assert banner.detail
    mark_health(page.context.services.app.db, 3, StoreHealth.OK)
    page.context.changes.tell({"store"})
    qtbot.waitUntil(lambda: not page.banners.bars)


def test_the_chips_count_and_filter(qtbot, page):
    sign_out(qtbot, page, 3)
    qtbot.waitUntil(lambda: page.segments._counts.get("attention") == 1)
    assert page.segments._counts == {"all": 3, "attention": 1, "operate": 0, "read_only": 0, "practice": 3}
    page.segments.choose("attention")
    qtbot.waitUntil(lambda: column(page, "name") == ["Northlane Audio"])
    page.segments.choose("read_only")
    qtbot.waitUntil(lambda: page.empty.isVisible())
    page.empty.acted.emit()
    qtbot.waitUntil(lambda: page.table.paged.total == 3)


def test_a_sign_in_that_ends_today_is_a_banner_too(qtbot, page):
    with page.context.services.app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE store SET refresh_expires_ms = ? WHERE id = 3", (now_ms() + 3_600_000,))
    page.context.changes.tell({"store"})
    qtbot.waitUntil(lambda: [bar.banner.tone for bar in page.banners.bars] == ["amber"])
    qtbot.waitUntil(lambda: column(page, "token")[2] == "Today")
    assert column(page, "health")[2] == "Ends today"


def test_the_panel_shows_quota_pace_and_where_the_tokens_lie_but_no_secret(qtbot, page):
    choose(qtbot, page, "Northlane Audio")
    text = said(page.facts)
    assert "••••••••7301" in text
    assert "practice tokens" in text
    assert len(page.facts.bars.values) == 7
    assert not any(secret in text for secret in ("5012347301", "invented-secret", "invented-access"))
    language.set_language("zh")
    qtbot.waitUntil(lambda: "额度" in said(page.facts))


def test_the_app_key_is_copied_and_nothing_else(qtbot, page, qapp):
    choose(qtbot, page, "Northlane Audio")
    page.facts.copy_key_wanted.emit()
    qtbot.waitUntil(lambda: qapp.clipboard().text() == "5012347301")


def test_a_store_is_renamed_coloured_and_given_an_alias(qtbot, page):
    choose(qtbot, page, "Northlane Audio")
    page.actions_of_page["edit_store"].trigger()
    form = dialog_of(qtbot, page, EditStoreDialog)
    form.alias.setText("ab!")
    form.primary.click()
    qtbot.waitUntil(lambda: form.problem.isVisible())
    assert "ab!" in form.problem.text()
    form.name.setText("Northlane")
    form.alias.setText("NL02")
    form.colour.setFocus()
    qtbot.keyClick(form.colour, Qt.Key.Key_Right)
    form.quota.setValue(300)
    colour = form.colour.colour
    with qtbot.waitSignal(page.stores_changed):
        form.primary.click()
    store = get_store(page.context.services.app.db, 3)
    assert (store.name, store.alias, store.colour, store.listing_quota) == ("Northlane", "nl02", colour, 300)
    qtbot.waitUntil(lambda: "Northlane" in column(page, "name"))


def test_rights_are_given_after_a_question_and_taken_without(qtbot, page):
    choose(qtbot, page, "Northlane Audio")
    assert page.actions_of_page["make_read_only"].isVisible()
    with qtbot.waitSignal(page.stores_changed):
        page.actions_of_page["make_read_only"].trigger()
    db = page.context.services.app.db
    assert get_store(db, 3).access == "read_only"
    qtbot.waitUntil(lambda: page.actions_of_page["make_operable"].isVisible())
    page.actions_of_page["make_operable"].trigger()
    question = dialog_of(qtbot, page, Confirmation)
    assert "Northlane Audio" in question.question.text()
    assert get_store(db, 3).access == "read_only"
    with qtbot.waitSignal(page.stores_changed):
        question.primary.click()
    assert get_store(db, 3).access == "operate"


def test_disconnecting_asks_and_wipes(qtbot, page):
    choose(qtbot, page, "Northlane Audio")
    page.facts.disconnect_button.click()
    question = dialog_of(qtbot, page, Confirmation)
    with qtbot.waitSignal(page.stores_changed):
        question.primary.click()
    app = page.context.services.app
    assert get_store(app.db, 3).is_disconnected
    assert not any(b"invented-access" in path.read_bytes() for path in app.data_dir.rglob("*") if path.is_file())
    qtbot.waitUntil(lambda: not page.facts.disconnect_button.isEnabled())
    qtbot.waitUntil(lambda: "Disconnected" in column(page, "health"))


def test_removing_says_what_becomes_of_the_listings_first(qtbot, page):
    app = page.context.services.app
    with app.db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET store_id = 3 WHERE id <= 5")
        connection.exec_driver_sql("UPDATE listing SET product_id = NULL WHERE id <= 2")
    choose(qtbot, page, "Northlane Audio")
    page.actions_of_page["remove_store"].trigger()
    form = dialog_of(qtbot, page, RemoveStoreDialog)
    assert "3 listings are on the platform" in said(form)
    assert "2 listings exist only here and are lost" in said(form)
    assert len(list_stores(app.db)) == 3
    with qtbot.waitSignal(page.stores_changed, timeout=10_000):
        form.primary.click()
    assert [store.id for store in list_stores(app.db)] == [1, 2]
    qtbot.waitUntil(lambda: page.table.paged.total == 2)


def test_a_store_with_waiting_work_cannot_be_removed_and_its_list_can_be_exported(qtbot, page):
    app = page.context.services.app
    with app.db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO publish_batch (id, store_id, state, total, created_ms) VALUES (9, 3, 'running', 1, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, content_hash, title, codes, "
            "attempts, owner, error_code, error_params, error_text, error_field) "
            "VALUES (9, 3, 4, 'create', 'queued', '', '', '', 0, '', '', '{}', '', '')"
        )
    sign_out(qtbot, page, 3)
    qtbot.waitUntil(lambda: len(page.banners.bars) == 1)
    offers = page.banners.bars[0].banner.offers
    assert [offer.key for offer in offers] == ["stores.action.sign_in", "stores.export_waiting"]
    with qtbot.waitSignal(page.export_wanted) as told:
        offers[1].do()
    assert told.args[0] == [4]
    choose(qtbot, page, "Northlane Audio")
    with qtbot.waitSignal(page.show_wanted) as shown:
        page.facts.checks.buttons["show_waiting"].click()
    assert shown.args == [3, "waiting"]
    page.actions_of_page["remove_store"].trigger()
    form = dialog_of(qtbot, page, RemoveStoreDialog)
    assert not form.primary.isEnabled()


def test_signing_in_again_comes_with_the_stores_own_address(qtbot, page):
    sign_out(qtbot, page, 3)
    choose(qtbot, page, "Northlane Audio")
    page.facts.checks.buttons["sign_in"].click()
    form = dialog_of(qtbot, page, AddStoreDialog)
    assert "Northlane Audio" in form.windowTitle()
    assert not form.fields["name"].isVisible()
    form.ways.choose("tokens")
    for name, box in form.secrets.items():
        box.setText(f"{name}-again")
    with qtbot.waitSignal(page.added) as told:
        form.primary.click()
    assert (told.args[0].id, told.args[0].health) == (3, "ok")
    assert page.context.services.app.credentials.load(told.args[0].credential_ref).access_token == "access_token-again"


# -- shared codes ------------------------------------------------------------------------------------------------------


def test_pasted_codes_are_recognised_masked_and_counted(qtbot, page, each_theme):
    page.actions_of_page["paste_codes"].trigger()
    form = dialog_of(qtbot, page, AddStoreDialog)
    assert form.way == "shared"
    assert not form.primary.isEnabled()
    form.codes.setPlainText(f"ABCD AliExpress_{HEX}\nwxyz\nAliExpress_{HEX[::-1]}\nAliExpress_{HEX[:30]}")
    qtbot.waitUntil(lambda: len(form.preview.texts) == 3)
    assert form.preview.texts[0].startswith("abcd AliExpress_…cdef")
    assert "30 of 32" in form.preview.texts[2]
    assert HEX[:8] not in said(form)
    assert (form.primary.text(), form.primary.isEnabled()) == ("Add 2 stores", True)
    form.codes.setPlainText("nothing of the kind")
    form.read_codes()
    assert form.problem.isVisible()
    assert not form.primary.isEnabled()


def test_refused_codes_stay_with_their_reason(qtbot):
    codes = read_codes(f"abcd AliExpress_{HEX}\nwxyz AliExpress_{HEX[::-1]}")
    shown = CodeList()
    qtbot.addWidget(shown)
    shown.show_codes(codes)
    refused = SharedOutcome(codes[0], error=_refusal())
    shown.show_outcomes([refused, SharedOutcome(codes[1], store=_named("wxyz"))])
    assert [code.alias for code in shown.good] == ["abcd"]
    assert "wxyz" in shown.texts[1]
    assert shown.texts[0] != shown.texts[1]


def test_a_redeemed_code_does_not_stay_in_the_box(qtbot, page, monkeypatch):
    """A code works once: what was added leaves the text, what was refused stays to be put right."""
    desk = page.context.services.store_desk
    store = desk.find("Northlane Audio")

    async def redeem(gateway, codes, app_key, ctx):
        return [SharedOutcome(code, store=store) if code.alias == "abcd" else SharedOutcome(code, error=_refusal())
                for code in codes]  # fmt: skip

    monkeypatch.setattr(desk, "add_shared", lambda *args, ctx: asyncio.run(redeem(*args, ctx)))
    page.actions_of_page["paste_codes"].trigger()
    form = dialog_of(qtbot, page, AddStoreDialog)
    qtbot.mouseClick(form.codes.viewport(), Qt.MouseButton.LeftButton)
    qtbot.keyClicks(form.codes, f"abcd AliExpress_{HEX}")
    qtbot.keyClick(form.codes, Qt.Key.Key_Return)
    qtbot.keyClicks(form.codes, f"wxyz AliExpress_{HEX[::-1]}")
    qtbot.waitUntil(lambda: form.primary.text() == "Add 2 stores")
    with qtbot.waitSignal(page.added):
        qtbot.mouseClick(form.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(form.problem.isVisible)
    assert form.codes.toPlainText() == f"wxyz AliExpress_{HEX[::-1]}"
    assert not form.codes.document().isUndoAvailable()
    assert form.primary.text() == "Add 1 store"
    form.read_codes()
    assert [code.alias for code in form.preview.good] == ["wxyz"]
    form.reject()


def _refusal():
    from app.services.marketplace.port import SignedOut

    return SignedOut("marketplace.code_invalid")


def _named(name):
    from types import SimpleNamespace

    return SimpleNamespace(name=name)


# -- testing the connection --------------------------------------------------------------------------------------------


def report_of(page, *lines):
    return Diagnosis(get_store(page.context.services.app.db, 3), lines)


def test_the_check_of_a_connection_tells_a_line_each_with_what_helps(qtbot, page, qapp, each_language, each_theme):
    report = report_of(
        page,
        Line("proxy", "ok", "doctor.proxy.environment", {"proxy": "http://127.0.0.1:7890"}),
        Line("clock", "warn", "doctor.clock.ahead", {"n": 4}, "doctor.remedy.clock"),
        line_of_error("sign_in", _refusal(), "sign_in"),
        Line("quota", "skipped", "doctor.skipped"),
    )
    dialog = DoctorDialog(page, report)
    dialog.open()
    assert "http://127.0.0.1:7890" in dialog.lines.text
    assert [line[0] for line in dialog.lines.text.splitlines()] == ["✓", "!", "✗", "–"]
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert dialog.lines.text in qapp.clipboard().text()
    language.set_language("zh" if each_language == "en" else "en")
    other = dialog.lines.text
    language.set_language(each_language)
    assert other != dialog.lines.text
    with qtbot.waitSignal(dialog.action_wanted) as told:
        qtbot.mouseClick(dialog.lines.buttons["sign_in"], Qt.MouseButton.LeftButton)
    assert told.args == ["sign_in"]


def test_checking_runs_as_a_job_and_its_buttons_lead_on(qtbot, page, monkeypatch):
    services = page.context.services
    report = report_of(
        page,
        Line("proxy", "bad", "doctor.dns.offline", {"host": "x"}, action="settings"),
        line_of_error("sign_in", _refusal(), "sign_in"),
    )
    monkeypatch.setattr(services.store_desk, "examine", lambda store_id, ctx: report)
    choose(qtbot, page, "Northlane Audio")
    qtbot.mouseClick(page.facts.probe, Qt.MouseButton.LeftButton)
    dialog = dialog_of(qtbot, page, DoctorDialog)
    assert "Northlane Audio" in dialog.windowTitle()
    with qtbot.waitSignal(page.settings_wanted):
        dialog.lines.buttons["settings"].click()
    page.actions_of_page["probe_store"].trigger()
    dialog = dialog_of(qtbot, page, DoctorDialog)
    dialog.lines.buttons["sign_in"].click()
    form = dialog_of(qtbot, page, AddStoreDialog)
    assert "Northlane Audio" in form.windowTitle()
    form.reject()


def test_the_history_shows_who_made_a_store_operable_without_a_way_back(qtbot, page, each_language):
    services = page.context.services
    services.store_desk.set_operable(3, False)
    services.store_desk.set_operable(3, True, is_confirmed=True)
    shown = HistoryList()
    qtbot.addWidget(shown)
    shown.show_changes(services.listings.history())
    text = said(shown)
    assert "Northlane Audio" in text
    assert {"en": "allowed writing", "zh": "允许写入"}[each_language] in text
    assert not shown.findChildren(Button)


def test_a_store_is_paused_and_goes_on_from_panel_menu_and_checklist(qtbot, page, each_language):
    db = page.context.services.app.db
    choose(qtbot, page, "Northlane Audio")
    words = {"en": "Paused", "zh": "已暂停"}[each_language]
    with qtbot.waitSignal(page.stores_changed):
        qtbot.mouseClick(page.facts.pause, Qt.MouseButton.LeftButton)
    assert list(paused_stores(db)) == [3]
    qtbot.waitUntil(lambda: words in column(page, "health")[2])
    qtbot.waitUntil(lambda: "resume_publishing" in page.facts.checks.buttons)
    with qtbot.waitSignal(page.stores_changed):
        qtbot.mouseClick(page.facts.checks.buttons["resume_publishing"], Qt.MouseButton.LeftButton)
    assert paused_stores(db) == {}
    idle(qtbot, page)
    menu = QMenu(page)
    page.fill_menu(menu)
    pause, resume = page.actions_of_page["pause_store"], page.actions_of_page["resume_store"]
    assert [action for action in menu.actions() if action in (pause, resume) and action.isVisible()] == [pause]
    with qtbot.waitSignal(page.stores_changed):
        pause.trigger()
    idle(qtbot, page)
    assert (pause.isVisible(), resume.isVisible(), list(paused_stores(db))) == (False, True, [3])


def test_every_action_on_a_store_says_why_it_is_off(page):
    for id in ("sign_in_store", "probe_store", "edit_store", "remove_store"):
        assert not page.actions_of_page[id].isEnabled()
        assert "\n" in page.actions_of_page[id].toolTip()


def test_the_week_of_all_stores_stands_below_the_table_when_there_was_something(qtbot, page, each_language):
    assert not page.week.isVisible()
    with page.context.services.app.db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO publish_batch (id, store_id, state, total, created_ms) VALUES (9, 3, 'running', 2, 1)"
        )
        for listing_id, state in ((4, "live"), (5, "failed"), (6, "live")):
            connection.exec_driver_sql(
                "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, content_hash, title, codes, "
                "attempts, owner, sent_ms, settled_ms, error_code, error_params, error_text, error_field) "
                "VALUES (9, ?, ?, 'create', ?, '', '', '', 0, '', ?, ?, '', '{}', '', '')",
                (listing_id % 2 + 1, listing_id, state, now_ms(), now_ms()),
            )
    page.context.changes.tell({"listing"})
    qtbot.waitUntil(lambda: page.week.isVisible())
    assert page.week.published.bars.values == (0, 0, 0, 0, 0, 0, 2)
    assert page.week.failed.bars.values == (0, 0, 0, 0, 0, 0, 1)
    assert "2" in page.week.published.today.text()


def test_the_panel_says_whose_number_the_quota_is_and_counts_calls(qtbot, page):
    db = page.context.services.app.db
    choose(qtbot, page, "Northlane Audio")
    assert any("set by hand" in text for text in texts(page.facts))
    note_profile(db, 3, StoreProfile(listings_max=5000))
    note_calls(db, 3, CallsMade(1200, is_used_up=True))
    page.context.changes.tell({"store"})
    qtbot.waitUntil(lambda: any("as the platform told it" in text for text in texts(page.facts)))
    shown = texts(page.facts)
    assert any(text.endswith("/ 5,000") for text in shown)
    assert "1,200 / 1,200" in shown
    assert any(text.startswith("Used up, says the platform") for text in shown)


def texts(widget):
    return [label.text() for label in widget.findChildren(QLabel)]
