"""Legal's queue: whose turn, in which order, how narrowed."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db

QUEUE = "/acme/legal/reviews/"


def test_an_empty_queue_says_what_it_is_for(legal_client):
    answer = legal_client.get(QUEUE + "?whose=all")
    assert answer.status_code == 200
    assert "Nothing waits for a look at its disclosure" in answer.content.decode()
