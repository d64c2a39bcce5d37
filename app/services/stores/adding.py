"""Connecting a store: its row in the database, its tokens in the credential place. Doing it again signs in again."""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Iterator
from typing import Any, Protocol

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from app.models import StoreAccess, StoreHealth
from app.services.clock import now_ms, to_ms
from app.services.credentials import Credentials
from app.services.db import Database
from app.services.errors import AppError, InputError, NotFound
from app.services.marketplace.port import StoreCredentials
from app.services.settings import Settings
from app.services.stores.gateways import checked_gateway, is_loopback
from app.services.stores.reading import find_store, get_store
from app.services.stores.records import StoreRecord
from app.services.stores.sync.marks import forget_marks

STORE_COLOURS = 10
"""The theme's tested hues (interface.md 4)."""
LONGEST_NAME = 80
LISTING_QUOTA = 3_000
"""Standard plan (domain.md 4); the platform does not tell, so it is a start value."""


class BadStoreName(InputError):
    """The name is empty, too long or has control characters."""

    code = "store.bad_name"


class OtherGateway(InputError):
    """A store of this `name` exists at another address; tokens are not moved there silently."""

    code = "store.other_gateway"


class OtherSeller(InputError):
    """The tokens belong to another account than the store `name` was signed in with; they were not kept."""

    code = "store.other_seller"


class Surroundings(Protocol):
    """What adding a store needs of the application."""

    @property
    def db(self) -> Database:
        """The open database."""

    @property
    def settings(self) -> Settings:
        """The user's settings."""

    @property
    def credentials(self) -> Credentials:
        """Where tokens are kept."""


def add_store(
    app: Surroundings,
    name: str,
    gateway: str,
    credentials: StoreCredentials,
    *,
    alias: str = "",
    access: StoreAccess = StoreAccess.OPERATE,
    is_shared: bool = False,
) -> StoreRecord:
    """Connect the store *name*, or sign an existing one in again with new tokens.

    A gateway on this computer makes it a practice store: its invented tokens may lie in a file (`credentials`).

    Raises:
        BadStoreName, BadGateway: what was typed cannot be used.
        OtherGateway: the name is taken by a real store of another gateway.
        OtherSeller: the tokens speak for another account than the store's.
        NoCredentialStore, VaultLocked, CredentialStoreFailed: no safe place for the tokens; nothing was changed.
    """
    name = checked_name(name)
    address = checked_gateway(gateway, app.settings.gateway_hosts)
    existing = _find(app, name)
    if existing is None:
        try:
            return _add_new(app, name, alias, address, access, is_shared, credentials)
        except IntegrityError:  # another program was quicker with this name
            existing = _find(app, name)
            if existing is None:
                raise
    if existing.gateway != address and not (existing.is_practice and is_loopback(address)):
        raise OtherGateway(name=name, gateway=existing.gateway)
    return sign_in_again(app, existing, credentials, gateway=address)


def _add_new(
    app: Surroundings,
    name: str,
    alias: str,
    gateway: str,
    access: StoreAccess,
    is_shared: bool,
    credentials: StoreCredentials,
) -> StoreRecord:
    is_practice = is_loopback(gateway)
    with _tokens_kept(app, credentials, is_practice=is_practice) as reference, app.db.bulk() as connection:
        _insert(connection, name, alias, gateway, reference, access, is_practice, is_shared, credentials)
    return find_store(app.db, name, exactly=True)


def sign_in_again(
    app: Surroundings, store: StoreRecord, credentials: StoreCredentials, *, gateway: str = ""
) -> StoreRecord:
    """Give a store new tokens; the ones it has by then are wiped when the new ones are in force.

    *store* may be out of date: other programs sign in, too, and nobody's tokens may be left without a store.

    Raises:
        OtherSeller: the tokens speak for another account: its listings would go to a foreign store.
        NoCredentialStore, VaultLocked, CredentialStoreFailed: no safe place for the tokens; nothing was changed.
        NotFound: the store was removed meanwhile.
    """
    is_practice = is_loopback(gateway or store.gateway)
    with _tokens_kept(app, credentials, is_practice=is_practice) as reference, app.db.bulk() as connection:
        before = _standing(connection, store.id)
        if before.seller_id and credentials.seller_id not in ("", before.seller_id):
            raise OtherSeller(name=store.name)
        address = gateway or before.gateway
        _sign_in_again(connection, store.id, address, reference, credentials)
        if before.gateway != address:
            _move_categories(connection, before.gateway, address)
            _forget_addresses(connection, store.id)
    with contextlib.suppress(AppError):  # the old place may be closed now; the new tokens count
        app.credentials.delete(before.credential_ref)
    return get_store(app.db, store.id)


