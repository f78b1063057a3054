"""The ledger is written by one after the other: who waits for it must hold up nobody who has it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from crm import audit
from crm.choices import Role
from crm.services.brands import change_brand
from tests.factories import NOW, BrandFactory
from tests.people import person

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = """
SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
"""


def test_who_has_the_ledger_is_not_kept_by_who_waits_for_it_with_the_brand():
    brand = BrandFactory()
    admin = person(brand, Role.ADMIN)

    def rename() -> None:
        try:
            change_brand(brand_id=brand.pk, changes={"name": "Other"}, actor=admin, at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            audit.record(brand=brand, verb="crm.brand.changed", target=brand, actor=admin, at=NOW)
            other = pool.submit(rename)
            until = time.monotonic() + 60
            waiting = 0
            while not waiting:
                assert time.monotonic() < until
                with connection.cursor() as cursor:
                    cursor.execute(WAITS)
                    (waiting,) = cursor.fetchone()
        other.result()
    brand.refresh_from_db()
    assert brand.name == "Other"
