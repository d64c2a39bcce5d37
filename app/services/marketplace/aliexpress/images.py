"""Pictures into the photobank (protocol reference 5.13)."""

from __future__ import annotations

import re

from app.services.marketplace.aliexpress.calls import Calls
from app.services.marketplace.aliexpress.downloads import download
from app.services.marketplace.aliexpress.envelope import reading
from app.services.marketplace.aliexpress.gateway import Upload
from app.services.marketplace.aliexpress.mapping.methods import IMAGE_UPLOAD
from app.services.marketplace.aliexpress.mapping.store import read_image
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.port import Refused, UploadedImage

_UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/]')


class ImageCalls(Calls):
    """The image part of the port; documented there."""

    async def fetch_image(self, address: str) -> bytes:
        """The picture at an address of the photobank, any store's."""
        return await download(self._session.gateway, address)

    async def upload_image(self, name: str, data: bytes) -> UploadedImage:
        """Put an image into the photobank; the same image again gives the address it has.

        Raises:
            Refused: `marketplace.image_format` or `marketplace.image_empty`, before anything is sent.
        """
        wire = rules("wire")
        stem, dot, ending = name.rpartition(".")
        content_type = wire["image_types"].get(ending.lower())
        if not dot or content_type is None:
            raise Refused("marketplace.image_format", field="images", name=name)
        if not data:
            raise Refused("marketplace.image_empty", field="images", name=name)
        sent = f"{_UNSAFE.sub('_', stem)[: wire['image_name_max'] - len(ending) - 1]}.{ending}"
        upload = Upload("image_bytes", sent, content_type, data)
        answer = await self._session.call(IMAGE_UPLOAD, {"file_name": sent}, upload)
        with reading(IMAGE_UPLOAD):
            return read_image(answer)
