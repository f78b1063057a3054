"""A creator is asked, says that it is done, is not heard of, or put it right."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from campaigns.choices import (
    DisclosureVerdict,
    RemediationState,
    ReviewStage,
    ReviewState,
)
from campaigns.models import Remediation, RemediationEvent
from campaigns.selectors.remediations import wanting as wanting_of
from campaigns.services.deliverables.record import Actor
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.remediation.asking import Request, ask_again
from campaigns.services.remediation.chasing import chase
from campaigns.services.remediation.ending import answer, withdraw
from crm.models import AuditEntry, Incident, Notification
from tests.campaigns.disclosures.worlds import judge, review_of, settle
from tests.campaigns.remediation.worlds import DAY, DUE, HOUR, asked, live_review, wanting
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def acts(remediation):
    """What happened, in its order."""
    return list(remediation.events.values_list("act", flat=True))


def test_a_creator_is_asked_about_a_post_found_wanting(brand, manager, legal):
    review = wanting(brand, manager, legal)
    assert list(wanting_of(brand)) == [review]
    made = asked(review, manager)
    assert (made.state, made.due_at, made.times, made.owner) == ("open", DUE, 1, manager)
    event = RemediationEvent.objects.get()
    assert (event.act, event.words, event.actor) == ("ask", "Begin with “Reklame”.", manager)
    assert list(wanting_of(brand)) == []
    entry = AuditEntry.objects.filter(verb="campaigns.remediation.ask").get()
    assert "Reklame" not in str(entry.data)
    assert entry.data["review"] == review.pk


def test_nobody_is_asked_twice_or_about_what_is_in_order(brand, manager, legal):
    review = wanting(brand, manager, legal)
    asked(review, manager)
    with pytest.raises(CampaignRefused, match="asked already"):
        asked(review, manager)
    assert Remediation.objects.count() == 1
    waiting = live_review(brand, manager, "https://www.instagram.com/p/Other1/")
    with pytest.raises(CampaignRefused, match="not found wanting"):
        asked(waiting, manager)
    assert Remediation.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"words": "  "}, "Write what the creator is to do"),
        ({"due_at": NOW}, "This moment has passed"),
        ({"due_at": NOW + 61 * DAY}, "60 days are the most"),
        ({"channel": "pigeon"}, "Choose how it was said"),
    ],
)
def test_a_request_has_words_a_day_and_a_way(brand, manager, legal, values, words):
    review = wanting(brand, manager, legal)
    with pytest.raises(CampaignRefused, match=words):
        asked(review, manager, **values)
    assert not Remediation.objects.exists()
    assert not RemediationEvent.objects.exists()


def test_done_opens_a_look_and_a_yes_resolves_it(brand, manager, legal):
    review = wanting(brand, manager, legal)
    made = asked(review, manager)
    answer(
        remediation_id=made.pk, brand=brand, note="Changed.", actor=Actor(manager), at=NOW + HOUR
    )
    again = review_of(review.deliverable, ReviewStage.LIVE)
    assert again.pk != review.pk
    assert again.state == ReviewState.WAITING
    settle(again, legal, at=NOW + HOUR)
    judge(again, legal, DisclosureVerdict.NOT_REQUIRED, "It is gone.", at=NOW + 2 * HOUR)
    made.refresh_from_db()
    assert made.state == RemediationState.RESOLVED
    assert acts(made) == ["ask", "answer", "resolve"]
    assert list(wanting_of(brand)) == []


def test_said_in_vain_it_is_for_us_to_ask_again(brand, manager, legal):
    review = wanting(brand, manager, legal)
    made = asked(review, manager)
    answer(remediation_id=made.pk, brand=brand, note="", actor=Actor(manager), at=NOW + HOUR)
    again = review_of(review.deliverable, ReviewStage.LIVE)
    judge(again, legal, DisclosureVerdict.MISSING, "Still nothing.", at=NOW + 2 * HOUR)
    made.refresh_from_db()
    assert made.state == RemediationState.ANSWERED
    assert list(wanting_of(brand)) == [again]
    told = Notification.objects.filter(user=manager, text__contains="still not in order")
    assert told.count() == 1
    ask_again(
        remediation_id=made.pk,
        brand=brand,
        wanted=Request("Begin with it, please.", DUE, "phone"),
        actor=manager,
        at=NOW + 3 * HOUR,
        expected_version=made.version,
    )
    made.refresh_from_db()
    assert (made.state, made.times, made.channel) == ("open", 2, "phone")
    assert list(wanting_of(brand)) == []


def test_who_was_slower_is_told(brand, manager, legal):
    made = asked(wanting(brand, manager, legal), manager)
    said = {"remediation_id": made.pk, "brand": brand, "actor": manager, "at": NOW}
    withdraw(reason="A mistake.", expected_version=1, **said)
    with pytest.raises(CampaignOutdated, match="withdrawn"):
        withdraw(reason="Again.", expected_version=1, **said)
    assert acts(made) == ["ask", "withdraw"]


def test_withdrawing_takes_a_reason(brand, manager, legal):
    made = asked(wanting(brand, manager, legal), manager)
    with pytest.raises(CampaignRefused, match="Say why"):
        withdraw(
            remediation_id=made.pk,
            brand=brand,
            reason=" ",
            actor=manager,
            at=NOW,
            expected_version=None,
        )
    made.refresh_from_db()
    assert made.state == "open"


def test_a_deadline_is_told_before_it_and_at_it_then_it_is_an_incident(brand, manager, legal):
    review = wanting(brand, manager, legal)
    made = asked(review, manager)
    assert chase(at=NOW) == 0
    assert chase(at=DUE - HOUR) == 1
    assert chase(at=DUE - HOUR / 2) == 0
    assert chase(at=DUE + HOUR) == 1
    assert chase(at=DUE + HOUR) == 0
    made.refresh_from_db()
    assert made.state == RemediationState.OVERDUE
    assert chase(at=DUE + 4 * DAY) == 1
    assert chase(at=DUE + 4 * DAY) == 0
    made.refresh_from_db()
    incident = Incident.objects.get()
    assert (made.state, made.incident) == (RemediationState.INCIDENT, incident)
    assert incident.relationship == review.deliverable.engagement.relationship
    assert (incident.kind, incident.origin) == ("disclosure", f"remediation:{made.pk}")
    assert acts(made) == ["ask", "remind", "expire", "escalate"]
    told = Notification.objects.filter(user=manager, text__contains="was asked to put")
    assert told.count() == 2


def test_an_answer_stops_the_clock(brand, manager, legal):
    made = asked(wanting(brand, manager, legal), manager)
    answer(remediation_id=made.pk, brand=brand, note="", actor=Actor(manager), at=NOW + HOUR)
    assert chase(at=DUE + 10 * DAY) == 0
    made.refresh_from_db()
    assert made.state == RemediationState.ANSWERED
    assert not Incident.objects.exists()


def test_what_happened_stays_as_it_was_written(brand, manager, legal):
    asked(wanting(brand, manager, legal), manager)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        RemediationEvent.objects.update(note="Changed.")
    assert RemediationEvent.objects.get().note == ""
