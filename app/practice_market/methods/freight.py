"""Freight and service templates, read only: no API writes them (aliexpress-open-platform.md 5.14, 5.19)."""

from __future__ import annotations

from typing import Any

import orjson

from app.practice_market.call import Arguments
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.methods.registry import method
from app.practice_market.refusals import Refusal


@method("aliexpress.freight.redefining.listfreighttemplate")
def list_templates(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The store's freight templates, the platform's default among them."""
    rows = context.storage.rows(
        "SELECT template_id, name, is_default FROM freight_template WHERE store_id = ? ORDER BY position",
        (context.store_id,),
    )
    templates = [
        {"template_id": row["template_id"], "template_name": row["name"], "is_default": bool(row["is_default"])}
        for row in rows
        if row["template_id"] >= 0 or context.faults.switches.large_ids
    ]
    return {
        "result_success": True,
        "aeop_freight_template_d_t_o_list": Listed("aeopfreighttemplatedtolist", templates),
    }


@method("aliexpress.freight.redefining.getfreightsettingbytemplatequery")
def get_settings(context: Context, arguments: Arguments) -> dict[str, Any]:
    """One template with its carriers, in the nested form of 2020."""
    template_id = arguments.integer("template_id")
    row = context.storage.row(
        "SELECT * FROM freight_template WHERE store_id = ? AND template_id = ?", (context.store_id, template_id)
    )
    if row is None:
        text = Refusal("freight.missing", template_id=template_id).wording.text
        return {"is_success": False, "error_desc": text}
    settings = [_carrier(item) for item in orjson.loads(row["settings"])]
    return {
        "is_success": True,
        "is_default": bool(row["is_default"]),
        "template_id": row["template_id"],
        "template_name": row["name"],
        "freight_setting_list": Listed("aeop_freight_setting", settings),
    }


@method("aliexpress.postproduct.redefining.querypromisetemplatebyid")
def list_promises(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Service templates; -1 asks for all, 0 is the beginner's."""
    template_id = arguments.integer("template_id")
    rows = context.storage.rows(
        "SELECT template_id, name FROM promise_template WHERE store_id = ? AND ? IN (-1, template_id)"
        " ORDER BY template_id",
        (context.store_id, template_id),
    )
    templates = [{"id": row["template_id"], "name": row["name"]} for row in rows]
    return {"result": {"template_list": Listed("templatelist", templates)}}


def _carrier(item: dict[str, Any]) -> dict[str, Any]:
    own = [
        {
            **rule,
            "self_define_weight_list": Listed(
                "aeop_freight_selfdefine_weight", rule.get("self_define_weight_list", [])
            ),
        }
        for rule in item.get("selfdefine_list", [])
    ]
    return {
        "template": item["template"],
        "selfdefine_list": Listed("aeop_freight_selfdefine", own),
        "selfstandard_list": Listed("aeop_freight_selfdefine_standard", item.get("selfstandard_list", [])),
    }
