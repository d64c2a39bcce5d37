"""Signatures against the vectors that the platform's own SDKs computed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

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
