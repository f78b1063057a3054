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
PREFIX = "rapport-test-"
# The brand and its people, as fixtures.
pytest_plugins = ("tests.people", "tests.crm.mail.servers")


def _ensure_server() -> str:
    """The address of the server for this run, which workers and subprocesses inherit."""
    if "DATABASE_URL" not in os.environ:
        _remove_places_of_killed_runs()
        place = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        server = start_throwaway_postgres(place)

        def stop() -> None:
            server.child.stop()
            shutil.rmtree(place, ignore_errors=True)

        atexit.register(stop)
        os.environ["DATABASE_URL"] = server.url
    return os.environ["DATABASE_URL"]


def _remove_places_of_killed_runs() -> None:
    """A killed run takes its server with it, but not the server's files."""
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        pid = place.name.removeprefix(PREFIX).split("-")[0]
        if not Path("/proc", pid).exists() and Path("/proc").exists():
            shutil.rmtree(place, ignore_errors=True)


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


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Let every connection restore the reference data, not only the one that made the database.

    Once Playwright's event loop runs, the main thread is given another connection object.
    """
    default = connections["default"]
    if hasattr(default, "_test_serialized_contents"):
        type(default)._test_serialized_contents = default._test_serialized_contents
