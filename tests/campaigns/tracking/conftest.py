"""A Valkey for the tests of links: a real one, empty before each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from campaigns.services.tracking import landing, queue, server, visitors
from config.devstack.servers import Server, start_valkey

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Instagram 335"


@pytest.fixture(scope="module")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    place: Path = tmp_path_factory.mktemp("valkey")
    started = start_valkey(data=place / "data", log=place / "log")
    yield started
    started.child.stop()


@pytest.fixture(autouse=True)
def _forgetful() -> Iterator[None]:
    """Nothing that a process remembers comes from the test before."""
    for one in (landing.forget, visitors.forget, queue._lost.clear, server.wake):
        one()
    yield
    server.wake()


@pytest.fixture
def valkey(valkey_server: Server) -> Iterator[None]:
    """Valkey answers, and is empty."""
    with override_settings(CELERY_BROKER_URL=valkey_server.url):
        server.wake()
        server.server().flushdb()
        yield
