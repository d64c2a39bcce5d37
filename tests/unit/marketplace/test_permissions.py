"""What an account may call: asked without changing anything."""

from __future__ import annotations

import pytest

from app.practice_market import PracticeMarket
from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
from app.services.marketplace.aliexpress.mapping.methods import Repeat
from app.services.marketplace.aliexpress.permissions import PROBES
from app.services.marketplace.port import SignedOut, StoreCredentials
from tests.unit.marketplace.stub import StubMarket, refusal


async def test_each_method_is_told_with_what_the_gateway_said(store: AliExpressMarketplace, market: StubMarket) -> None:
    for _, method in PROBES:
        market.answer(method.name, refusal("MissingParameter", "something"))
    market.answer("aliexpress.offer.product.post", refusal("InsufficientPermission"))
    market.answer("aliexpress.solution.order.get", refusal("InvalidApiPath"))
    market.answer("aliexpress.product.productgroups.get", refusal("ServiceTimeout"))
    market.answer("aliexpress.freight.redefining.listfreighttemplate", refusal("nobody-knows"))

    found = {one.method: one.is_allowed for one in await store.permissions()}

    assert found.pop("aliexpress.offer.product.post") is False
    assert found.pop("aliexpress.solution.order.get") is False
    assert found.pop("aliexpress.product.productgroups.get") is None
    assert found.pop("aliexpress.freight.redefining.listfreighttemplate") is None
    assert set(found.values()) == {True}


async def test_writes_are_sent_without_what_they_cannot_do_without(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    await store.permissions()

    system = {"app_key", "timestamp", "sign_method", "sign", "method", "session", "format", "simplify"}
    writes = {method.name for _, method in PROBES if method.repeat is not Repeat.READ}
    assert len(writes) >= 6
    assert all(seen.params.keys() == system for seen in market.seen if seen.params["method"] in writes)


async def test_a_store_that_must_be_authorised_again_is_not_asked_for_permissions(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    for _, method in PROBES:
        market.answer(method.name, refusal("IllegalAccessToken"))
    market.answer("/auth/token/refresh", refusal("IllegalRefreshToken"))

    with pytest.raises(SignedOut):
        await store.permissions()


async def test_the_practice_market_is_left_as_it_was() -> None:
    async with PracticeMarket() as market:
        gateway = Gateway(market.gateway)
        keys, account = market.credentials, market.credentials["stores"][0]
        secrets = StoreCredentials(keys["app_key"], keys["app_secret"], account["access_token"])
        store = AliExpressMarketplace(secrets, gateway, store_key="one")

        found = await store.permissions()
        await gateway.close()
        applied = market.state()["applied"]

    assert all(any(one.is_allowed for one in found if one.purpose == purpose) for purpose, _ in PROBES)
    assert not [method for _, method in PROBES if method.repeat is not Repeat.READ and applied.get(method.name)]
