"""Fifty who write at once: each brand's ledger stays one chain, and brands do not wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from crm import audit
from crm.models import AuditEntry
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 50


def test_the_chain_stays_whole(brand, other_brand):
    start = Barrier(WRITERS)

    def write(writer):
        start.wait()
        try:
            for n in range(4):
                audit.record(
                    brand=(brand, other_brand)[writer % 5 == 0],
                    verb="test.act",
                    target=brand,
                    at=NOW,
                    data={"writer": writer, "n": n},
                )
            acts = [audit.Act(n, f"Row {n}", {"writer": writer}) for n in range(3)]
            audit.record_many(brand=brand, verb="test.many", of=type(brand), acts=acts, at=NOW)
            with transaction.atomic():
                audit.record(brand=brand, verb="test.taken_back", target=brand, at=NOW)
                transaction.set_rollback(True)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))

    assert audit.first_broken_link(audit.entries_of(brand)) is None
    assert audit.first_broken_link(audit.entries_of(other_brand)) is None
    assert AuditEntry.objects.filter(brand=brand).count() == 40 * 4 + 50 * 3
    assert AuditEntry.objects.filter(brand=other_brand).count() == 10 * 4
    assert not AuditEntry.objects.filter(verb="test.taken_back").exists()
