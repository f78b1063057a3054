"""Puzzles that take no time, and counters that begin at nothing."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from crm.public_forms import proof
from tests.crm.applications.worlds import open_page


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(proof, "ROUNDS", 1)
    monkeypatch.setattr(proof, "TRIES", (1, 3))
    cache.clear()


@pytest.fixture
def public(brand):
    return open_page(brand)
