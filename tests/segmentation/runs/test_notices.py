"""Mails: to those who asked, own what moves or can decide, about what needs them."""

from __future__ import annotations

import pytest
from django.core import mail

from crm.choices import Role
from segmentation.choices import RunStatus
from segmentation.models import Run, SegmentVersion
from segmentation.services import decisions, notices, orders, runs
from tests.factories import NOW, UserFactory
from tests.people import person
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.runs.worlds import LATER, creator_with, run_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand(brand):
    brand.approval_threshold_percent = 0
    brand.save()
    return brand


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """What a call sends once its transaction is through, as (address, subject)."""

    def after(call):
        with django_capture_on_commit_callbacks(execute=True):
            call()
        return sorted((message.to[0], message.subject) for message in mail.outbox)

    return after


def test_a_run_that_waits_is_told_to_requester_and_owners(brand, analyst, manager, sent, settings):
    settings.RAPPORT_URL = "https://crm.example.com"
    creator_with(brand, 5_000)
    dimension = dimension_of(brand)
    run_now_segment = segment_of(dimension, "big", "followers >= 1_000")
    run_now(brand)
    owned = segment_of(dimension, "owned", "followers >= 2_000", actor=manager)
    assert owned.owner == manager
    assert run_now_segment.owner is None

    people = sent(lambda: run_now(brand, LATER, actor=analyst))

    run = Run.objects.get(status=RunStatus.WAITING)
    subject = f"Acme: run {run.pk} waits for a decision"
    assert people == [("analyst@acme.example", subject), ("manager@acme.example", subject)]
    words = mail.outbox[0].body
    assert "would move 1 of 1 creators. Nobody has moved yet." in words
    assert "  Owned: 1 join, 0 leave" in words
    assert f"https://crm.example.com/acme/runs/{run.pk}/" in words


def test_with_nobody_concerned_it_is_told_to_those_who_decide(brand, strategist, manager, sent):
    admin = person(brand, Role.ADMIN)
    gone = UserFactory(email="gone@acme.example")
    creator_with(brand, 5_000)
    dimension = dimension_of(brand)
    segment_of(dimension, "big", "followers >= 1_000")
    run_now(brand)
    segment_of(dimension, "huge", "followers >= 2_000", actor=gone)
    people = sent(lambda: run_now(brand, LATER))
    assert [address for address, _ in people] == [admin.email, strategist.email]


def test_a_failed_run_says_why(brand, strategist, sent):
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    late = runs.start_run(brand=brand, as_of=NOW, at=LATER, actor=strategist)
    run_now(brand, LATER)
    mail.outbox.clear()
    people = sent(lambda: runs.execute_run(run_id=late.pk, at=LATER))
    assert people == [(strategist.email, f"Acme: run {late.pk} failed")]
    assert "only moves forward" in mail.outbox[0].body


def test_a_segment_that_breaks_is_told_to_its_owner_once(brand, manager, strategist, sent):
    creator_with(brand, 5_000)
    segment = segment_of(dimension_of(brand), "big", "followers >= 1_000", actor=manager)
    run_now(brand)
    SegmentVersion.objects.update(rule={"fact": "gone", "op": ">=", "value": 1})
    assert sent(lambda: run_now(brand, LATER)) == [
        (manager.email, "Acme: the segment Big is broken")
    ]
    assert "Its 1 members stay as they are" in mail.outbox[0].body
    mail.outbox.clear()
    assert sent(lambda: run_now(brand, LATER)) == []
    segment.refresh_from_db()
    assert segment.members_count == 1


def test_nobody_is_told_of_what_was_decided_meanwhile(brand):
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run = run_now(brand)
    assert notices.tell_about_run(run_id=run.pk) == 0
    assert mail.outbox == []


def test_who_ordered_what_failed_is_told_why(brand, strategist, manager, sent, settings):
    settings.RAPPORT_URL = "https://crm.example.com"
    creator_with(brand, 5_000)
    segment_of(dimension_of(brand), "big", "followers >= 1_000")
    run_now(brand)
    segment_of(dimension_of(brand, "more"), "bigger", "followers >= 2_000")
    run = run_now(brand, LATER)
    order = orders.order_application(run_id=run.pk, actor=strategist, at=LATER)
    decisions.changesets.reject(run, actor=manager, at=LATER, reason="No.")

    people = sent(lambda: orders.carry_out(order_id=order.pk, at=LATER))

    assert people == [("strategist@acme.example", f"Acme: run {run.pk} was not applied")]
    words = mail.outbox[0].body
    order.refresh_from_db()
    assert order.error in words
    assert f"https://crm.example.com/acme/runs/{run.pk}/" in words
    # Delivered twice, or asked for once more: nobody is told again.
    assert orders.carry_out(order_id=order.pk, at=LATER).status == "failed"
    order.status = "queued"
    order.save()
    assert notices.tell_about_order(order_id=order.pk) == 0
    assert len(mail.outbox) == 1
