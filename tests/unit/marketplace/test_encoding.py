"""Parameters on the wire."""

from __future__ import annotations

import json

import pytest

from app.services.marketplace.aliexpress.encoding import wire_id, wire_params
from app.services.marketplace.port import Refused


def test_values_are_spelt_as_the_platform_wants_them() -> None:
    sent = wire_params({"text": "a b", "yes": True, "no": False, "id": -1700000001, "json": {"标题": [1, "✓"]}})

    assert sent == {"text": "a b", "yes": "true", "no": "false", "id": "-1700000001", "json": '{"标题":[1,"✓"]}'}
    assert list(json.loads(sent["json"])) == ["标题"]


def test_nothing_empty_is_sent() -> None:
    assert wire_params({"none": None, "empty": "", "zero": 0}) == {"zero": "0"}


def test_a_float_never_leaves() -> None:
    with pytest.raises(TypeError, match="float"):
        wire_params({"price": 1.1})


@pytest.mark.parametrize("broken", ["\ud800", {"title": "x\udfff"}])
def test_broken_characters_are_refused_before_anything_is_sent(broken: object) -> None:
    with pytest.raises(Refused) as caught:
        wire_params({"product": broken})
    assert caught.value.error_code == "marketplace.bad_text"


@pytest.mark.parametrize("value", ["200000000060024475", "-1700000001", "0", str(2**63 - 1)])
def test_ids_are_sent_exactly(value: str) -> None:
    assert str(wire_id(value, "product_id")) == value


@pytest.mark.parametrize("value", ["", "piece", "1.5", "1e5", " 1", str(2**63), "١٢", "--1"])
def test_what_is_no_id_is_refused_with_the_field(value: str) -> None:
    with pytest.raises(Refused) as caught:
        wire_id(value, "unit_id")
    assert (caught.value.error_code, caught.value.field, caught.value.params["value"]) == (
        "marketplace.bad_id",
        "unit_id",
        value,
    )
