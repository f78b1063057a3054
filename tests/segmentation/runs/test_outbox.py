"""The outbox: a change re-evaluates its creators, once, in one transaction."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from crm.models import CreatorMetrics, FactChange, PromisedTask, Relationship
from crm.services.facts import DRAIN_TASK, mark_changed
from segmentation import tasks
from segmentation.choices import RunStatus, Trigger
from segmentation.models import Change, CreatorFacts, Membership, Run
from segmentation.services import changesets, decisions, outbox
from segmentation.services.changesets import SCORECARD_TASK
from tests.factories import NOW, BrandFactory, RelationshipFactory
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.runs.worlds import (
    LATER,
    creator_with,
    give_followers,
    members,
    run_now,
)
from tests.segmentation.world import read_of

pytestmark = pytest.mark.django_db
EVEN_LATER = LATER + timedelta(hours=1)


def changed(brand, *creators) -> None:
    for creator in creators:
        FactChange.objects.create(brand=brand, creator=creator, cause="test")


@pytest.fixture
def segment(brand):
    return segment_of(dimension_of(brand), "big", "followers >= 1_000")


def test_a_changed_creator_moves_and_the_others_are_left_alone(brand, segment):
    one, other = creator_with(brand, 10), creator_with(brand, 10)
    run_now(brand)
    give_followers(one, 5_000, LATER)
    give_followers(other, 5_000, LATER)
    changed(brand, one)

    assert outbox.drain(at=LATER) == 1

    assert members(segment) == {one.pk}
    assert CreatorMetrics.objects.get(creator=one).followers == 5_000
    assert not FactChange.objects.exists()
    run = Run.objects.get(trigger=Trigger.FACTS)
    assert (run.status, run.as_of, run.moved, run.population) == (RunStatus.APPLIED, LATER, 1, 1)
    counts = run.segments.get()
    assert (counts.members, counts.joined, counts.left) == (1, 1, 0)
    assert read_of(Change.objects.get()) == {"followers": 5_000}
    assert Membership.objects.get().entered_run == run


def test_when_nobody_moves_there_is_no_run_but_the_facts_are_fresh(brand, segment):
    creator = creator_with(brand, 10)
    run_now(brand)
    give_followers(creator, 20, LATER)
    changed(brand, creator, creator)
    assert outbox.drain(at=LATER) == 2
    assert not Run.objects.filter(trigger=Trigger.FACTS).exists()
    assert CreatorFacts.objects.get().followers == 20
    assert outbox.drain(at=LATER) == 0


def test_before_the_first_run_only_facts_and_metrics_are_refreshed(brand, segment):
    creator = creator_with(brand, 5_000)
    changed(brand, creator)
    outbox.drain(at=NOW)
    assert CreatorFacts.objects.get().followers == 5_000
    assert not Run.objects.exists()
    assert not Membership.objects.exists()
    assert run_now(brand).moved == 1


def test_a_row_without_creator_is_for_everybody_of_the_brand(brand, segment):
    creators = [creator_with(brand, 10) for _ in range(6)]
    elsewhere = creator_with(BrandFactory(), 10)
    run_now(brand)
    give_followers(creators[0], 5_000, LATER)
    FactChange.objects.create(brand=brand, cause="import")
    outbox.drain(at=LATER)
    assert members(segment) == {creators[0].pk}
    assert not CreatorFacts.objects.filter(creator=elsewhere).exists()


def test_a_brand_wide_change_that_moves_many_waits_for_approval(brand, segment, strategist):
    creators = [creator_with(brand, 10) for _ in range(4)]
    run_now(brand)
    for creator in creators[:2]:
        give_followers(creator, 5_000, LATER)
    FactChange.objects.create(brand=brand, cause="import")
    outbox.drain(at=LATER)
    run = Run.objects.get(trigger=Trigger.FACTS)
    assert run.status == RunStatus.WAITING
    assert members(segment) == set()
    decisions.apply_run(run_id=run.pk, actor=strategist, at=EVEN_LATER)
    assert members(segment) == {creator.pk for creator in creators[:2]}


def test_a_row_without_brand_is_for_every_brand_that_knows_the_creator(brand, segment):
    other_brand = BrandFactory()
    other = segment_of(dimension_of(other_brand), "big", "followers >= 1_000")
    creator = creator_with(brand, 10)
    RelationshipFactory(brand=other_brand, creator=creator, since=NOW)
    run_now(brand)
    run_now(other_brand)
    give_followers(creator, 5_000, LATER)
    FactChange.objects.create(creator=creator, cause="record")
    outbox.drain(at=LATER)
    assert members(segment) == members(other) == {creator.pk}
    assert Run.objects.filter(trigger=Trigger.FACTS).count() == 2


def test_who_is_no_longer_related_leaves_at_once(brand, segment):
    creator = creator_with(brand, 5_000)
    run_now(brand)
    Relationship.objects.filter(creator=creator).delete()
    changed(brand, creator)
    outbox.drain(at=LATER)
    assert members(segment) == set()
    assert Membership.objects.get().left_at == LATER
    assert not CreatorFacts.objects.exists()


def test_approving_an_older_change_set_leaves_those_moved_since_where_they_are(
    brand, segment, strategist
):
    stays, returns, joins = (creator_with(brand, n) for n in (5_000, 5_000, 10))
    run_now(brand)
    for creator, followers in ((stays, 10), (returns, 10), (joins, 5_000)):
        give_followers(creator, followers, LATER)
    waiting = run_now(brand, LATER)
    assert waiting.status == RunStatus.WAITING
    give_followers(returns, 9_000, EVEN_LATER)
    changed(brand, returns)
    outbox.drain(at=EVEN_LATER)
    assert members(segment) == {stays.pk, returns.pk}

    decisions.apply_run(run_id=waiting.pk, actor=strategist, at=EVEN_LATER)

    assert members(segment) == {returns.pk, joins.pk}
    run_now(brand, EVEN_LATER)
    assert members(segment) == {returns.pk, joins.pk}


def test_a_crash_leaves_the_rows_waiting_and_nothing_written(brand, segment, monkeypatch):
    creator = creator_with(brand, 10)
    run_now(brand)
    give_followers(creator, 5_000, LATER)
    changed(brand, creator)

    def crash(*_args, **_more):
        raise RuntimeError("power cut")

    monkeypatch.setattr(changesets, "record_applied", crash)
    with pytest.raises(RuntimeError):
        outbox.drain(at=LATER)
    assert FactChange.objects.count() == 1
    assert CreatorFacts.objects.get().followers == 10
    assert not Run.objects.filter(trigger=Trigger.FACTS).exists()
    monkeypatch.undo()
    outbox.drain(at=LATER)
    assert members(segment) == {creator.pk}


def test_tasks_have_the_names_by_which_others_ask_for_them():
    assert tasks.drain_facts.name == DRAIN_TASK
    assert tasks.refresh_scorecards.name == SCORECARD_TASK


def test_batches_of_a_minute_share_their_scorecards(brand, segment):
    one, other = creator_with(brand, 10), creator_with(brand, 20)
    run_now(brand)
    PromisedTask.objects.all().delete()
    for creator, moment in ((one, LATER), (other, EVEN_LATER)):
        give_followers(creator, 5_000, moment)
        changed(brand, creator)
        outbox.drain(at=moment)
    promised = PromisedTask.objects.get()
    assert promised.task == SCORECARD_TASK
    assert promised.arguments == {"brand_id": brand.pk, "as_of": EVEN_LATER.isoformat()}


def test_a_change_is_drained_after_its_commit(brand, segment, django_capture_on_commit_callbacks):
    creator = creator_with(brand, 10)
    run_now(brand)
    give_followers(creator, 5_000, NOW)
    with django_capture_on_commit_callbacks(execute=True):
        mark_changed(brand=brand, creator_ids=[creator.pk], cause="test")
    assert members(segment) == {creator.pk}


def test_the_command_says_what_it_did(brand, segment):
    creator = creator_with(brand, 10)
    run_now(brand)
    give_followers(creator, 5_000, NOW)
    changed(brand, creator)
    out = StringIO()
    call_command("drain_facts", stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1]) == {
        "changes": 1,
        "moved": 1,
        "waiting_for_approval": 0,
    }
