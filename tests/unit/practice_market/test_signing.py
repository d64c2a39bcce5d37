"""Signatures against the published vectors, computed by public SDKs (aliexpress-open-platform.md 2.3)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.practice_market.signing import iop_signature, is_signed, top_signature

FILE = Path(__file__).parents[2] / "data" / "protocol" / "signature-vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["vectors"]
SIGNS = [(vector, expected["sign"]) for vector in VECTORS for expected in vector["expected"]]
NAMES = [f"{vector['id']}-{sign[:4]}" for vector, sign in SIGNS]


def test_all_vectors_are_here() -> None:
    assert len(VECTORS) == 16


def accepts(vector: dict[str, Any], sign: str, **changes: str) -> bool:
    """Whether the market takes *sign* for the vector's parameters with *changes*."""
    return is_signed(
        {**vector["params"], **changes},
        vector["secret"],
        sign,
        is_top=vector["gateway"] == "top",
        path=vector["api_path_prefix"],
    )


@pytest.mark.parametrize(("vector", "sign"), SIGNS, ids=NAMES)
def test_a_vector_is_accepted(vector: dict[str, Any], sign: str) -> None:
    assert accepts(vector, sign)


@pytest.mark.parametrize(("vector", "sign"), SIGNS, ids=NAMES)
def test_a_changed_value_or_signature_is_not(vector: dict[str, Any], sign: str) -> None:
    assert not accepts(vector, sign, app_key="500124")
    assert not accepts(vector, sign, added="1")
    assert not accepts(vector, sign[:-1] + ("0" if sign[-1] != "0" else "1"))
    assert not accepts(vector, sign.lower())
    assert not accepts(vector, "ünicode")


def test_the_signature_itself_is_computed() -> None:
    first = next(vector for vector in VECTORS if vector["id"] == "V1")
    assert iop_signature(first["params"], first["secret"], "/order/get") == first["expected"][0]["sign"]
    fifth = next(vector for vector in VECTORS if vector["id"] == "T5")
    assert top_signature(fifth["params"], fifth["secret"]) == fifth["expected"][0]["sign"]


def test_the_path_stands_in_front_without_rest() -> None:
    vector = next(vector for vector in VECTORS if vector["id"] == "V2")
    for path in ("", "/rest/auth/token/create"):
        wrong = iop_signature(vector["params"], vector["secret"], path)
        assert not is_signed(vector["params"], vector["secret"], wrong, is_top=False, path="/auth/token/create")


@pytest.mark.parametrize("method", ["", "md5", "sha512"])
def test_the_newer_gateway_knows_one_method(method: str) -> None:
    params = {"app_key": "1", "sign_method": method}
    assert not is_signed(params, "secret", iop_signature(params, "secret"), is_top=False)


def test_the_older_gateway_knows_three() -> None:
    with pytest.raises(ValueError, match="sha256"):
        top_signature({"sign_method": "sha256"}, "secret")
    assert not is_signed({"sign_method": "sha256"}, "secret", "", is_top=True)
