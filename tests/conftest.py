"""A throw-away PostgreSQL for the tests, unless DATABASE_URL names one.

It starts when the first test asks for the database; under xdist the controlling process starts it
before its workers, which share the server and have a database each. Each of these begins as a copy
of one that the migrations have made: see tests/database.py.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import environ
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from tests import restoring
from tests.database import TEMPLATE, ensure_server

# Playwright's synchronous API runs an event loop; Django would refuse the ORM beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# The clock, and the brand and its people, as fixtures.
pytest_plugins = (
    "tests.clock",
    "tests.people",
    "tests.modules",
    "tests.crm.mail.servers",
    "tests.crm.webhooks.receiver",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Start the server once, before the workers, whose settings then read DATABASE_URL."""
    ensure_server()


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests leave in the data folder goes with them."""
    settings.RAPPORT_HOME = tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Point the settings, which were read before the server was there, to it."""
    address = environ.Env.db_url_config(ensure_server())
    for key in ("HOST", "PORT", "USER", "PASSWORD", "NAME"):
        connections["default"].settings_dict[key] = address[key]
    if TEMPLATE in os.environ:
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = os.environ[TEMPLATE]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After tests that commit, restore only what they changed: see tests/restoring.py."""
    with django_db_blocker.unblock():
        restoring.remember()
    TransactionTestCase._fixture_teardown = restoring.restore  # type: ignore[method-assign]
    yield
    # A browser that went away in mid-request leaves its thread's connection open: with it the
    # database could not be dropped.
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what is imported by now: it stays until the end."""
    gc.collect()
    gc.freeze()
