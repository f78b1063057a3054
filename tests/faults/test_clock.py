"""A clock that is moved, and a beat that was down: each thing once, nothing twice, nothing lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery.schedules import crontab
from django.test import Client

from campaigns.services.guests import make_link, path_of
from config import beat
from config.celery import app
from crm.models import ApiToken, Brand, Note, User
from tests.campaigns.made import engage, make_campaign
from tests.factories import RelationshipFactory
from tests.people import logged_in
from tests.rest import ROOT, rest_as

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
JSON = "application/json"
NIGHTLY = "look-at-registers"  # at 4:20
HOURLY = "expire-offers"  # seven minutes past


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """A beat, as it begins on the file that the one before left; what it sends is counted."""

    def begin() -> Any:
        scheduler = beat.Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
        scheduler.sent = Counter()
        monkeypatch.setattr(
            scheduler,
            "apply_async",
            lambda entry, **_: scheduler.sent.update([entry.name]) or scheduler.reserve(entry),
        )
        return scheduler

    return begin


def tick(scheduler: Any, moment: datetime, step: timedelta, *, until: datetime) -> Counter[str]:
    """What beat sends between two moments, when it looks at its schedule in such steps."""
    scheduler.sent.clear()
    while moment < until:
        with time_machine.travel(moment, tick=False):
            for name in (NIGHTLY, HOURLY):
                entry = scheduler.schedule[name]
                is_due, _next = scheduler.is_due(entry)
                if is_due:
                    scheduler.apply_async(entry)
        moment += step
    scheduler.sync()
    return Counter(scheduler.sent)


def test_after_days_without_beat_each_thing_comes_once(start: Callable[[], Any]) -> None:
    with time_machine.travel(MONDAY, tick=False):
        first = start()
    minute = timedelta(minutes=1)
    assert isinstance(first.schedule[NIGHTLY].schedule, crontab)
    sent = tick(first, MONDAY, minute, until=MONDAY + timedelta(hours=6))
    assert sent == {NIGHTLY: 1, HOURLY: 6}

    # Killed: it does not close its file. Three days later another begins with what was written.
    later = MONDAY + timedelta(days=3, hours=12)
    with time_machine.travel(later, tick=False):
        second = start()
    sent = tick(second, later, minute, until=later + timedelta(minutes=5))
    assert sent == {NIGHTLY: 1, HOURLY: 1}, "once, and not once for each day"
    sent = tick(second, later, minute, until=later + timedelta(days=1))
    assert sent == {NIGHTLY: 1, HOURLY: 24}


def test_a_clock_that_was_a_year_ahead_neither_silences_nor_repeats(
    start: Callable[[], Any], caplog: pytest.LogCaptureFixture
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        scheduler = start()
    step = timedelta(minutes=1)
    tick(scheduler, MONDAY, step, until=MONDAY + timedelta(hours=6))

    ahead = MONDAY + timedelta(days=365, hours=6)
    sent = tick(scheduler, ahead, step, until=ahead + timedelta(minutes=5))
    assert sent == {NIGHTLY: 1, HOURLY: 1}

    back = MONDAY + timedelta(hours=6, minutes=10)
    sent = tick(scheduler, back, step, until=back + timedelta(hours=1))
    assert sent == {HOURLY: 1}, "what ran already does not come again"
    assert caplog.text.count("The clock went back: look-at-registers") == 1
    sent = tick(scheduler, back + timedelta(hours=1), step, until=back + timedelta(days=1))
    assert sent == {NIGHTLY: 1, HOURLY: 23}


@pytest.mark.django_db
def test_a_year_ahead_ends_what_ends_and_coming_back_repeats_nothing(
    brand: Brand, admin_user: User
) -> None:
    """Sessions, tokens that end, answers that are kept."""
    creator = RelationshipFactory(brand=brand).creator
    note = json.dumps({"creator": str(creator.uid), "text": "Likes tea."})
    page = f"/{brand.slug}/creators/"

    def send() -> Any:
        key = {"Idempotency-Key": "one"}
        return rest.client.generic("POST", f"{ROOT}/notes/", note, JSON, headers=key)

    with time_machine.travel(MONDAY, tick=False):
        rest = rest_as(admin_user, brand)
        browser, other = logged_in(admin_user), logged_in(admin_user)
        ApiToken.objects.update(expires_at=MONDAY + timedelta(days=30))
        made = send()
        assert made.status_code == 201, made.content
    with time_machine.travel(MONDAY + timedelta(days=365), tick=False):
        assert browser.get(page).status_code == 302
        assert rest.get("notes/").status_code == 401
    with time_machine.travel(MONDAY + timedelta(minutes=1), tick=False):
        # Whoever came meanwhile has to log in again, nobody else.
        assert browser.get(page).status_code == 302
        assert other.get(page).status_code == 200
        again = send()
        assert (again.status_code, again.json()) == (201, made.json())
        assert again["Idempotency-Replayed"] == "true"
    assert Note.objects.count() == 1
    # Kept for a day, by whichever clock: after it the key is free.
    with time_machine.travel(MONDAY + timedelta(hours=25), tick=False):
        later = send()
        assert (later.status_code, later.has_header("Idempotency-Replayed")) == (201, False)
    assert Note.objects.count() == 2


@pytest.mark.django_db
def test_a_guests_link_ends_by_the_clock_and_is_not_ended_for_good(
    brand: Brand, manager: User
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        place = engage(make_campaign(brand, manager))
        link = make_link(target=place, name="Noa", actor=manager, at=MONDAY, days=14)
    for days, status in ((13, 200), (365, 410), (1, 200)):
        with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
            assert Client().get(path_of(link)).status_code == status, days
