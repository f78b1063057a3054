"""Faults are tried on real servers and processes, which have the machine's clock."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="package", autouse=True)
def _true_clock(true_clock: None) -> None:
    """The machine's clock."""
