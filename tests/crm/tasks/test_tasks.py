"""Tasks: given, changed, done, again; who is told; what is refused leaves everything as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.choices import NotificationKind, RepeatUnit
from crm.models import AuditEntry, Brand, Mention, Notification, Task
from crm.services import tasks as service
from crm.services.recurrence import next_day, rule_of
from crm.services.tasks import Repeat
from tests.factories import NOW, CreatorFactory, RelationshipFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


def add(brand, actor, **given):
    return service.add_task(**{"brand": brand, "title": "Call", "actor": actor, "at": NOW} | given)


def change(task, actor, expected=None, **changes):
    return service.change_task(
        task_id=task.pk,
        brand=task.brand,
        changes=changes,
        actor=actor,
        at=NOW,
        expected_version=expected,
    )


def finish(task, actor, at=NOW):
    return service.finish_task(task_id=task.pk, brand=task.brand, actor=actor, at=at)


def verbs():
    return list(AuditEntry.objects.order_by("number").values_list("verb", flat=True))


def test_a_task_is_told_to_who_gets_it(brand, manager, legal):
    task = add(brand, manager, title="  Check   the brief ", assignee=legal, due_on=DAY)
    assert (task.title, task.version, str(task.due_on)) == ("Check the brief", 1, "2026-11-23")
    told = Notification.objects.get()
    assert (told.user, told.kind, told.text, told.url) == (
        legal,
        NotificationKind.TASK,
        "manager gave you a task: Check the brief",
        f"/acme/tasks/{task.pk}/",
    )
    add(brand, manager, assignee=manager)
    assert Notification.objects.count() == 1


def test_the_ledger_has_numbers_and_no_words(brand, manager):
    relationship = RelationshipFactory(brand=brand, creator__name="Ida Holm")
    task = add(brand, manager, title="Ask about her move", relationship=relationship, due_on=DAY)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target_label, entry.target_id) == (
        "crm.task.added",
        "Ida Holm",
        task.pk,
    )
    assert entry.data == {"due": "2026-11-23", "assignee": None, "relationship": relationship.pk}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"details": "x" * 4_001}, "details"),
        ({"due_on": DAY, "due_at": NOW}, "due_on"),
        ({"due_on": date(1999, 12, 31)}, "due_on"),
        ({"due_on": date(2200, 1, 1)}, "due_on"),
        ({"repeat": Repeat(RepeatUnit.DAY)}, "due_on"),
        ({"due_on": DAY, "repeat": Repeat(RepeatUnit.DAY, 100)}, "repeat_every"),
    ],
)
def test_what_cannot_be_is_refused(brand, manager, given, field):
    with pytest.raises(service.TaskRefused) as refusal:
        add(brand, manager, **given)
    assert refusal.value.field == field
    assert not Task.objects.exists()
    assert not AuditEntry.objects.exists()


def test_nobody_without_a_role_gets_a_task(brand, manager):
    with pytest.raises(service.TaskRefused, match="has no role in Acme"):
        add(brand, manager, assignee=UserFactory())
    assert not Task.objects.exists()


def test_changes_are_one_or_none(brand, manager, legal):
    task = add(brand, manager, due_on=DAY)
    changed = change(task, manager, expected=1, title="Write", assignee=legal, due_at=NOW)
    assert (changed.title, changed.assignee, changed.due_on, changed.due_at, changed.version) == (
        "Write",
        legal,
        None,
        NOW,
        2,
    )
    assert AuditEntry.objects.last().verb is not None
    assert verbs() == ["crm.task.added", "crm.task.changed"]
    newest = AuditEntry.objects.order_by("-number").first()
    assert newest.data["changed"] == ["assignee", "due", "title"]
    change(task, manager, expected=2, title="Write")
    assert AuditEntry.objects.count() == 2
    with pytest.raises(service.TaskOutdated):
        change(task, manager, expected=1, title="Overwritten")
    task.refresh_from_db()
    assert task.title == "Write"


def test_another_brand_s_task_is_not_there(brand, other_brand, manager, outsider):
    task = add(brand, manager)
    for act in (service.finish_task, service.reopen_task, service.delete_task):
        with pytest.raises(Task.DoesNotExist):
            act(task_id=task.pk, brand=other_brand, actor=outsider, at=NOW)
    assert verbs() == ["crm.task.added"]
    assert Task.objects.visible_to(manager).count() == 1
    assert Task.objects.visible_to(outsider).count() == 0


def test_done_twice_is_done_once(brand, manager, legal):
    task = add(brand, manager)
    finish(task, manager)
    finish(task, legal, NOW + timedelta(hours=1))
    task.refresh_from_db()
    assert (task.done_at, task.done_by, task.version) == (NOW, manager, 2)
    assert verbs() == ["crm.task.added", "crm.task.done"]


def test_one_that_repeats_leaves_the_next(brand, manager):
    task = add(brand, manager, due_on=DAY, repeat=Repeat(RepeatUnit.WEEK, 2), details="As agreed")
    finish(task, manager)
    follower = Task.objects.get(follows=task)
    assert (follower.due_on, follower.title, follower.details, follower.assignee) == (
        date(2026, 12, 7),
        "Call",
        "As agreed",
        None,
    )
    assert follower.repeats == "every 2 weeks"


def test_what_was_missed_is_not_made_up_for(brand, manager):
    task = add(brand, manager, due_on=date(2026, 11, 2), repeat=Repeat(RepeatUnit.DAY))
    finish(task, manager)
    assert Task.objects.get(follows=task).due_on == date(2026, 11, 23)


def test_a_moment_keeps_its_hour_when_the_clocks_change(manager, brand):
    Brand.objects.update(timezone="Europe/Copenhagen")
    brand.refresh_from_db()
    # 09:00 in summer, a Sunday before the clocks go back.
    due = datetime(2026, 10, 18, 7, 0, tzinfo=UTC)
    task = add(brand, manager, at=due, due_at=due, repeat=Repeat(RepeatUnit.WEEK))
    finish(task, manager, due)
    assert Task.objects.get(follows=task).due_at == datetime(2026, 10, 25, 8, 0, tzinfo=UTC)


def test_opened_again_the_series_goes_back_too(brand, manager):
    task = add(brand, manager, due_on=DAY, repeat=Repeat(RepeatUnit.DAY))
    finish(task, manager)
    again = service.reopen_task(task_id=task.pk, brand=brand, actor=manager, at=NOW)
    assert (again.done_at, again.repeat_unit) == (None, "day")
    assert Task.objects.get() == task
    finish(task, manager)
    follower = Task.objects.get(follows=task)
    change(follower, manager, title="Call twice")
    again = service.reopen_task(task_id=task.pk, brand=brand, actor=manager, at=NOW)
    assert again.repeat_unit == ""
    assert Task.objects.get(follows=task).title == "Call twice"


def test_who_moves_one_of_a_series_moves_the_rest(brand, manager):
    task = add(brand, manager, due_on=date(2026, 1, 31), repeat=Repeat(RepeatUnit.MONTH))
    change(task, manager, due_on=date(2026, 11, 25))
    finish(task, manager)
    assert Task.objects.get(follows=task).due_on == date(2026, 12, 25)


@pytest.mark.parametrize(
    ("unit", "every", "start", "after", "expected"),
    [
        ("day", 1, "2026-11-22", "2026-11-22", "2026-11-23"),
        ("day", 3, "2026-11-22", "2026-11-24", "2026-11-25"),
        ("week", 1, "2026-11-22", "2026-11-22", "2026-11-29"),
        ("month", 1, "2026-01-31", "2026-01-31", "2026-02-28"),
        ("month", 1, "2026-01-31", "2026-02-28", "2026-03-31"),
        ("month", 1, "2026-01-30", "2028-02-01", "2028-02-29"),
        ("month", 2, "2026-01-31", "2026-01-31", "2026-03-31"),
        ("month", 1, "2026-01-15", "2026-01-15", "2026-02-15"),
        ("year", 1, "2024-02-29", "2024-02-29", "2025-02-28"),
        ("year", 1, "2024-02-29", "2027-02-28", "2028-02-29"),
    ],
)
def test_no_month_is_left_out(unit, every, start, after, expected):
    start, after = date.fromisoformat(start), date.fromisoformat(after)
    assert next_day(RepeatUnit(unit), every, start, after) == date.fromisoformat(expected)


def test_the_rule_is_one_that_calendars_know():
    assert rule_of(RepeatUnit.MONTH, 1, date(2026, 1, 31)) == (
        "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
    )
    assert rule_of(RepeatUnit.WEEK, 2, date(2026, 1, 31)) == "FREQ=WEEKLY;INTERVAL=2"


def test_who_may_delete(brand, manager, legal, analyst, admin_user):
    def delete(task, actor):
        service.delete_task(task_id=task.pk, brand=brand, actor=actor, at=NOW)

    for actor in (manager, legal, admin_user):
        delete(add(brand, manager, assignee=legal), actor)
    task = add(brand, manager, assignee=legal)
    with pytest.raises(service.TaskRefused, match="Only who gave the task"):
        delete(task, analyst)
    assert list(Task.objects.all()) == [task]


def test_who_is_named_is_told_once(brand, manager, legal, analyst):
    task = add(brand, manager, title="Ask @legal", details="and (@ANALYST). mail x@legal.example")
    assert set(Mention.objects.values_list("user", flat=True)) == {legal.pk, analyst.pk}
    assert {row.user for row in Notification.objects.all()} == {legal, analyst}
    change(task, manager, details="only @legal, @manager and @nobody")
    assert set(Mention.objects.values_list("user", flat=True)) == {legal.pk, manager.pk}
    change(task, manager, details="@analyst again")
    assert Notification.objects.filter(kind="mention").count() == 2


def test_the_list_costs_the_same_however_long(brand, manager, manager_client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert manager_client.get("/acme/tasks/?team=1").status_code == 200
        return len(captured)

    for number in range(3):
        add(brand, manager, relationship=RelationshipFactory(brand=brand), title=f"Do {number}")
    few = queries()
    relationship = RelationshipFactory(brand=brand, creator=CreatorFactory())
    Task.objects.bulk_create(
        Task(brand=brand, title="x", relationship=relationship, assignee=manager) for _ in range(60)
    )
    assert queries() == few == 9


def test_the_pages_of_tasks(brand, manager, manager_client, legal):
    answer = manager_client.post("/acme/tasks/", {"title": "Call", "due_time": "10:00"})
    assert answer.status_code == 422
    assert "Say on which day." in answer.content.decode()
    given = {"title": "Call Ida", "assignee": legal.pk, "due_on": "2026-12-01", "due_time": "10:00"}
    assert manager_client.post("/acme/tasks/", given).status_code == 302
    task = Task.objects.get()
    assert task.due_at == datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert f"/acme/tasks/{task.pk}/" not in manager_client.get("/acme/tasks/").content.decode()
    assert "due 1 Dec 2026, 10:00" in manager_client.get("/acme/tasks/?team=1").content.decode()
    path = f"/acme/tasks/{task.pk}/"
    assert 'value="10:00"' in manager_client.get(path).content.decode()
    assert manager_client.post(path, given | {"version": 9}).status_code == 422
    assert manager_client.post(path, given | {"version": 1, "title": "Ring"}).status_code == 302
    assert manager_client.post(f"{path}done/", {"stay": "1"})["Location"] == path
    page = manager_client.get(path).content.decode()
    assert "by manager" in page
    assert "Ring" in manager_client.get("/acme/tasks/?done=1&team=1").content.decode()
    manager_client.post(f"{path}done/", {"open": "1"})
    assert manager_client.post(f"{path}delete/").status_code == 302
    assert not Task.objects.exists()


def test_tasks_stand_on_the_creator_s_page(brand, manager_client):
    relationship = RelationshipFactory(brand=brand, creator__name="Ida Holm")
    path = f"/acme/creators/{relationship.creator.uid}/tasks/"
    htmx = {"HX-Request": "true", "HX-Target": "tasks"}
    assert "Nothing is to be done about Ida Holm." in manager_client.get(path).content.decode()
    answer = manager_client.post(path, {"title": ""}, headers=htmx)
    assert answer.status_code == 422
    answer = manager_client.post(path, {"title": "Send sample"}, headers=htmx)
    assert "Send sample" in answer.content.decode()
    task = Task.objects.get()
    assert task.relationship == relationship
    answer = manager_client.post(f"/acme/tasks/{task.pk}/done/", headers=htmx)
    assert "Open again" in answer.content.decode()


def test_the_card_on_the_board_has_what_is_due_first(brand, manager, manager_client):
    relationship = RelationshipFactory(brand=brand)
    for title, due in (("Some time", None), ("Later", date(2026, 12, 24)), ("First", DAY)):
        add(brand, manager, title=title, due_on=due, relationship=relationship)
    finish(
        add(brand, manager, title="Done", due_on=date(2026, 1, 1), relationship=relationship),
        manager,
    )
    page = manager_client.get("/acme/board/").content.decode()
    assert "First</a>" in page
    assert "by 23 Nov 2026" in page
    assert "Later</a>" not in page
