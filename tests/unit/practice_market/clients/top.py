"""A day of a seller with `aliexpress-sdk` (TOP signing), unmodified: a program of its own, JSON in and out."""

import json
import sys
from urllib.parse import urlsplit

from aliexpress import appinfo
from aliexpress.api.base import TopException
from aliexpress.api.rest.SolutionOrderGetRequest import AliexpressSolutionOrderGetRequest
from aliexpress.api.rest.SolutionProductListGetRequest import AliexpressSolutionProductListGetRequest
from aliexpress.api.rest.TopAuthTokenCreateRequest import TopAuthTokenCreateRequest
from aliexpress.api.rest.TopAuthTokenRefreshRequest import TopAuthTokenRefreshRequest

told = json.load(sys.stdin)
address = urlsplit(told["gateway"])


def asked(kind, session=None, **fields):
    request = kind(address.hostname, address.port)
    request.set_app_info(appinfo(told["app_key"], told["app_secret"]))
    for name, value in fields.items():
        setattr(request, name, value)
    try:
        return request.getResponse(session)
    except TopException as error:
        return {"refused": error.errorcode, "sub_code": error.subcode}


created = asked(TopAuthTokenCreateRequest, code=told["code"])
tokens = json.loads(created["top_auth_token_create_response"]["token_result"])
renewed = asked(TopAuthTokenRefreshRequest, refresh_token=tokens["refresh_token"])
session = json.loads(renewed["top_auth_token_refresh_response"]["token_result"])["access_token"]
query = json.dumps({"product_status_type": "onSelling", "page_size": 5, "current_page": 1})
orders = json.dumps({"create_date_start": told["since"], "page_size": 5})
json.dump(
    {
        "tokens": tokens,
        "products": asked(AliexpressSolutionProductListGetRequest, session, aeop_a_e_product_list_query=query),
        "orders": asked(AliexpressSolutionOrderGetRequest, session, param0=orders),
        "refused": asked(AliexpressSolutionOrderGetRequest, "50000nobody", param0=orders),
    },
    sys.stdout,
)
