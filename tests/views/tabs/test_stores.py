"""The Stores tab as its user meets it: lights, panel, chips, banners, and looking after a store."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel

from app.models import StoreHealth
from app.services import keyring_store
from app.services.clock import now_ms
from app.services.marketplace.port import StoreCredentials
from app.services.marketplace.records import CallsMade, StoreProfile
from app.services.stores.adding import add_store
from app.services.stores.quotas import note_calls, note_profile
from app.services.stores.reading import get_store, list_stores, mark_health
from app.services.stores.shared_codes import read_codes
from app.services.stores.signing_in import SharedOutcome
from app.services.stores.trying import ConnectionReport, Probe
from app.views.language import language
from app.views.stores.add_dialog import AddStoreDialog
from app.views.stores.code_list import CodeList
from app.views.stores.edit_dialog import EditStoreDialog
from app.views.stores.page import StoresPage
from app.views.stores.probe_dialog import ProbeDialog
from app.views.stores.remove_dialog import RemoveStoreDialog
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


def _refusal():
    from app.services.marketplace.port import SignedOut

    return SignedOut("marketplace.code_invalid")


def _named(name):
    from types import SimpleNamespace

    return SimpleNamespace(name=name)


# -- testing the connection --------------------------------------------------------------------------------------------


def test_the_test_of_a_connection_names_what_works_and_what_not(qtbot, page, each_language):
    store = get_store(page.context.services.app.db, 3)
    report = ConnectionReport(store, (Probe("listings", count=12), Probe("orders", _refusal())))
    dialog = ProbeDialog(page, report)
    dialog.open()
    text = "\n".join(dialog.texts)
    assert "12" in text
    assert len({line for line in dialog.texts if line}) > 6
    dialog.close()


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
