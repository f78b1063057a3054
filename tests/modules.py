"""A world that is made once for the tests of a module: what each of them does to it is undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database for fixtures of a module: their rows stay until its last test.

    One transaction is around the module, in which each test has a savepoint. A fixture that makes
    a world hands on keys, not instances: a test would change these for the next one.
    """
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined] # as Django's own: durable ones may begin inside
    with django_db_blocker.unblock(), around:
        yield
        transaction.set_rollback(True)
