"""Faults are tried on real servers and processes, which have the machine's clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clock import true_clock


@pytest.fixture(scope="package", autouse=True)
def _true_clock(clock: None) -> Iterator[None]:
    """The machine's clock."""
    with true_clock():
        yield
