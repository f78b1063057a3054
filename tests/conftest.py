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
from django.template.base import Template
from django.template.context import Context
from django.test import TransactionTestCase
from django.test.utils import _TestState
from django.utils.safestring import SafeString
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


@pytest.fixture(scope="session", autouse=True)
def contexts_of_pages(django_test_environment: None) -> None:
    """`answer.context` has what pages were given, not what each option of each select was.

    Django keeps a copy for every template that another one includes, hundreds for a page.
    """
    keeping, plain = Template._render, _TestState.saved_data.template_render

    def render(template: Template, context: Context) -> SafeString:
        # Of a part of a page, which is no Template itself, what it includes is told.
        is_included = context.template is not template and type(context.template) is Template
        return (plain if is_included else keeping)(template, context)

    Template._render = render


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


# What takes longest is begun first: no worker is left with one of these when the others are done.
LONGEST = (
    "tests/browser/",
    "tests/doors/",
    "tests/faults/",
    "tests/journeys/",
    "tests/crm/round_",
    "tests/segmentation/evaluation/",
    "tests/test_api_",
    "tests/test_permissions",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest tests first, after others have put them in their order.

    Workers take file after file in this order (SHARED_OUT in the Makefile).
    """
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture
def blank_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages come without words, for tests that only look at how they answer and what they do."""
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *_, **__: "")


def pytest_collection_finish() -> None:
    """Let the collector of garbage look less often, and pass over what stays until the end.

    A tenth of a test's time went into looking for cycles in what is imported and kept.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
