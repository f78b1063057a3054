"""Reviews of many creators at once: shared out evenly, undone as long as nobody wrote."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from crm.choices import Role
from crm.lists import changes
from crm.lists.selection import Selection
from crm.models import AuditEntry, JobRow, Notification, Review, Vetting
from crm.services import jobs
from crm.services.bulk.changes import BulkRefused
from tests.crm.reviews.world import ask, publish, said, write
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def six(brand, strategist):
    publish(brand, strategist)
    return [RelationshipFactory(brand=brand, creator__name=f"Ida {n}") for n in range(6)]


def begin(brand, actor, people, **more):
    change = {"change": "vetting", "reviewers": [user.pk for user in people], **more}
    return changes.ask(
        brand=brand,
        selection=Selection(query=""),
        change=change,
        actor=actor,
        role=Role.MANAGER,
        at=NOW,
    )


def done(job, at=NOW):
    jobs.run(job_id=job.pk, at=at)
    job.refresh_from_db()
    return job


def test_each_pair_gets_as_many(brand, six, manager, analyst, strategist, admin_user):
    before = ask(six[0], manager, analyst, strategist)
    Notification.objects.all().delete()
    entries = AuditEntry.objects.count()
    people = [analyst, strategist, admin_user]
    job = done(begin(brand, manager, people, reason="Spring"))
    assert job.title == "Ask 3 people for reviews of 6 creators"
    assert job.result == "5 creators changed, 1 was so already."
    made = Vetting.objects.exclude(pk=before.pk).prefetch_related("reviews")
    assert {one.reason for one in made} == {"Spring"}
    pairs = Counter(frozenset(one.reviewer_id for one in each.reviews.all()) for each in made)
    assert sorted(pairs.values()) == [1, 2, 2]
    asked = Counter(Review.objects.filter(vetting__in=made).values_list("reviewer", flat=True))
    assert sorted(asked.values()) == [3, 3, 4]
    told = Notification.objects.values_list("user", "text")
    assert dict(told) == {
        pk: f"manager asks for your reviews of {number} creators" for pk, number in asked.items()
    }
    entry = AuditEntry.objects.filter(verb="crm.vetting.asked").first()
    assert AuditEntry.objects.count() == entries + 5
    assert entry.data.keys() == {"vetting", "form", "reviews", "job"}


def test_undone_but_where_somebody_wrote(brand, six, manager, analyst, strategist):
    job = done(begin(brand, manager, [analyst, strategist]))
    started = Vetting.objects.order_by("pk").first()
    write(started, analyst, said(4, 3, 1, "never"))
    later = NOW + timedelta(hours=2)
    undo = done(changes.undo(job=job, actor=manager, role=Role.MANAGER, at=later), later)
    assert undo.result == "5 creators as before. 1 was changed since and kept."
    assert Counter(Vetting.objects.values_list("status", flat=True)) == {
        "withdrawn": 5,
        "open": 1,
    }
    started.refresh_from_db()
    assert started.status == "open"


def test_who_asks_does_not_review(brand, six, manager, analyst):
    job = done(begin(brand, manager, [analyst, manager]))
    [reason] = set(JobRow.objects.filter(job=job).values_list("reason", flat=True))
    assert reason == "manager asks, and the form wants somebody else to review."
    assert not Vetting.objects.exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"reviewers": []}, "Choose at least 2"),
        ({"reviewers": [0, -1]}, "Choose at least 2"),
        ({"due_on": "soon"}, "Write the day"),
        ({"reason": "x" * 301}, "at most 300"),
    ],
)
def test_what_cannot_be_asked(brand, six, manager, analyst, strategist, more, words):
    with pytest.raises(BulkRefused, match=words):
        begin(brand, manager, [analyst, strategist], **more)
    assert not Vetting.objects.exists()


def test_from_the_list(brand, six, manager_client, analyst, strategist, manager):
    path = "/acme/creators/many/vetting/"
    sent = {"id": [one.pk for one in six[:2]], "back": "/acme/creators/"}
    page = manager_client.post(path, sent).content.decode()
    assert "two of them, who do not see each other" in page
    assert "strategist" in page
    assert f'value="{manager.pk}"' not in page
    refused = manager_client.post(path, sent | {"do": "yes", "reviewers": [analyst.pk]})
    assert refused.status_code == 422
    sent |= {"do": "yes", "reviewers": [analyst.pk, strategist.pk]}
    assert manager_client.post(path, sent)["Location"] == "/acme/creators/"
    assert Vetting.objects.count() in {0, 2}
