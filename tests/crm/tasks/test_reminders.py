"""Reminders once, at the person's hour, without a flood; mails as each person wants them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPException

import pytest
from django.core import mail

from crm.choices import MailPreference
from crm.models import Brand, Notification, Preferences, Relationship, Reminder, Snooze, Task
from crm.services.notification_mail import send_notification_mails
from crm.services.notifications import mark_read, mark_read_but_newest, notify
from crm.services.preferences import PreferencesRefused, set_preferences
from crm.services.reminders import send_reminders
from crm.tasks import tell_people
from tests.factories import RelationshipFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
EIGHT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def task(brand, user, **given):
    made = {"brand": brand, "title": "Call", "assignee": user, "due_on": TODAY}
    return Task.objects.create(**made | given)


def texts(user=None):
    rows = Notification.objects.order_by("pk")
    return [row.text for row in (rows.filter(user=user) if user else rows)]


def tell(user, brand, text="Done", at=EIGHT, **given):
    notify(user=user, brand=brand, kind="job", text=text, url="/acme/x/", at=at, **given)


def test_at_the_hour_of_the_person_and_once(brand, manager):
    task(brand, manager)
    assert send_reminders(at=EIGHT - timedelta(minutes=1)) == 0
    assert send_reminders(at=EIGHT) == 1
    assert send_reminders(at=EIGHT) == 0
    assert send_reminders(at=EIGHT + timedelta(days=1)) == 0
    assert texts() == ["Due today: Call"]
    assert Reminder.objects.count() == 1


def test_in_the_person_s_own_time_zone(brand, manager, legal):
    Brand.objects.update(timezone="America/New_York")
    set_preferences(user=manager, timezone="Asia/Tokyo", hour=7, mail=MailPreference.NONE)
    task(brand, manager)
    task(brand, legal)
    # 07:00 in Tokyo on the 22nd.
    send_reminders(at=datetime(2026, 11, 21, 21, 59, tzinfo=UTC))
    assert texts() == []
    send_reminders(at=datetime(2026, 11, 21, 22, 0, tzinfo=UTC))
    assert (len(texts(manager)), len(texts(legal))) == (1, 0)
    send_reminders(at=datetime(2026, 11, 22, 13, 0, tzinfo=UTC))
    assert len(texts(legal)) == 1


def test_a_moment_is_told_an_hour_before_whatever_the_hour(brand, manager):
    made = task(brand, manager, due_on=None, due_at=EIGHT - timedelta(hours=3))
    send_reminders(at=EIGHT - timedelta(hours=4, minutes=1))
    assert texts() == []
    send_reminders(at=EIGHT - timedelta(hours=4))
    assert texts() == ["Due at 05:00: Call"]
    assert Notification.objects.get().url == f"/acme/tasks/{made.pk}/"


def test_after_a_pause_there_is_one_line_and_nothing_ancient(brand, manager):
    for days in range(20):
        task(brand, manager, due_on=TODAY - timedelta(days=days), title=f"Task {days}")
    row = RelationshipFactory(brand=brand, owner=manager)
    Relationship.objects.filter(pk=row.pk).update(next_step="Write", next_step_on=TODAY)
    assert send_reminders(at=EIGHT) == 1
    # Two weeks back, today included, and the step.
    assert texts() == ["16 things are due, 14 of them overdue"]
    assert Reminder.objects.count() == 16
    assert send_reminders(at=EIGHT + timedelta(hours=2)) == 0


def test_a_new_day_for_a_task_is_a_new_reminder(brand, manager):
    made = task(brand, manager)
    send_reminders(at=EIGHT)
    Task.objects.filter(pk=made.pk).update(due_on=TODAY + timedelta(days=1))
    send_reminders(at=EIGHT + timedelta(days=1))
    assert texts() == ["Due today: Call", "Due today: Call"]


def test_what_is_done_snoozed_or_of_nobody_is_not_told(brand, manager, outsider):
    task(brand, manager, done_at=EIGHT + timedelta(days=9))
    task(brand, None)
    task(brand, outsider)
    away = task(brand, manager, title="Later")
    Snooze.objects.create(
        user=manager, brand=brand, source="task", row=away.pk, until=TODAY + timedelta(days=2)
    )
    assert send_reminders(at=EIGHT) == 0
    assert send_reminders(at=EIGHT + timedelta(days=2)) == 1
    assert texts() == ["Overdue: Later"]


def test_the_same_thing_is_told_once_where_it_has_a_key(brand, manager, legal):
    tell(manager, brand, key="job:1")
    tell(manager, brand, key="job:1")
    tell(legal, brand, key="job:1")
    tell(manager, brand)
    tell(manager, brand)
    assert (len(texts(manager)), len(texts(legal))) == (4 - 1, 1)
    tell(manager, brand, text="x" * 400)
    assert len(texts(manager)[-1]) == 300


def test_at_once_by_mail(brand, manager, settings):
    settings.RAPPORT_URL = "https://crm.example.com"
    set_preferences(user=manager, timezone="", hour=8, mail=MailPreference.AT_ONCE)
    tell(manager, brand, at=EIGHT - timedelta(hours=5))
    assert send_notification_mails(at=EIGHT - timedelta(hours=5)) == 1
    assert send_notification_mails(at=EIGHT) == 0
    [sent] = mail.outbox
    assert (sent.subject, sent.to) == ("Acme: Done", [manager.email])
    assert sent.body == (
        "Hello manager,\n\nAcme\n- Done\n  https://crm.example.com/acme/x/\n\n"
        "Choose when you get these mails: https://crm.example.com/acme/me/\n"
    )


def test_once_a_day_together_is_what_nobody_has_to_choose(brand, manager):
    tell(manager, brand, "One", EIGHT - timedelta(hours=9))
    tell(manager, brand, "Two", EIGHT - timedelta(hours=2))
    assert send_notification_mails(at=EIGHT - timedelta(minutes=1)) == 0
    assert send_notification_mails(at=EIGHT) == 1
    tell(manager, brand, "Three", EIGHT + timedelta(hours=1))
    assert send_notification_mails(at=EIGHT + timedelta(hours=2)) == 0
    assert send_notification_mails(at=EIGHT + timedelta(days=1)) == 1
    assert [sent.subject for sent in mail.outbox] == [
        "Rapport: 2 things for you",
        "Acme: Three",
    ]


def test_no_mail_for_who_wants_none_read_it_or_left(brand, manager, legal, analyst):
    set_preferences(user=manager, timezone="", hour=8, mail=MailPreference.NONE)
    for user in (manager, legal, analyst):
        tell(user, brand)
    mark_read(user=legal, brand=brand, ids=None, at=EIGHT)
    analyst.roles.all().delete()
    assert send_notification_mails(at=EIGHT) == 0
    assert mail.outbox == []


def test_a_mail_that_was_refused_is_tried_again(brand, manager, legal, monkeypatch):
    tell(manager, brand)
    tell(legal, brand)

    def broken(subject, body, sender, to):
        if to == [manager.email]:
            msg = "no"
            raise SMTPException(msg)
        return 1

    with monkeypatch.context() as patch:
        patch.setattr("crm.services.notification_mail.send_mail", broken)
        assert send_notification_mails(at=EIGHT) == 1
    assert Notification.objects.get(user=manager).mailed_at is None
    assert not Preferences.objects.filter(user=manager).exists()
    assert send_notification_mails(at=EIGHT) == 1


def test_the_task_of_beat_reminds_and_mails(brand, manager, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: EIGHT)
    task(brand, manager)
    tell_people.delay()
    assert [sent.subject for sent in mail.outbox] == ["Acme: Due today: Call"]


def test_the_preferences_page(brand, manager, manager_client):
    wrong = {"mail": "none", "hour": "8", "timezone": "Mars/Olympus"}
    assert manager_client.post("/acme/me/", wrong).status_code == 422
    with pytest.raises(PreferencesRefused):
        set_preferences(user=manager, timezone="x", hour=8, mail=MailPreference.NONE)
    assert not Preferences.objects.exists()
    right = {"mail": "at_once", "hour": "0", "timezone": "Europe/Copenhagen"}
    assert manager_client.post("/acme/me/", right).status_code == 302
    kept = Preferences.objects.get()
    assert (kept.mail, kept.hour, kept.timezone) == ("at_once", 0, "Europe/Copenhagen")


def test_the_bell_and_the_list(brand, manager, manager_client, other_brand):
    for number in range(3):
        tell(manager, brand, f"Thing {number}")
    tell(manager, other_brand, "Elsewhere")
    page = manager_client.get("/acme/notifications/").content.decode()
    assert 'id="bell-count">3</span>' in page
    assert "Elsewhere" not in page
    assert "Thing 2" in manager_client.get("/acme/notifications/bell/").content.decode()
    first = Notification.objects.get(text="Thing 0")
    answer = manager_client.get(f"/acme/notifications/{first.pk}/")
    assert answer["Location"] == "/acme/x/"
    page = manager_client.get("/acme/notifications/?unread=1").content.decode()
    assert "Thing 0" not in page
    second = Notification.objects.get(text="Thing 1")
    manager_client.post("/acme/notifications/read/", {"id": second.pk})
    assert Notification.objects.unread().filter(brand=brand).count() == 1
    manager_client.post("/acme/notifications/read/")
    assert Notification.objects.unread().get().text == "Elsewhere"
    assert manager_client.get("/acme/notifications/999999/").status_code == 404


def test_but_for_the_newest_of_each_person_all_are_read(brand, other_brand, legal, analyst):
    for place, (user, where) in enumerate(
        [(legal, brand)] * 3 + [(analyst, brand), (legal, other_brand)]
    ):
        at = EIGHT + timedelta(minutes=place)
        notify(user=user, brand=where, kind="task", text=f"Line {place}", url="/", at=at)
    assert mark_read_but_newest(brand=brand, keep=2, at=EIGHT) == 1
    unread = Notification.objects.unread().order_by("pk")
    assert [row.text for row in unread] == ["Line 1", "Line 2", "Line 3", "Line 4"]
    assert mark_read_but_newest(brand=brand, keep=2, at=EIGHT) == 0
