"""Files that every system can hold, and nothing in them that must stay secret."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.architecture.source import ROOT, project_files

RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
LONGEST = 140
"""Windows gives a path 260 characters, and the checkout itself needs some."""

STORE_CODE = re.compile(r"AliExpress_[0-9a-fA-F]{32}")
INVENTED_CODE = re.compile(r"AliExpress_(0123456789abcdef0123456789abcdef|([0-9a-f])\2{31}|([0-9a-f]{2,8})\3+)", re.I)
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
MOBILE_NUMBER = re.compile(r"(?<![\w.+-])(?:\+?86[- ]?)1[3-9]\d{9}(?!\d)")


def test_every_system_can_hold_the_files() -> None:
    wrong = []
    for path in project_files():
        name = path.relative_to(ROOT)
        for part in name.parts:
            stem = part.split(".")[0].lower()
            if re.search(r'[<>:"|?*\\\x00-\x1f]', part) or part[-1] in ". " or stem in RESERVED:
                wrong.append(str(name))
        if len(str(name)) > LONGEST:
            wrong.append(str(name))
    assert not wrong


def test_no_two_names_differ_by_case_only() -> None:
    seen = Counter(str(path.relative_to(ROOT)).casefold() for path in project_files())
    assert [name for name, count in seen.items() if count > 1] == []


def test_store_codes_are_invented() -> None:
    found = {f"{name}: {code}" for name, text in _texts() for code in STORE_CODE.findall(text)}
    assert {entry for entry in found if not INVENTED_CODE.fullmatch(entry.split(": ")[1])} == set()


def test_no_keys_and_no_telephone_numbers() -> None:
    found = [
        f"{name}: {match[0]}"
        for name, text in _texts()
        for pattern in (PRIVATE_KEY, MOBILE_NUMBER)
        for match in pattern.finditer(text)
    ]
    assert not found


def test_the_patterns_see_what_they_look_for() -> None:
    real = "AliExpress_" + "7f3a91c0" + "5be2d846" * 3
    assert STORE_CODE.search(f"code={real};")
    assert not INVENTED_CODE.fullmatch(real)
    assert INVENTED_CODE.fullmatch("AliExpress_0123456789abcdef0123456789abcdef")
    assert MOBILE_NUMBER.search("Tel. +86 1" + "3812345678")
    assert not MOBILE_NUMBER.search("order 8613812345678901")


def _texts() -> list[tuple[Path, str]]:
    found = []
    for path in project_files():
        content = path.read_bytes()
        if b"\0" not in content[:1024]:
            found.append((path.relative_to(ROOT), content.decode("utf-8", "replace")))
    return found
