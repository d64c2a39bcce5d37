"""A day of a seller with `lazop-sdk` (IOP signing), unmodified: a program of its own, JSON in and out.

The SDK joins address and API name and signs the name in front. Path APIs have a name, dotted methods of `/sync` have
none in front and stand in the parameter `method`, which is what the platform's own SDK does with them.
"""

import json
import sys

from lazop_sdk import LazopClient, LazopRequest

told = json.load(sys.stdin)


def client(place):
    return LazopClient(told["gateway"] + place, told["app_key"], told["app_secret"])


def path(name, **params):
    request = LazopRequest(name)
    for key, value in params.items():
        request.add_api_param(key, value)
    return client("/rest").execute(request).body


def method(name, session, verb="POST", **params):
    request = LazopRequest("", verb)
    for key, value in {"method": name, "session": session, "simplify": "true", **params}.items():
        request.add_api_param(key, value)
    return client("/sync").execute(request).body


tokens = path("/auth/token/create", code=told["code"])
renewed = path("/auth/token/refresh", refresh_token=tokens["refresh_token"])
session = renewed["access_token"]
query = json.dumps({"product_status_type": "onSelling", "page_size": 5, "current_page": 1})
json.dump(
    {
        "tokens": tokens,
        "products": method("aliexpress.solution.product.list.get", session, aeop_a_e_product_list_query=query),
        "orders": method(
            "aliexpress.solution.order.get", session, "GET", create_date_start=told["since"], page_size="5"
        ),
        "refused": method("aliexpress.solution.order.get", "50000nobody", create_date_start=told["since"]),
    },
    sys.stdout,
)
