"""Uploading pictures and looking through the photobank (aliexpress-open-platform.md 5.13)."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from app.practice_market import photobank
from app.practice_market.call import Arguments, scalars
from app.practice_market.catalogue import rules
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
    return {"result": {"is_success": True, **_kept(context, arguments)}}


@method("aliexpress.photobank.redefining.uploadimage", FailureBody("success"))
def upload_plain(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The same under another flag."""
    return {"result": {"success": True, **_kept(context, arguments)}}


@method("aliexpress.photobank.redefining.delunusephoto", FAILURE)
def delete_image(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Forget a picture that no product uses."""
    image_id = Fields(arguments.document("aeop_delete_image_request")).integer("image_repository_id") or 0
    row = context.storage.row("SELECT * FROM image WHERE image_id = ? AND store_id = ?", (image_id, context.store_id))
    if row is None or _uses(context, row):
        raise Refusal("image.in_use" if row else "image.missing", image_id=image_id)
    context.storage.execute("DELETE FROM image WHERE image_id = ?", (image_id,))
    context.accepted("image_delete", image_id, None)
    return {"result": {"is_success": True}}


@method("aliexpress.photobank.redefining.listgroup", FailureBody("success"))
def list_groups(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The photobank's groups, those its pictures name."""
    rows = context.storage.rows(
        "SELECT DISTINCT group_id FROM image WHERE store_id = ? AND group_id <> '' ORDER BY group_id",
        (context.store_id,),
    )
    groups = [{"group_id": row["group_id"], "group_name": row["group_id"]} for row in rows]
    listed = Listed("aeop_photo_bank_image_group_dto", groups)
    return {"result": {"success": True, "photo_bank_image_group_list": listed}}


@method("aliexpress.photobank.redefining.queryphotobankimagebypaths", FailureBody("success"))
def find_images(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Pictures by their paths, as JSON text."""
    paths = scalars("paths", arguments.text("paths"))
    names = [path.rpartition("/")[2].partition(".")[0] for path in paths]
    rows = context.storage.rows(
        f"SELECT * FROM image WHERE store_id = ? AND hash IN ({','.join('?' * len(names))})",
        (context.store_id, *names),
    )
    return {"result": {"images": orjson.dumps([_image(context, row) for row in rows]).decode()}}


def _kept(context: Context, arguments: Arguments) -> dict[str, Any]:
    if "image_bytes" not in arguments.files:
        raise Refusal("parameter.missing", name="image_bytes")
    name, part = arguments.text("file_name"), arguments.files["image_bytes"]
    if len(name) > rules()["photobank"]["name_max"]:
        raise Refusal("parameter.count", name="file_name", found=len(name))
    picture, key = photobank.checked(part.content, context.faults.switches), photobank.content_hash(part.content)
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
        context.accepted("upload", context.storage.value("SELECT last_insert_rowid()"), key, {"file_name": name})
    path = f"kf/{key}.{held['extension'] if held else picture.extension}"
    return {
        "status": "DUPLICATE" if held else "SUCCESS",
        "file_name": name,
        "width": picture.width,
        "height": picture.height,
        "photobank_url": photobank.address(context.gateway, path),
        "photobank_total_size": str(rules()["photobank"]["capacity_mb"]),
        "photobank_used_size": str(photobank.used_bytes(context.storage, context.store_id) // MEGABYTE),
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


def _uses(context: Context, row: sqlite3.Row) -> int:
    """How many products show a picture."""
    sql = "SELECT count(*) FROM product WHERE store_id = ? AND instr(images, ?) > 0"
    return int(context.storage.value(sql, (context.store_id, f"kf/{row['hash']}.{row['extension']}")))


def _image(context: Context, row: sqlite3.Row) -> dict[str, Any]:
    path = f"kf/{row['hash']}.{row['extension']}"
    return {
        "iid": row["image_id"],
        "display_name": row["name"],
        "file_size": row["size"],
        "gmt_create": context.product_text(row["created_ms"]),
        "gmt_modified": context.product_text(row["created_ms"]),
        "group_id": row["group_id"] or None,
        "width": row["width"],
        "height": row["height"],
        "reference_count": _uses(context, row),
        "status": "normal",
        "url": photobank.address(context.gateway, path),
    }
