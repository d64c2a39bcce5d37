"""Product groups: two levels, read and bound by the API (aliexpress-open-platform.md 5.7)."""

from __future__ import annotations

from typing import Any

from app.practice_market.call import Arguments, scalars
from app.practice_market.catalogue import rules
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import FailureBody, method
from app.practice_market.products import load, replace_record
from app.practice_market.refusals import Refusal


@method("aliexpress.postproduct.redefining.getproductgrouplist", FailureBody("success"))
def list_top(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The groups of the first level."""
    return {"result": {"success": True, "target_list": Listed("aeop_ae_product_tree_group", _groups(context, 0))}}


@method("aliexpress.product.productgroups.get")
def list_tree(context: Context, arguments: Arguments) -> dict[str, Any]:
    """All groups; a group without children has no child list."""
    tree = [
        {**group, "child_group_list": Listed("aeop_ae_product_child_group", _groups(context, group["group_id"]))}
        for group in _groups(context, 0)
    ]
    return {"result": {"target_list": Listed("aeop_ae_product_tree_group", tree)}}


@method("aliexpress.postproduct.redefining.setgroups", FailureBody("success"))
def bind(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Give a product its groups; answers those that are bound then."""
    product = load(context, arguments.integer("product_id"))
    texts = scalars("group_ids", arguments.text("group_ids"))
    if len(texts) > rules()["lists"]["group_ids_max"]:
        raise Refusal("parameter.count", name="group_ids", found=len(texts))
    group_ids = [_own_group(context, text) for text in texts]
    record = {**product.record, "group_ids": group_ids}
    replace_record(context, product, record, is_reviewed=False, kind="groups", said=group_ids)
    return {"result": {"success": True, "target_list": Listed("number", group_ids)}}


@method("aliexpress.postproduct.redefining.createproductgroup", FailureBody("success"))
def create(context: Context, arguments: Arguments) -> dict[str, Any]:
    """A new group at the top or below a top one; its id comes back as text."""
    name, parent_id = arguments.text("name"), arguments.integer("parent_id", 0)
    if not name.isascii() or len(name) > rules()["lists"]["group_name_max"]:
        raise Refusal("parameter.ascii", name="name", most=rules()["lists"]["group_name_max"])
    if parent_id and parent_id not in {group["group_id"] for group in _groups(context, 0)}:
        raise Refusal("group.missing", group_id=parent_id)
    sql = "INSERT INTO product_group (store_id, parent_id, name) VALUES (?, ?, ?)"
    group_id = context.storage.execute(sql, (context.store_id, parent_id, name)).lastrowid
    assert group_id is not None
    context.accepted("group", group_id, {"name": name, "parent_id": parent_id}, name)
    return {"result": {"success": True, "target": str(group_id)}}


@method("aliexpress.postproduct.redefining.queryproductgroupidbyproductid", FailureBody("success"))
def list_of_product(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The groups of a product, ids as text."""
    product = load(context, arguments.integer("product_id"))
    rows = [{"group_id": str(group_id)} for group_id in product.record["group_ids"]]
    return {"result": {"success": True, "target_list": Listed("aeop_ae_product_group_id_holder", rows)}}


def _groups(context: Context, parent_id: int) -> list[dict[str, Any]]:
    rows = context.storage.rows(
        "SELECT group_id, name FROM product_group WHERE store_id = ? AND parent_id = ? ORDER BY group_id",
        (context.store_id, parent_id),
    )
    return [{"group_id": row["group_id"], "group_name": row["name"]} for row in rows]


def _own_group(context: Context, text: str) -> int:
    found = context.storage.value(
        "SELECT group_id FROM product_group WHERE store_id = ? AND group_id = ?", (context.store_id, text)
    )
    if found is None:
        raise Refusal("group.missing", group_id=text)
    return int(found)
