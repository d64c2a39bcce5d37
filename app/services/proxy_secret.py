"""A proxy's password is a secret as any other: it lies with the tokens, the settings hold the address without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yarl import URL

from app.services.marketplace.aliexpress.proxies import check_proxy
from app.services.marketplace.port import StoreCredentials
from app.services.settings import Settings

if TYPE_CHECKING:
    from app.services.credentials import Credentials


def stored_proxy(typed: str, settings: Settings, credentials: Credentials) -> dict[str, str]:
    """Settings for the proxy address a person typed; a password in it goes to the credential store.

    The address that is shown has no password: stored as it is, it keeps the one it had.

    Raises:
        InputError: `marketplace.bad_proxy`; `credentials.no_store` and the like for a password with nowhere to lie.
    """
    address = check_proxy(typed)
    if address is None or address.password is None:
        kept = settings.proxy_secret if typed.strip() == settings.proxy else ""
        return {"proxy": typed.strip(), "proxy_secret": kept}
    secret = StoreCredentials(
        app_key=address.user or "", app_secret=address.password, access_token="", refresh_token=""
    )
    return {"proxy": str(address.with_password(None)), "proxy_secret": credentials.add(secret, is_practice=False)}


def whole_proxy(typed: str, settings: Settings, credentials: Credentials) -> str:
    """The address to go through: *typed*, with the stored password where it is the stored address without one.

    Raises:
        CredentialsMissing, VaultLocked, NoCredentialStore, CredentialStoreFailed: the password cannot be read.
    """
    if not settings.proxy_secret or typed.strip() != settings.proxy:
        return typed
    address = check_proxy(typed)
    if address is None:
        return typed
    return str(URL(str(address)).with_password(credentials.load(settings.proxy_secret).app_secret))
