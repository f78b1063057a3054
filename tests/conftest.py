"""A throw-away PostgreSQL for the tests, unless DATABASE_URL names one.

It starts when the first test asks for the database; under xdist the controlling process starts it
before its workers, which share the server and have a database each.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import environ
import pytest
from django.db import connections

from config.devstack.servers import start_throwaway_postgres

# Playwright's synchronous API runs an event loop; Django would refuse the ORM beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def _ensure_server() -> str:
    """The address of the server for this run, which workers and subprocesses inherit."""
    if "DATABASE_URL" not in os.environ:
        place = Path(tempfile.mkdtemp(prefix="rapport-test-"))
        server = start_throwaway_postgres(place)

        def stop() -> None:
            server.child.stop()
            shutil.rmtree(place, ignore_errors=True)

        atexit.register(stop)
        os.environ["DATABASE_URL"] = server.url
    return os.environ["DATABASE_URL"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Start the server once, before the workers, whose settings then read DATABASE_URL."""
    _ensure_server()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Point the settings, which were read before the server was there, to it."""
    address = environ.Env.db_url_config(_ensure_server())
    for key in ("HOST", "PORT", "USER", "PASSWORD", "NAME"):
        connections["default"].settings_dict[key] = address[key]
