"""Trials of freight: for a template and a parcel, and for a buyer of a product (aliexpress-open-platform.md 5.14)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson

from app.practice_market import products
from app.practice_market.call import Arguments
from app.practice_market.catalogue import rules
from app.practice_market.content.fields import Fields
from app.practice_market.content.order_answers import money2
from app.practice_market.context import Context
from app.practice_market.envelope import Listed
from app.practice_market.freight import Charge, Parcel, charges, parcel_weight
from app.practice_market.methods.registry import method
from app.practice_market.refusals import Refusal

NOT_SERVED = 1
"""`error_code` of a service that does not go there; only that it is not 0 is documented."""
NOBODY = "no logistics service ships to this country"


@method("aliexpress.freight.redefining.calculatefreight")
def calculate(context: Context, arguments: Arguments) -> dict[str, Any]:
    """What each carrier of a template asks for a parcel that the caller describes."""
    template_id, pieces = arguments.integer("freight_template_id"), arguments.integer("count")
    country = arguments.text("country")
    for side in ("length", "width", "height"):
        arguments.integer(side)
    custom = arguments.text("is_custom_pack_weight").lower() == "true"
    weight = parcel_weight(
        _kilograms(arguments, "weight"),
        pieces,
        base=arguments.integer("pack_base_unit", 1) if custom else 0,
        step=arguments.integer("pack_add_unit", 1),
        step_kg=_kilograms(arguments, "pack_add_weight", "0"),
    )
    services = _services(context, template_id)
    if services is None or pieces < 1:
        text = Refusal("freight.missing", template_id=template_id).wording.text
        return {"result_success": False, "result_error_desc": text if services is None else "count must be 1 or more"}
    rows = [_seller_row(charge) for charge in charges(services, Parcel(pieces, weight, country))]
    return {
        "result_success": True,
        "aeop_freight_calculate_result_d_t_o_list": Listed("aeopfreightcalculateresultdtolist", rows),
    }


@method("aliexpress.logistics.buyer.freight.calculate")
def calculate_for_buyer(context: Context, arguments: Arguments) -> dict[str, Any]:
    """What a buyer would be asked for a product of the store."""
    found = _buyer_charges(context, arguments.document("param_aeop_freight_calculate_for_buyer_d_t_o"))
    rows = [
        {
            "service_name": charge.service,
            "tracking_available": "true",
            "estimated_delivery_time": rules()["tariffs"][charge.service]["days"],
            "error_code": 0,
            "freight": _money3(charge.buyer_cents or 0),
        }
        for charge in found
    ]
    listed = Listed("aeop_freight_calculate_result_for_buyer_dto", rows)
    return {"result": {**_verdict(found), "aeop_freight_calculate_result_for_buyer_d_t_o_list": listed}}


@method("aliexpress.logistics.buyer.freight.get")
def get_for_buyer(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The same under its other name, in its own spelling."""
    found = _buyer_charges(context, arguments.document("aeopFreightCalculateForBuyerDTO"))
    rows = [
        {
            "service_name": charge.service,
            "shipping_method": charge.service,
            "tracking_available": True,
            "estimated_delivery_time": rules()["tariffs"][charge.service]["days"],
            "error_code": 0,
            "freight": {"cent": charge.buyer_cents, "currency": "USD", "currency_code": "USD"},
        }
        for charge in found
    ]
    listed = Listed("aeop_freight_calculate_result_for_buyer_dto", rows)
    return {"result": {**_verdict(found), "aeop_freight_calculate_result_for_buyer_dtolist": listed}}


def _verdict(found: list[Charge]) -> dict[str, Any]:
    return {"success": bool(found), "error_desc": None if found else NOBODY}


def _buyer_charges(context: Context, document: dict[str, Any]) -> list[Charge]:
    """The carriers that go there, with what the buyer pays; none for a product the store does not have."""
    fields = Fields(document)
    pieces = fields.integer("product_num") or 1
    try:
        product = products.load(context, fields.integer("product_id") or 0)
    except Refusal:
        return []
    record = product.record
    weight = parcel_weight(
        Decimal(str(record["gross_weight"])),
        pieces,
        base=int(record.get("base_unit") or 0),
        step=int(record.get("add_unit") or 0),
        step_kg=Decimal(str(record.get("add_weight") or 0)),
    )
    services = _services(context, record["freight_template_id"]) or []
    parcel = Parcel(max(1, pieces), weight, fields.text("country_code"))
    return [charge for charge in charges(services, parcel) if charge.buyer_cents is not None]


def _services(context: Context, template_id: int) -> list[dict[str, Any]] | None:
    found = context.storage.value(
        "SELECT settings FROM freight_template WHERE store_id = ? AND template_id = ?", (context.store_id, template_id)
    )
    return None if found is None else list(orjson.loads(found))


def _seller_row(charge: Charge) -> dict[str, Any]:
    row = {"service_name": charge.service, "standard_freight": _money3(charge.standard_cents)}
    if charge.buyer_cents is None:
        return {**row, "error_code": NOT_SERVED}
    return {**row, "error_code": 0, "freight": _money3(charge.buyer_cents)}


def _money3(amount_cents: int) -> dict[str, Any]:
    return {**money2(amount_cents), "cent": amount_cents}


def _kilograms(arguments: Arguments, name: str, default: str | None = None) -> Decimal:
    value = Fields({name: arguments.text(name, default)}).decimal(name)
    if value is None or value < 0:
        raise Refusal("parameter.value", name=name, value=value)
    return value
