"""The password of a proxy lies with the tokens, never in the settings."""

import json

import pytest

from app.services.application import Application
from app.services.credentials import CredentialsMissing, NoCredentialStore
from app.services.errors import InputError

TYPED = "http://clerk:pass-of-the-proxy@proxy.example:3128"
SHOWN = "http://clerk@proxy.example:3128"


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGJIA_VAULT_KEY", "a passphrase of four words")
    with Application(tmp_path) as application:
        yield application


def on_disk(app):
    return "".join(path.read_bytes().decode("latin-1") for path in app.data_dir.rglob("*") if path.is_file())


def test_the_settings_hold_the_address_without_it(app):
    settings = app.change_settings(proxy=TYPED)
    assert settings.proxy == SHOWN
    assert app.proxy_of(settings.proxy) == TYPED
    assert "pass-of-the-proxy" not in on_disk(app)
    assert json.loads((app.data_dir / "settings.json").read_text())["proxy"] == SHOWN


def test_it_is_there_after_a_restart_and_when_the_shown_address_is_saved_again(app):
    app.change_settings(proxy=TYPED)
    with Application(app.data_dir) as again:
        assert again.proxy_of(SHOWN) == TYPED
        again.change_settings(proxy=SHOWN, order_days=30)
        assert again.proxy_of(SHOWN) == TYPED


@pytest.mark.parametrize("following", ["", "direct", "http://clerk@other.example:3128"])
def test_another_address_forgets_it(app, following):
    secret = app.change_settings(proxy=TYPED).proxy_secret
    app.change_settings(proxy=following)
    assert app.proxy_of(following) == following
    with pytest.raises(CredentialsMissing):
        app.credentials.load(secret)


def test_an_address_elsewhere_does_not_get_it(app):
    app.change_settings(proxy=TYPED)
    assert app.proxy_of("http://clerk@evil.example:3128") == "http://clerk@evil.example:3128"


def test_a_bad_address_changes_nothing(app):
    app.change_settings(proxy=TYPED)
    with pytest.raises(InputError) as caught:
        app.change_settings(proxy="ftp://clerk:other@proxy.example:21")
    assert "other" not in str(caught.value.params)
    assert app.proxy_of(SHOWN) == TYPED


def test_without_a_safe_place_it_is_not_kept_at_all(tmp_path, monkeypatch):
    monkeypatch.delenv("SHANGJIA_VAULT_KEY", raising=False)
    monkeypatch.setattr("app.services.keyring_store.system_keyring", lambda: None)
    with Application(tmp_path) as app:
        with pytest.raises(NoCredentialStore):
            app.change_settings(proxy=TYPED)
        assert app.settings.proxy == ""
        assert app.change_settings(proxy=SHOWN).proxy == SHOWN
