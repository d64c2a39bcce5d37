"""The history says in the language of the day what the guard was set to; it keeps names and values."""

from __future__ import annotations

import pytest

from app.messages import messages
from app.services.history.listing import list_changes
from app.services.history.wording import change_label
from app.services.price_guard.settings import (
    NAMES,
    GuardSettings,
    changed_settings,
    guard_settings,
    shown,
    store_settings,
)
from app.services.price_guard.told import settings_text


@pytest.fixture(autouse=True)
def language_again():
    before = messages.language
    yield
    messages.language = before


@pytest.mark.parametrize(
    ("kept", "zh", "en"),
    [
        (
            "floors off, costs on, min_margin_bp 12.5",
            "限价 关、亏本与未知成本 开、最低毛利率 12.5 %",
            "floors off, losses and unknown costs on, least margin 12.5 %",
        ),
        ("meaning reach", "限价指买家最低可付的价", "a floor is about the lowest price a buyer can reach"),
        ("costs auto", "亏本与未知成本 自动", "losses and unknown costs automatic"),
        ("of another version 7, alone", "of another version 7、alone", "of another version 7, alone"),
    ],
)
def test_names_and_values_are_said(kept, zh, en):
    for language, said in (("zh", zh), ("en", en)):
        messages.language = language
        assert settings_text(kept) == said


def test_every_setting_has_its_words():
    kept = ", ".join(f"{name} {shown(GuardSettings(), name)}" for name in NAMES)
    messages.language = "zh"
    assert not any(name in settings_text(kept) for name in (*NAMES, "on", "auto", "reach"))


def test_the_history_says_it(db):
    with db.bulk() as connection:
        store_settings(connection, changed_settings(guard_settings(connection), {"costs": "on", "hold_bp": "75"}))
    (change,) = list_changes(db)
    messages.language = "zh"
    assert change_label(change).startswith("价格防线设置：亏本与未知成本 开、改价超过 75 % 拦下（")
    messages.language = "en"
    assert change_label(change).startswith("Price guard set: losses and unknown costs on, hold above 75 % (")
