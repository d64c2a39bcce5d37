"""Signatures against the vectors that the platform's own SDKs computed."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.marketplace.aliexpress.signing import sign_iop, sign_top

VECTORS = Path(__file__).parents[2] / "data" / "protocol" / "signature-vectors.json"


def vectors(gateway: str) -> list[dict[str, Any]]:
    return [vector for vector in json.loads(VECTORS.read_text("utf-8"))["vectors"] if vector["gateway"] == gateway]


def test_all_sixteen_vectors_are_here() -> None:
    assert len(vectors("iop")) == 10
    assert len(vectors("top")) == 6


@pytest.mark.parametrize("vector", vectors("iop"), ids=lambda vector: vector["id"])
def test_iop_signature(vector: dict[str, Any]) -> None:
    signed = sign_iop(vector["params"], vector["secret"], vector["api_path_prefix"])

    assert signed in {expected["sign"] for expected in vector["expected"]}


@pytest.mark.parametrize("vector", vectors("top"), ids=lambda vector: vector["id"])
def test_top_signature(vector: dict[str, Any]) -> None:
    signed = sign_top(vector["params"], vector["secret"], vector["sign_method"])

    assert [signed] == [expected["sign"] for expected in vector["expected"]]


def test_leaving_empty_parameters_out_gives_the_other_signature_of_v9() -> None:
    vector = next(vector for vector in vectors("iop") if vector["id"] == "V9")
    without_empty = {name: value for name, value in vector["params"].items() if value}

    assert sign_iop(without_empty, vector["secret"]) == vector["expected"][1]["sign"]


def test_a_signature_already_there_is_not_signed() -> None:
    params = {"app_key": "1", "timestamp": "2"}

    assert sign_iop({**params, "sign": "X"}, "s") == sign_iop(params, "s")


def test_an_unknown_top_method_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="sha1"):
        sign_top({"a": "b"}, "s", "sha1")


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@settings(max_examples=50)
@given(st.dictionaries(texts, texts, max_size=6), texts, st.sampled_from(["", "/auth/token/create"]))
def test_any_parameters_are_signed_as_the_reference_says(params: dict[str, str], secret: str, path: str) -> None:
    """Its five steps written down once more, in bytes (2.1)."""
    joined = path.encode()
    for name, value in sorted((name.encode(), value.encode()) for name, value in params.items() if name != "sign"):
        joined += name + value

    assert sign_iop(params, secret, path) == hmac.new(secret.encode(), joined, hashlib.sha256).hexdigest().upper()


@settings(max_examples=50)
@given(
    st.dictionaries(texts, texts, max_size=6).map(lambda params: {**params, "a": "b"}),
    texts,
    st.sampled_from(["md5", "hmac", "hmac-sha256"]),
)
def test_any_parameters_are_signed_as_the_older_gateway_says(params: dict[str, str], secret: str, kind: str) -> None:
    """The three formulas of 2.2 written down once more, in bytes."""
    key, joined = secret.encode(), b""
    for name, value in sorted((name.encode(), value.encode()) for name, value in params.items() if name != "sign"):
        joined += name + value
    expected = {
        "md5": lambda: hashlib.md5(key + joined + key).hexdigest(),
        "hmac": lambda: hmac.new(key, joined, hashlib.md5).hexdigest(),
        "hmac-sha256": lambda: hmac.new(key, joined, hashlib.sha256).hexdigest(),
    }[kind]()

    assert sign_top(params, secret, kind) == expected.upper()


@settings(max_examples=60)
@given(st.data())
def test_the_vectors_hold_in_any_order_of_parameters_and_no_other_secret(data: st.DataObject) -> None:
    vector = data.draw(st.sampled_from(vectors("iop") + vectors("top")))
    params = dict(data.draw(st.permutations(list(vector["params"].items()))))
    wrong = data.draw(texts.filter(lambda secret: secret != vector["secret"]))

    def sign(secret: str) -> str:
        if vector["gateway"] == "iop":
            return sign_iop(params, secret, vector["api_path_prefix"])
        return sign_top(params, secret, vector["sign_method"])

    known = {expected["sign"] for expected in vector["expected"]}
    assert sign(vector["secret"]) in known
    assert sign(wrong) not in known
