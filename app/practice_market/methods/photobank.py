"""Uploading pictures and looking through the photobank (aliexpress-open-platform.md 5.13)."""

from __future__ import annotations

import sqlite3
from typing import Any

from app.practice_market import photobank
from app.practice_market.call import Arguments
from app.practice_market.catalogue import rules
from app.practice_market.clock import beijing_text
from app.practice_market.content.fields import Fields
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.refusals import Refusal

FAILURE = FailureBody("is_success")
MEGABYTE = 1024 * 1024


@method("aliexpress.photobank.redefining.uploadimageforsdk", FAILURE)
def upload(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Keep a picture; the same bytes again get the address they have, with status DUPLICATE."""
    if "image_bytes" not in arguments.files:
        raise Refusal("parameter.missing", name="image_bytes")
    name, part = arguments.text("file_name"), arguments.files["image_bytes"]
    if len(name) > rules()["photobank"]["name_max"]:
        raise Refusal("parameter.count", name="file_name", found=len(name))
    picture, key = photobank.checked(part.content), photobank.content_hash(part.content)
    held = context.storage.row("SELECT * FROM image WHERE store_id = ? AND hash = ?", (context.store_id, key))
    if held is None:
        context.storage.execute(
            "INSERT INTO image (store_id, hash, extension, name, group_id, width, height, size, created_ms, drawing,"
            " bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)",
            (
                context.store_id,
                key,
                picture.extension,
                name,
                arguments.text("group_id", ""),
                picture.width,
                picture.height,
                len(part.content),
                context.moment_ms,
                part.content,
            ),
        )
    path = f"kf/{key}.{held['extension'] if held else picture.extension}"
    return {
        "result": {
            "is_success": True,
            "status": "DUPLICATE" if held else "SUCCESS",
            "file_name": name,
            "width": picture.width,
            "height": picture.height,
            "photobank_url": photobank.address(context.gateway, path),
            "photobank_total_size": str(rules()["photobank"]["capacity_mb"]),
            "photobank_used_size": str(photobank.used_bytes(context.storage, context.store_id) // MEGABYTE),
        }
    }


@method("aliexpress.photobank.redefining.listimagepagination", FailureBody("success"))
def list_images(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Pictures of all groups, of one, or of none, newest first."""
    limits = rules()["lists"]
    fields = Fields(arguments.document("aeop_image_pagination_request"))
    page, size = fields.integer("current_page") or 1, fields.integer("page_size") or limits["images_page"]
    if page < 1 or not 1 <= size <= limits["images_page_max"]:
        raise Refusal("parameter.page", name="page_size", page=page, size=size)
    where, params = _place(context, fields)
    total = context.storage.value(f"SELECT count(*) FROM image WHERE {where}", params)
    rows = context.storage.rows(
        f"SELECT * FROM image WHERE {where} ORDER BY image_id DESC LIMIT ? OFFSET ?", (*params, size, (page - 1) * size)
    )
    return {
        "result": {
            "success": True,
            "images": Listed("aeop_image", [_image(context, row) for row in rows]),
            "query": {"current_page": page, "page_size": size, "location_type": fields.text("location_type")},
            "total": total,
            "total_page": -(-total // size),
        }
    }


@method("aliexpress.photobank.redefining.getphotobankinfo", FailureBody("success"))
def get_info(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Size and use of the photobank in bytes."""
    return {
        "result": {
            "capicity": rules()["photobank"]["capacity_mb"] * MEGABYTE,
            "useage": photobank.used_bytes(context.storage, context.store_id),
        }
    }


def _place(context: Context, fields: Fields) -> tuple[str, tuple[Any, ...]]:
    match fields.text("location_type") or "allGroup":
        case "allGroup":
            return "store_id = ?", (context.store_id,)
        case "subGroup":
            return "store_id = ? AND group_id = ?", (context.store_id, fields.text("group_id"))
        case "unGroup":
            return "store_id = ? AND group_id = ''", (context.store_id,)
        case "temp":
            return "store_id = ? AND 0", (context.store_id,)
    raise Refusal("parameter.value", name="location_type", value=fields.text("location_type"))


def _image(context: Context, row: sqlite3.Row) -> dict[str, Any]:
    path = f"kf/{row['hash']}.{row['extension']}"
    used = context.storage.value(
        "SELECT count(*) FROM product WHERE store_id = ? AND instr(images, ?) > 0", (context.store_id, path)
    )
    return {
        "iid": row["image_id"],
        "display_name": row["name"],
        "file_size": row["size"],
        "gmt_create": beijing_text(row["created_ms"]),
        "gmt_modified": beijing_text(row["created_ms"]),
        "group_id": row["group_id"] or None,
        "width": row["width"],
        "height": row["height"],
        "reference_count": used,
        "status": "normal",
        "url": photobank.address(context.gateway, path),
    }
