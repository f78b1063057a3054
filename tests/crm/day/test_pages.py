"""My day as a manager sees it: what is there, one click, snooze, undo, pages, constant queries."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.choices import NotificationKind, Stage
from crm.models import (
    AuditEntry,
    Creator,
    Notification,
    Relationship,
    Snooze,
    StageChange,
    Task,
)
from crm.services.outreach.approving import waiting
from crm.services.outreach.enrolling import enrol
from crm.views.day import later_days
from tests.crm.outreach.worlds import known_creator, mailbox_of, policy_of, sequence_of
from tests.factories import CreatorFactory, NoteFactory, RelationshipFactory
from tests.people import logged_in

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


def today() -> date:
    return timezone.now().astimezone(UTC).date()


@pytest.fixture
def step(brand, manager):
    """A next step of the manager that was due three days ago."""
    row = RelationshipFactory(brand=brand, creator__name="Ida Holm", owner=manager)
    row.next_step, row.next_step_on = "Call Ida", today() - timedelta(days=3)
    row.save()
    return row


@pytest.fixture
def task(brand, manager):
    return Task.objects.create(
        brand=brand, title="Send the brief", assignee=manager, due_on=today(), created_at=LONG_AGO
    )


def titles(response) -> list[str]:
    found = re.findall(
        r'data-row>.*?<a href="[^"]*">([^<]+)</a>', response.content.decode(), re.DOTALL
    )
    return [title.strip() for title in found]


def token_of(response) -> str:
    return re.search(r'name="token" value="([^"]+)"', response.content.decode()).group(1)


def act(client, path, **fields):
    return client.post(f"/acme/day/{path}", fields, headers=HTMX)


def test_an_empty_day_says_what_comes_there(manager_client, brand):
    page = manager_client.get("/acme/").content.decode()
    for words in (
        "Nobody waits for you.",
        "Nothing is due.",
        "Nothing stands still.",
        "Nothing waits for a decision of yours.",
    ):
        assert words in page


def test_what_is_due_is_there_the_longest_overdue_first(manager_client, step, task, brand, legal):
    Task.objects.create(brand=brand, title="Of somebody else", assignee=legal, due_on=today())
    Task.objects.create(brand=brand, title="Later", due_on=today() + timedelta(days=1))
    response = manager_client.get("/acme/")
    assert titles(response) == ["Call Ida", "Send the brief"]
    page = response.content.decode()
    assert "3 days overdue" in page
    assert "due today" in page
    assert "· Ida Holm" in page


def test_the_team_s_day_has_everybody_s_and_says_whose(manager_client, task, brand, legal):
    Task.objects.create(brand=brand, title="Of somebody else", assignee=legal, due_on=today())
    Task.objects.create(brand=brand, title="Of nobody", due_on=today())
    response = manager_client.get("/acme/?team=1")
    assert titles(response) == ["Send the brief", "Of somebody else", "Of nobody"]
    assert "due today · legal" in response.content.decode()
    assert "due today · nobody" in response.content.decode()


def test_another_brand_s_day_is_not_mixed_in(manager, manager_client, other_brand, brand):
    Task.objects.create(brand=other_brand, title="Elsewhere", assignee=manager, due_on=today())
    assert titles(manager_client.get("/acme/?team=1")) == []


def test_a_task_is_one_click_from_done_and_one_from_back(manager, manager_client, task, brand):
    answer = act(manager_client, f"rows/task/{task.pk}/finish/", short="1")
    assert answer.status_code == 200
    assert titles(answer) == []
    task.refresh_from_db()
    assert (task.done_by, task.version) == (manager, 2)
    answer = act(manager_client, "undo/", token=token_of(answer), short="1")
    assert titles(answer) == ["Send the brief"]
    task.refresh_from_db()
    assert (task.done_at, task.done_by) == (None, None)
    verbs = list(AuditEntry.objects.order_by("number").values_list("verb", flat=True))
    assert verbs == ["crm.task.done", "crm.task.reopened"]


def test_a_next_step_is_done_and_comes_back_as_it_was(manager_client, step):
    was_on = step.next_step_on
    answer = act(manager_client, f"rows/next_step/{step.pk}/finish/", version="1")
    step.refresh_from_db()
    assert (step.next_step, step.next_step_on, step.version) == ("", None, 2)
    act(manager_client, "undo/", token=token_of(answer))
    step.refresh_from_db()
    assert (step.next_step, step.next_step_on, step.version) == ("Call Ida", was_on, 3)


def test_what_a_colleague_changed_meanwhile_is_not_overwritten(manager_client, step):
    Relationship.objects.filter(pk=step.pk).update(version=2, next_step="Write to Ida")
    answer = act(manager_client, f"rows/next_step/{step.pk}/finish/", version="1")
    assert answer.status_code == 409
    assert "since you loaded this page" in answer.content.decode()
    step.refresh_from_db()
    assert step.next_step == "Write to Ida"
    assert not AuditEntry.objects.exists()


def test_a_click_that_was_overtaken_is_not_undone_either(manager_client, step):
    answer = act(manager_client, f"rows/next_step/{step.pk}/finish/", version="1")
    Relationship.objects.filter(pk=step.pk).update(version=9, next_step="New plan")
    back = act(manager_client, "undo/", token=token_of(answer))
    assert back.status_code == 409
    step.refresh_from_db()
    assert step.next_step == "New plan"


def test_snoozed_until_a_day_and_back(manager, manager_client, task):
    until = today() + timedelta(days=3)
    answer = act(manager_client, f"rows/task/{task.pk}/snooze/", until=until.isoformat())
    assert titles(answer) == []
    assert f"Away until {until:%-d %b %Y}." in answer.content.decode()
    assert Snooze.objects.get().until == until
    assert titles(manager_client.get("/acme/?team=1")) == []
    back = act(manager_client, "undo/", token=token_of(answer))
    assert titles(back) == ["Send the brief"]
    assert not Snooze.objects.exists()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-22", "Tomorrow 23, In a week 29, In a month 22"),
        ("2026-11-23", "Tomorrow 24, Next Monday 30, In a month 23"),
        ("2026-11-25", "Tomorrow 26, Next Monday 30, In a week 2, In a month 25"),
    ],
)
def test_no_day_is_offered_twice(day, expected):
    offered = later_days(date.fromisoformat(day))
    assert ", ".join(f"{words} {on.day}" for words, on in offered) == expected


def test_a_snooze_ends_on_its_day_and_is_one_s_own(
    manager, manager_client, admin_user_client, task, brand
):
    Snooze.objects.create(user=manager, brand=brand, source="task", row=task.pk, until=today())
    assert titles(manager_client.get("/acme/")) == ["Send the brief"]
    Snooze.objects.update(until=today() + timedelta(days=1))
    assert titles(manager_client.get("/acme/")) == []
    assert titles(admin_user_client.get("/acme/?team=1")) == ["Send the brief"]


@pytest.mark.parametrize("until", ["", "2026-02-30", "today", "yesterday", "too late"])
def test_a_snooze_to_no_day_changes_nothing(manager_client, task, until):
    words = {
        "today": today(),
        "yesterday": today() - timedelta(days=1),
        "too late": today() + timedelta(days=400),
    }
    answer = act(manager_client, f"rows/task/{task.pk}/snooze/", until=str(words.get(until, until)))
    assert answer.status_code == 409
    assert titles(answer) == ["Send the brief"]
    assert not Snooze.objects.exists()


def test_an_undo_is_one_s_own_and_recent(manager_client, admin_user_client, task, monkeypatch):
    token = token_of(act(manager_client, f"rows/task/{task.pk}/finish/"))
    assert act(admin_user_client, "undo/", token=token).status_code == 404
    monkeypatch.setattr("crm.views.day.UNDO_SECONDS", -1)
    act(manager_client, "undo/", token=token)
    act(manager_client, "undo/", token="made up")
    task.refresh_from_db()
    assert task.is_done
    assert signing.loads(token, salt="crm.day.undo")[2:5] == ["task", task.pk, "finish"]


def test_a_mention_is_answered_by_reading_it(manager, manager_client, brand):
    row = Notification.objects.create(
        user=manager,
        brand=brand,
        kind=NotificationKind.MENTION,
        text="legal mentioned you",
        url="/x",
    )
    assert titles(manager_client.get("/acme/")) == ["legal mentioned you"]
    answer = act(manager_client, f"rows/mention/{row.pk}/finish/")
    row.refresh_from_db()
    assert row.read_at is not None
    act(manager_client, "undo/", token=token_of(answer))
    row.refresh_from_db()
    assert row.read_at is None


def stalled(brand, owner, name, days, stage=Stage.PROSPECT):
    since = timezone.now() - timedelta(days=days)
    return RelationshipFactory(
        brand=brand, creator__name=name, owner=owner, stage=stage, since=since
    )


def test_cards_that_stand_still_say_why_and_go_on_with_a_plan(manager, manager_client, brand):
    still = stalled(brand, manager, "Ida Holm", 41)
    stalled(brand, manager, "Too fresh", 29)
    stalled(brand, None, "Nobody's", 90)
    planned = stalled(brand, manager, "Planned", 60)
    Relationship.objects.filter(pk=planned.pk).update(next_step="Call")
    spoken = stalled(brand, manager, "Spoken to", 60)
    NoteFactory(relationship=spoken, created_at=timezone.now() - timedelta(days=2))
    tasked = stalled(brand, manager, "With a task", 60)
    Task.objects.create(brand=brand, relationship=tasked, title="Ask")
    stalled(brand, manager, "Core partner", 60, Stage.CORE)
    response = manager_client.get("/acme/")
    assert titles(response) == ["Ida Holm"]
    assert "41 days in “Prospect”, nothing planned and nothing said for 30 days" in (
        response.content.decode()
    )
    path = f"rows/stalled_prospect/{still.pk}/finish/"
    assert act(manager_client, path, version="1").status_code == 409
    assert act(manager_client, path, version="1", text="Call", on="2020-01-01").status_code == 409
    still.refresh_from_db()
    assert still.next_step == ""
    answer = act(manager_client, path, version="1", text="Call", on=today().isoformat())
    assert titles(answer) == []
    still.refresh_from_db()
    assert (still.next_step, still.next_step_on) == ("Call", today())
    act(manager_client, "undo/", token=token_of(answer))
    still.refresh_from_db()
    assert (still.next_step, still.next_step_on) == ("", None)


def test_a_mail_that_waits_for_approval_is_a_decision(
    brand, manager, manager_client, legal, admin_user_client
):
    policy_of(brand)
    maya = known_creator(brand)
    done = enrol(
        sequence_id=sequence_of(brand).pk,
        relationships=[maya.pk],
        mailbox=mailbox_of(brand),
        actor=manager,
        at=timezone.now(),
    )
    assert done.refused == ()
    step = waiting().get()
    response = manager_client.get("/acme/day/decide/")
    assert titles(response) == ["Mail to Maya Lindholm"]
    assert f"/acme/outreach/approve/?mail={step.pk}" in response.content.decode()
    assert titles(admin_user_client.get("/acme/day/decide/")) == []
    assert titles(admin_user_client.get("/acme/day/decide/?team=1")) == ["Mail to Maya Lindholm"]
    assert titles(logged_in(legal).get("/acme/day/decide/?team=1")) == []


def test_who_may_not_move_creators_sees_the_step_but_no_button(legal, brand):
    row = RelationshipFactory(brand=brand, owner=legal)
    Relationship.objects.filter(pk=row.pk).update(next_step="Check", next_step_on=today())
    client = logged_in(legal)
    response = client.get("/acme/")
    assert titles(response) == ["Check"]
    assert f"rows/next_step/{row.pk}/finish/" not in response.content.decode()
    assert act(client, f"rows/next_step/{row.pk}/finish/").status_code == 403
    row.refresh_from_db()
    assert row.next_step == "Check"


def test_pages_of_a_list_are_whole_and_in_order(manager, manager_client, brand):
    days = [today() - timedelta(days=number) for number in range(70)]
    Task.objects.bulk_create(
        Task(brand=brand, title=f"Task {day}", assignee=manager, due_on=day) for day in days
    )
    seen, path = [], "/acme/day/chase/"
    while path:
        response = manager_client.get(path)
        seen += titles(response)
        more = re.search(r'href="(/acme/day/chase/\?after=[^"]+)"', response.content.decode())
        path = more.group(1) if more else None
    assert seen == [f"Task {day}" for day in reversed(days)]
    assert manager_client.get("/acme/day/chase/?after=nonsense").status_code == 200


def test_a_longer_day_costs_no_more_queries(manager, manager_client, brand):
    def fill(number):
        creators = Creator.objects.bulk_create(Creator(name=f"Creator {n}") for n in range(number))
        Relationship.objects.bulk_create(
            Relationship(
                brand=brand, creator=c, owner=manager, next_step="Call", next_step_on=today()
            )
            for c in creators[::2]
        )
        rows = Relationship.objects.bulk_create(
            Relationship(brand=brand, creator=c, owner=manager, stage_since=LONG_AGO)
            for c in creators[1::2]
        )
        StageChange.objects.bulk_create(
            StageChange(relationship=row, stage=row.stage, entered_at=LONG_AGO) for row in rows
        )
        Task.objects.bulk_create(
            Task(brand=brand, title="Do", assignee=manager, due_on=today()) for _ in range(number)
        )

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert manager_client.get("/acme/?team=1").status_code == 200
        return len(captured)

    fill(20)
    few = queries()
    fill(60)
    assert queries() == few == 19


def test_without_scripts_the_page_comes_back_with_what_can_be_undone(manager_client, task):
    answer = manager_client.post(f"/acme/day/rows/task/{task.pk}/finish/")
    assert answer.status_code == 302
    page = manager_client.get(answer["Location"])
    assert "Done." in page.content.decode()
    manager_client.post("/acme/day/undo/", {"token": token_of(page)})
    task.refresh_from_db()
    assert not task.is_done


def test_a_row_that_is_gone_or_of_no_list(manager_client, task, brand):
    CreatorFactory()
    assert act(manager_client, "rows/nothing/1/finish/").status_code == 404
    assert act(manager_client, f"rows/task/{task.pk + 1}/finish/").status_code == 409
    assert (
        act(manager_client, f"rows/task/{task.pk + 1}/snooze/", until="2027-01-01").status_code
        == 409
    )
    assert manager_client.get("/acme/day/nothing/").status_code == 404
