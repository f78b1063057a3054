"""Two of everything at once: nothing is done twice, and nobody waits who need not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from crm.choices import Role
from crm.models import AuditEntry, FactChange
from segmentation.choices import SegmentStatus, Trigger
from segmentation.models import Run
from segmentation.services import ledger, outbox, quarters
from tests.factories import NOW, BrandFactory
from tests.people import logged_in, person
from tests.rest import assert_problem, rest_as
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.runs.test_outbox import changed
from tests.segmentation.runs.test_quarters import brand_with_segment
from tests.segmentation.runs.worlds import (
    LATER,
    creator_with,
    give_followers,
    members,
    run_now,
)

# Commits that the other thread sees; the platforms and tiers of the migrations are put back.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run_at_work(monkeypatch):
    """Hold a brand's lock elsewhere, as a run does; nobody waits long for it."""
    monkeypatch.setattr(ledger, "PATIENCE", 0.05)

    @contextmanager
    def hold(brand):
        taken, go_on = Event(), Event()

        def elsewhere() -> None:
            try:
                with transaction.atomic():
                    ledger.lock(brand)
                    taken.set()
                    assert go_on.wait(60)
            finally:
                connection.close()

        with ThreadPoolExecutor() as pool:
            other = pool.submit(elsewhere)
            assert taken.wait(60)
            try:
                yield
            finally:
                go_on.set()
            other.result()

    return hold


def test_who_edits_under_a_run_is_told_instead_of_waiting_for_its_end(run_at_work):
    brand = BrandFactory(slug="acme")
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    name = segment.name
    strategist = person(brand, Role.STRATEGIST)
    rest = rest_as(strategist, brand)
    before = AuditEntry.objects.count()
    with run_at_work(brand):
        page = logged_in(strategist).post("/acme/segments/big/archive/", {"reason": "Done"})
        answer = rest.send("PATCH", "segments/big/", b'{"name": "Huge"}')
    assert page.status_code == 409
    assert "A run is at work on this brand's segments" in unescape(page.content.decode())
    [error] = assert_problem(answer, 409)["errors"]
    assert (error["code"], error["message"]) == ("busy", ledger.AT_WORK)
    segment.refresh_from_db()
    assert (segment.name, segment.status) == (name, SegmentStatus.ACTIVE)
    assert AuditEntry.objects.count() == before
    assert rest.send("PATCH", "segments/big/", b'{"name": "Huge"}').status_code == 200


def test_two_workers_never_share_a_row_and_do_not_wait_for_each_other():
    brand = BrandFactory()
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    creators = [creator_with(brand, 10) for _ in range(6)]
    run_now(brand)
    for creator in creators:
        give_followers(creator, 5_000, NOW)
    changed(brand, *creators)
    taken, go_on = Event(), Event()

    def hold_three_rows() -> None:
        try:
            with transaction.atomic():
                rows = FactChange.objects.select_for_update(skip_locked=True).order_by("pk")[:3]
                assert len(rows) == 3
                taken.set()
                assert go_on.wait(60)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        other = pool.submit(hold_three_rows)
        assert taken.wait(60)
        try:
            assert outbox.drain(at=LATER) == 3
            assert members(segment) == {creator.pk for creator in creators[3:]}
        finally:
            go_on.set()
        other.result()
    assert FactChange.objects.count() == 3


def test_two_workers_at_once_drain_every_row_exactly_once(monkeypatch):
    brand = BrandFactory()
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000")
    monkeypatch.setattr(outbox, "BATCH", 5)
    creators = [creator_with(brand, 10) for _ in range(20)]
    run_now(brand)
    for creator in creators:
        give_followers(creator, 5_000, NOW)
    changed(brand, *creators)

    def work() -> int:
        try:
            return outbox.drain(at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        assert sum(pool.map(lambda _: work(), range(2))) == 20
    assert members(segment) == {creator.pk for creator in creators}
    assert not FactChange.objects.exists()
    assert sum(Run.objects.filter(trigger=Trigger.FACTS).values_list("moved", flat=True)) == 20


def test_two_schedulers_at_once_start_one_run():
    brand_with_segment()
    together = Barrier(2)

    def schedule(_) -> int:
        try:
            together.wait(30)
            return len(quarters.start_due_runs(at=NOW))
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        assert sum(pool.map(schedule, range(2))) == 1
    assert Run.objects.count() == 1
