"""What segments bring to the day of who can act on them, and the quiet line below."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import AuditEntry, Snooze
from segmentation.choices import RunStatus, Trigger
from segmentation.models import Dimension, DriftAlert, Run
from tests.segmentation.building import segment_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def dimension(brand):
    return Dimension.objects.create(brand=brand, key="size", name="Size", is_exclusive=True)


def run(brand, **given):
    now = timezone.now()
    made = {"as_of": now, "created_at": now, "trigger": Trigger.MANUAL, "brand": brand}
    return Run.objects.create(**made | given)


def titles(client, path="/acme/"):
    rows = client.get(path).content.decode().split("data-row>")[1:]
    return [re.search(r'<a href="[^"]*">([^<]+)</a>', row).group(1) for row in rows]


def test_a_run_waits_for_who_can_decide(brand, strategist_client, manager_client):
    waiting = run(brand, status=RunStatus.WAITING, moved=32, population=100)
    page = strategist_client.get("/acme/day/decide/").content.decode()
    assert f'href="/acme/runs/{waiting.pk}/"' in page
    assert "would move 32 of 100 creators" in page
    assert titles(manager_client) == []
    answer = strategist_client.post(f"/acme/day/rows/run/{waiting.pk}/finish/", headers=HTMX)
    assert answer.status_code == 409
    assert Run.objects.get().status == RunStatus.WAITING


def test_drift_is_put_aside_for_oneself(brand, dimension, strategist_client, analyst_client):
    applied = run(brand, status=RunStatus.APPLIED)
    alert = DriftAlert.objects.create(
        run=applied,
        dimension=dimension,
        moved=3,
        known=10,
        threshold_percent=20,
        created_at=timezone.now(),
    )
    assert titles(analyst_client) == titles(strategist_client) == ["Size has drifted"]
    path = f"/acme/day/rows/drift/{alert.pk}/finish/"
    assert strategist_client.post(path, headers=HTMX).status_code == 200
    assert titles(strategist_client) == []
    assert titles(analyst_client) == ["Size has drifted"]
    assert Snooze.objects.get().until.year == 2999


def test_a_segment_that_nobody_owns_is_taken_and_given_back(
    brand, dimension, strategist, strategist_client, manager_client
):
    segment = segment_of(dimension, "large", "followers >= 1_000")
    type(segment).objects.update(owner=None)
    assert titles(manager_client) == []
    assert titles(strategist_client) == [segment.name]
    # Dimensions have segments of the same name.
    shown = strategist_client.get("/acme/").content.decode()
    assert f"in {dimension.name}, 0 creators: nobody owns it" in shown
    path = f"/acme/day/rows/ownerless_segment/{segment.pk}/finish/"
    before = AuditEntry.objects.count()
    answer = strategist_client.post(path, headers=HTMX)
    segment.refresh_from_db()
    assert segment.owner == strategist
    assert AuditEntry.objects.count() == before + 1
    again = strategist_client.post(path, headers=HTMX)
    assert again.status_code == 409
    token = re.search(r'name="token" value="([^"]+)"', answer.content.decode()).group(1)
    strategist_client.post("/acme/day/undo/", {"token": token}, headers=HTMX)
    segment.refresh_from_db()
    assert segment.owner is None


def test_a_broken_segment_is_its_owner_s(brand, dimension, strategist, strategist_client):
    segment = segment_of(dimension, "large", "followers >= 1_000")
    type(segment).objects.update(owner=strategist, broken_reason="There is no fact tea.")
    page = strategist_client.get("/acme/day/unblock/").content.decode()
    assert f"{segment} is broken" in page
    assert "There is no fact tea." in page


def test_the_quiet_line_tells_the_last_run(brand, manager_client):
    assert "Last run of the segments" not in manager_client.get("/acme/").content.decode()
    ended = timezone.now() - timedelta(hours=5)
    run(brand, status=RunStatus.APPLIED, finished_at=ended, moved=4, population=100)
    page = manager_client.get("/acme/").content.decode().replace("\xa0", " ")
    assert "Last run of the segments 5 hours ago: applied, 4 of 100 creators moved." in page