@contextlib.contextmanager
def _tokens_kept(app: Surroundings, credentials: StoreCredentials, *, is_practice: bool) -> Iterator[str]:
    """Tokens in their place while the database is told of them; gives their reference."""
    reference = app.credentials.add(credentials, is_practice=is_practice)
    try:
        yield reference
    except BaseException:  # whatever stopped it: tokens that no store refers to must not stay
        app.credentials.delete(reference)
        raise


def _standing(connection: Connection, store_id: int) -> Row[Any]:
    """Gateway, reference and account of a store as they are now. Raises: NotFound."""
    row = connection.exec_driver_sql(
        "SELECT gateway, credential_ref, seller_id FROM store WHERE id = ?", (store_id,)
    ).first()
    if row is None:
        raise NotFound(noun="store", name=str(store_id))
    return row


def checked_name(name: str) -> str:
    """The name without stray blanks.

    Raises:
        BadStoreName: nothing left, too long, or control characters in it.
    """
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > LONGEST_NAME or any(unicodedata.category(sign) == "Cc" for sign in cleaned):
        raise BadStoreName(name=cleaned[:LONGEST_NAME], most=LONGEST_NAME)
    return cleaned


def _find(app: Surroundings, name: str) -> StoreRecord | None:
    try:
        return find_store(app.db, name, exactly=True)
    except InputError:
        return None


def _insert(
    connection: Connection,
    name: str,
    alias: str,
    gateway: str,
    reference: str,
    access: StoreAccess,
    is_practice: bool,
    is_shared: bool,
    credentials: StoreCredentials,
) -> None:
    count = connection.exec_driver_sql("SELECT count(*) FROM store").scalar_one()
    values = {
        "name": name,
        "alias": alias,
        "colour": str(count % STORE_COLOURS),
        "gateway": gateway,
        "credential_ref": reference,
        "seller_id": credentials.seller_id,
        "access": str(access),
        "health": str(StoreHealth.OK),
        "is_practice": int(is_practice),
        "is_shared": int(is_shared),
        "token_expires_ms": to_ms(credentials.expires_at),
        "refresh_expires_ms": to_ms(credentials.refresh_expires_at),
        "listing_quota": LISTING_QUOTA,
        "created_ms": now_ms(),
    }
    marks = ", ".join("?" * len(values))
    connection.exec_driver_sql(f"INSERT INTO store ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


def _sign_in_again(
    connection: Connection, store_id: int, gateway: str, reference: str, credentials: StoreCredentials
) -> None:
    connection.exec_driver_sql(
        "UPDATE store SET gateway = ?, credential_ref = ?, health = ?, signed_out_ms = NULL, token_expires_ms = ?, "
        "refresh_expires_ms = ?, seller_id = coalesce(nullif(?, ''), seller_id) WHERE id = ?",
        (
            gateway,
            reference,
            str(StoreHealth.OK),
            to_ms(credentials.expires_at),
            to_ms(credentials.refresh_expires_at),
            credentials.seller_id,
            store_id,
        ),
    )


def _move_categories(connection: Connection, old: str, new: str) -> None:
    """The practice market answers at another port after every start: its category tree moves along."""
    for table in ("category", "category_attribute"):
        connection.exec_driver_sql(
            f"UPDATE {table} SET gateway = ? WHERE gateway = ? AND NOT EXISTS "
            f"(SELECT 1 FROM {table} WHERE gateway = ?) AND NOT EXISTS (SELECT 1 FROM store WHERE gateway = ?)",
            (new, old, new, old),
        )
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE gateway = ? AND NOT EXISTS (SELECT 1 FROM store WHERE gateway = ?)", (old, old)
        )


def _forget_addresses(connection: Connection, store_id: int) -> None:
    """Addresses of pictures name the market's port: uploads are done anew, and the next sync reads every listing."""
    connection.exec_driver_sql("DELETE FROM uploaded_image WHERE store_id = ?", (store_id,))
    forget_marks(connection, store_id)
