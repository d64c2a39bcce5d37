"""What a store is and how much it may list (aliexpress-open-platform.md 5.8, 5.20)."""

from __future__ import annotations

from typing import Any

from app.practice_market.call import Arguments
from app.practice_market.context import Context
from app.practice_market.methods.registry import method
from app.practice_market.products import Status


@method("aliexpress.merchant.profile.get")
def get_profile(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Seller, quota and currency; counts are text."""
    online = context.storage.value(
        "SELECT count(*) FROM product WHERE store_id = ? AND status = ?", (context.store_id, Status.ON_SALE)
    )
    return {
        "profile": {
            "seller_id": context.store_id,
            "online_store_product_number": str(online),
            "auth_store_product_number": "0",
            "limit_store_product_number": str(context.faults.switches.product_limit),
            "country": context.store["country"],
            "quotation_currency": context.store["currency"],
        }
    }


@method("aliexpress.solution.merchant.profile.get")
def get_shop(context: Context, arguments: Arguments) -> dict[str, Any]:
    """The shop as buyers know it."""
    return {
        "country_code": context.store["country"],
        "merchant_login_id": context.store["login_id"],
        "product_posting_forbidden": False,
        "shop_id": context.store_id,
        "shop_name": context.store["name_en"],
        "shop_type": "official",
        "shop_url": f"{context.gateway}/store/{context.store_id}",
    }
