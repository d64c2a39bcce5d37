"""AliExpress behind the marketplace port: signing, envelope, limits, renewal, mapping.

`AliExpressMarketplace` is one store, `Gateway` the connection all stores share; `explain` and `explain_code` turn
the platform's codes into a sentence key and the field to change, `remedy_of` into what to do.
"""

from app.services.marketplace.aliexpress.adapter import AliExpressMarketplace
from app.services.marketplace.aliexpress.errors import explain, explain_code, remedy_of
from app.services.marketplace.aliexpress.gateway import Gateway
from app.services.marketplace.aliexpress.tokens import authorise_url, create_credentials, renew_credentials

__all__ = [
    "AliExpressMarketplace",
    "Gateway",
    "authorise_url",
    "create_credentials",
    "explain",
    "explain_code",
    "remedy_of",
    "renew_credentials",
]
