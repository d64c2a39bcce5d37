"""The parsed source is let go after the last test that reads it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.architecture import source, texts


@pytest.fixture(scope="package", autouse=True)
def source_is_let_go() -> Iterator[None]:
    """A million nodes would make every later collection of garbage slower."""
    yield
    texts.program.cache_clear()
    source._parsed.cache_clear()
