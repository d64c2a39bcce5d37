"""Creating and changing products, whichever method asks: checked, locked, kept, and entered into the record."""

from __future__ import annotations

from app.practice_market.checker import check
from app.practice_market.content.reading import Family, Record
from app.practice_market.context import Context
from app.practice_market.products import Product, insert, refuse_uneditable, replace_record
from app.practice_market.refusals import Refusal


def create(context: Context, record: Record, family: Family) -> int:
    """Keep a new product of the calling store; answers its id.

    Raises:
        Refusal: a rule is broken, or the store is full.
    """
    check(record, family, context)
    limit = context.faults.switches.product_limit
    held = context.storage.value("SELECT count(*) FROM product WHERE store_id = ?", (context.store_id,))
    if held >= limit:
        raise Refusal("store.full", limit=limit)
    product_id = insert(context.storage, context.store_id, record, context.moment_ms)
    codes = [sku["sku_code"] for sku in record["aeop_ae_product_s_k_us"]]
    context.accepted("create", product_id, record, {"codes": codes})
    return product_id


def edit(context: Context, product: Product, record: Record, family: Family, changed: set[str] | None = None) -> None:
    """Check and keep an edit, *changed* naming its fields where it is partial; the product goes back into review.

    Raises:
        Refusal: the product may not be edited now, its main language would change, or a rule is broken.
    """
    refuse_uneditable(context, product)
    if record["locale"] != product.record["locale"]:
        raise Refusal("schema.fixed", pointer="locale")
    if changed is None and context.faults.switches.full_edit == "merges":
        record = {**product.record, **{name: value for name, value in record.items() if value not in (None, [], "")}}
    check(record, family, context, changed=changed)
    replace_record(context, product, record, is_reviewed=True, said=sorted(changed) if changed else None)
