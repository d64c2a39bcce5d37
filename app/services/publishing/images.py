"""Pictures on their way into the photobank: each one once per store, however many listings show it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.services.clock import now_ms
from app.services.compliance.image_facts import ImageFacts, is_remote
from app.services.errors import AppError
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import UploadedImage
from app.services.publishing.group_commit import GroupCommit
from app.services.publishing.taking_over import NO_PICTURE, foreign_among, known_hashes, picture_name, remember_hash

NAME_MAX = 256
"""Longest file name the photobank takes (aliexpress-open-platform.md 5.13)."""


class ImageMissing(AppError):
    """A picture file is gone or cannot be read; `file` names it."""

    code = "publishing.image_missing"


class ImageBank(Protocol):
    """The part of a marketplace this module needs."""

    async def upload_image(self, name: str, data: bytes) -> UploadedImage:
        """Put an image into the photobank."""

    async def fetch_image(self, address: str) -> bytes:
        """The picture at an address of the photobank."""


@dataclass(frozen=True, slots=True)
class ImageRef:
    """What is known of a picture before it is sent: its content hash, "" if it could not be read."""

    source: str
    sha256: str


def sources_of(record: ListingRecord) -> list[str]:
    """Every picture of a listing once: main ones in their order, then those of the variants."""
    of_skus = (entry.get("image", "") for sku in record.skus for entry in sku.properties)
    return [source for source in dict.fromkeys((*record.images, *of_skus)) if source]


def find_uploads(
    session: Session, store_id: int, facts: Mapping[str, ImageFacts], sources: Iterable[str]
) -> tuple[dict[str, str], dict[str, ImageRef]]:
    """Addresses by source for pictures that need no upload, and the others.

    Args:
        facts: of the files among *sources*, from `refresh_image_facts`; addresses of the web are sent as they are,
            but for those in another store's photobank.
    """
    wanted = list(dict.fromkeys(sources))
    connection = session.connection()
    remote = [source for source in wanted if is_remote(source)]
    foreign = foreign_among(connection, store_id, remote) if remote else set[str]()
    urls = {source: source for source in remote if source not in foreign}
    files = [source for source in wanted if source not in urls]
    refs = {source: ImageRef(source, facts[source].sha256 if source in facts else "") for source in files}
    if foreign:
        refs |= {source: ImageRef(source, sha256) for source, sha256 in known_hashes(connection, foreign).items()}
    hashes = orjson.dumps([ref.sha256 for ref in refs.values() if ref.sha256]).decode()
    rows = connection.exec_driver_sql(
        "SELECT sha256, url FROM uploaded_image WHERE store_id = ? AND sha256 IN (SELECT value FROM json_each(?))",
        (store_id, hashes),
    )
    uploaded: dict[str, str] = dict(map(tuple, rows))
    urls |= {source: uploaded[ref.sha256] for source, ref in refs.items() if ref.sha256 in uploaded}
    return urls, {source: ref for source, ref in refs.items() if source not in urls}


class Uploader:
    """Uploads of one run to one store. Two listings that need one picture at the same time share its upload."""

    def __init__(self, bank: ImageBank, store_id: int, journal: GroupCommit) -> None:
        self._bank, self._store_id, self._journal = bank, store_id, journal
        self._urls: dict[str, str] = {}
        self._under_way: dict[str, asyncio.Future[str]] = {}

    async def address(self, ref: ImageRef) -> str:
        """The photobank's address of a picture, uploaded if it has to be.

        Raises:
            ImageMissing: the file is gone.
            MarketplaceError: the upload failed; an upload may be repeated without harm.
        """
        if url := self._urls.get(ref.sha256):
            return url
        key = ref.sha256 or ref.source
        waiting = self._under_way.get(key)
        if waiting is None:
            waiting = self._under_way[key] = asyncio.ensure_future(self._upload(ref))
            waiting.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(waiting)

    async def addresses(
        self, refs: Mapping[str, ImageRef], before_each: Callable[[], Awaitable[None]]
    ) -> dict[str, str]:
        """Addresses by source, one picture after the other. *before_each* may wait (a limit, a pause) or raise."""
        found = {}
        for source, ref in refs.items():
            await before_each()
            found[source] = await self.address(ref)
        return found

    def forget(self, urls: Iterable[str]) -> None:
        """The platform could not read these addresses."""
        gone = set(urls)
        self._urls = {sha256: url for sha256, url in self._urls.items() if url not in gone}

    async def close(self) -> None:
        """Wait for uploads under way; their outcome is kept for the next run."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def _landed(self, key: str, done: asyncio.Future[str]) -> None:
        del self._under_way[key]
        if not done.cancelled():
            done.exception()  # looked at: whoever asked for the picture may be gone

    async def _upload(self, ref: ImageRef) -> str:
        name, data = await self._read(ref.source)
        uploaded = await self._bank.upload_image(name, data)
        sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        theirs = ref.source if is_remote(ref.source) else ""
        await self._journal.submit(
            lambda connection: _remember(connection, self._store_id, sha256, uploaded.url, theirs)
        )
        if sha256 == ref.sha256:
            self._urls[sha256] = uploaded.url
        return uploaded.url

    async def _read(self, source: str) -> tuple[str, bytes]:
        """Name and content of a file, or of a picture that is taken over from another store."""
        if is_remote(source):
            data = await self._bank.fetch_image(source)
            name = picture_name(source, data)
            if not name:
                raise ImageMissing(NO_PICTURE, file=source[:80])
            return name, data
        path = Path(source)
        try:
            return path.name[-NAME_MAX:], await asyncio.to_thread(path.read_bytes)
        except (OSError, ValueError) as error:
            raise ImageMissing(file=path.name) from error


def _remember(connection: Connection, store_id: int, sha256: str, url: str, theirs: str) -> None:
    """*theirs*: the address in another store's photobank the picture came from, "" for a file."""
    if theirs:
        remember_hash(connection, theirs, sha256)
    connection.exec_driver_sql(
        "INSERT INTO uploaded_image (store_id, sha256, url, uploaded_ms) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (store_id, sha256) DO UPDATE SET url = excluded.url, uploaded_ms = excluded.uploaded_ms",
        (store_id, sha256, url, now_ms()),
    )
