"""Puzzles that take no time, counters that begin at nothing, and a store of its own."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from crm.public_forms import proof
from tests.campaigns.submissions.worlds import a_page


@pytest.fixture(autouse=True)
def _quick(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(proof, "ROUNDS", 1)
    monkeypatch.setattr(proof, "TRIES", (1, 3))
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def public(brand, manager):
    return a_page(brand, manager)
