"""The calendar feed: read back with a parser, secret, revocable, the same bytes for the same."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from icalendar import Calendar

from crm.choices import RepeatUnit
from crm.models import Brand, CalendarFeed, Relationship, Task
from crm.services.calendar import calendar_of, digest_of, make_feed, revoke_feed
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tasks(brand, manager, legal):
    Brand.objects.update(timezone="Europe/Copenhagen")
    common = {"brand": brand, "assignee": manager, "created_at": NOW}
    monthly = {"repeat_unit": RepeatUnit.MONTH, "series_start": date(2026, 1, 31)}
    weekly = {"repeat_unit": RepeatUnit.WEEK, "series_start": date(2026, 11, 23)}
    return [
        Task.objects.create(title="By a day; with, commas", due_on=date(2026, 11, 30), **common),
        Task.objects.create(title="At ten", due_at=datetime(2026, 11, 24, 9, tzinfo=UTC), **common),
        Task.objects.create(title="Month's end", due_on=date(2026, 11, 30), **monthly, **common),
        Task.objects.create(
            title="Mondays", due_at=datetime(2026, 11, 23, 8, tzinfo=UTC), **weekly, **common
        ),
        Task.objects.create(title="Done", due_on=date(2026, 11, 30), done_at=NOW, **common),
        Task.objects.create(title="Some time", **common),
        Task.objects.create(title="Long gone", due_on=date(2020, 1, 1), **common),
        Task.objects.create(
            brand=brand, title="Of somebody else", assignee=legal, due_on=date(2026, 11, 30)
        ),
    ]


def events(ical: bytes) -> dict[str, object]:
    calendar = Calendar.from_ical(ical)
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


def test_it_reads_back(tasks, manager, brand):
    step = RelationshipFactory(brand=brand, owner=manager, creator__name="Ida Holm")
    Relationship.objects.filter(pk=step.pk).update(
        next_step="Send contract", next_step_on=date(2026, 12, 1)
    )
    ical = calendar_of(manager, NOW)
    found = events(ical)
    assert list(found) == [
        "By a day; with, commas",
        "Month's end",
        "Mondays",
        "At ten",
        "Send contract",
    ]
    whole_day = found["By a day; with, commas"]
    assert (whole_day["DTSTART"].dt, whole_day["DTEND"].dt) == (
        date(2026, 11, 30),
        date(2026, 12, 1),
    )
    assert str(whole_day["UID"]) == f"task-{tasks[0].pk}@rapport"
    assert found["At ten"]["DTSTART"].dt == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert found["Month's end"]["RRULE"].to_ical() == (
        b"FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
    )
    # A series keeps its hour in the brand's zone, so the zone is named and described.
    assert found["Mondays"]["DTSTART"].params["TZID"] == "Europe/Copenhagen"
    assert found["Mondays"]["DTSTART"].dt.hour == 9
    assert b"BEGIN:VTIMEZONE" in ical
    assert found["Send contract"]["DTSTART"].dt == date(2026, 12, 1)


def test_nothing_personal_and_clean_lines(tasks, manager, brand):
    step = RelationshipFactory(brand=brand, owner=manager, creator__name="Ida Holm")
    Relationship.objects.filter(pk=step.pk).update(
        next_step="x" * 200, next_step_on=date(2026, 12, 1)
    )
    ical = calendar_of(manager, NOW)
    assert b"Ida" not in ical
    assert manager.email.encode() not in ical
    lines = ical.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 75
    assert lines[0] == b"BEGIN:VCALENDAR"


def test_the_secret_is_shown_once_and_only_its_hash_is_kept(brand, manager, manager_client):
    page = manager_client.post("/acme/me/calendar/").content.decode()
    path = page.split('value="http://testserver')[1].split('"')[0]
    secret = path.removeprefix("/accounts/calendar/").removesuffix(".ics")
    assert CalendarFeed.objects.get().digest == digest_of(secret)
    assert secret not in manager_client.get("/acme/me/").content.decode()
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert CalendarFeed.objects.get().last_read_at is not None
    manager_client.post("/acme/me/calendar/revoke/")
    assert Client().get(path).status_code == 404


def test_a_new_address_ends_the_one_before(manager):
    first, second = make_feed(user=manager, at=NOW), make_feed(user=manager, at=NOW)
    assert Client().get(f"/accounts/calendar/{first}.ics").status_code == 404
    assert Client().get(f"/accounts/calendar/{second}.ics").status_code == 200
    manager.is_active = False
    manager.save()
    assert Client().get(f"/accounts/calendar/{second}.ics").status_code == 404
    assert revoke_feed(user=manager, at=NOW)
    assert not revoke_feed(user=manager, at=NOW)


def test_what_did_not_change_is_not_sent_again(tasks, manager):
    path = f"/accounts/calendar/{make_feed(user=manager, at=NOW)}.ics"
    etag = Client().get(path)["ETag"]
    again = Client().get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    Task.objects.filter(title="At ten").update(title="At eleven")
    Task.objects.update(due_on=None, due_at=None, repeat_unit="")
    assert Client().get(path, headers={"If-None-Match": etag}).status_code == 200


def test_who_has_no_role_any_more_reads_nothing_of_the_brand(tasks, manager):
    manager.roles.all().delete()
    assert events(calendar_of(manager, NOW)) == {}
