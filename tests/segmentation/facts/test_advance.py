"""Facts brought to a later moment by the edges of windows: equal to a computation from nothing."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from campaigns.choices import Flag
from campaigns.models import AuthenticityReading, FlagDismissal
from crm.choices import Stage
from crm.models import (
    AudienceSnapshot,
    Creator,
    FactChange,
    MetricSnapshot,
    Post,
    Profile,
    Relationship,
    StageChange,
)
from crm.services.facts import mark_changed
from crm.services.field_values import set_values
from crm.services.metrics import refresh_metrics
from segmentation.facts import advance
from segmentation.facts.advance import Moved, advance_facts
from segmentation.facts.check import check_facts
from segmentation.facts.refresh import refresh_facts
from segmentation.models import CreatorFacts, FactsMoment, PeerNorm
from segmentation.services.outbox import drain
from segmentation.tasks import check_facts as check_all
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory
from tests.segmentation.building import populate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch):
    monkeypatch.setattr(advance, "FEW", 0)


@pytest.fixture
def however_many(monkeypatch):
    """Never from nothing because too many moved."""
    monkeypatch.setattr(advance, "SHARE_AT_MOST", 1)


STEPS = (
    timedelta(0),
    timedelta(seconds=1),
    timedelta(hours=7),
    timedelta(days=1),
    timedelta(days=1),
    timedelta(days=9),
    timedelta(days=40),
)


def scatter(brand, dice: random.Random, at: datetime) -> None:
    """Posts, snapshots, stages and values at moments before and after `at`, many on an edge."""
    edges = [timedelta(days=days) for days in (0, 30, 90, 180, 365)]
    ahead = [sum(STEPS[:number], timedelta(0)) for number in range(len(STEPS) + 1)]

    def moment() -> datetime:
        exact = at + dice.choice(ahead) - dice.choice(edges)
        return exact + dice.choice((0, 0, 1, -1, 3_600, 86_400, 900_000)) * timedelta(seconds=1)

    profiles = list(Profile.objects.order_by("pk"))
    known = list(Relationship.objects.filter(brand=brand).order_by("pk"))
    Post.objects.bulk_create(
        Post(
            profile=profile,
            creator_id=profile.creator_id,
            external_id=f"scattered{number}",
            posted_at=moment(),
            kind=dice.choice(("image", "video", "story", "short_video")),
            likes=dice.choice((None, 5, 70, 900)),
            comments=dice.choice((None, 1, 30)),
            views=dice.choice((None, 2_000)),
            is_paid_partnership=dice.choice((None, True, False)),
        )
        for number, profile in enumerate(dice.choices(profiles, k=len(profiles)))
    )
    MetricSnapshot.objects.bulk_create(
        (
            MetricSnapshot(
                profile=profile,
                captured_at=moment(),
                source="vendor",
                followers=dice.choice((None, 100, 5_000, 60_000)),
                avg_likes=dice.choice((None, 40.0)),
            )
            for profile in dice.choices(profiles, k=len(profiles) // 4)
        ),
        ignore_conflicts=True,
    )
    AudienceSnapshot.objects.bulk_create(
        (
            AudienceSnapshot(
                profile=profile, captured_at=moment(), source="vendor", quality=dice.random()
            )
            for profile in dice.choices(profiles, k=len(profiles) // 8)
        ),
        ignore_conflicts=True,
    )
    for one in dice.sample(known, k=len(known) // 10):
        since = max(moment(), one.since)
        StageChange.objects.filter(relationship=one, left_at=None).update(left_at=since)
        StageChange.objects.create(
            relationship=one, from_stage=one.stage, stage=Stage.CORE, entered_at=since
        )
        Relationship.objects.filter(pk=one.pk).update(stage=Stage.CORE, stage_since=since)
    for one in dice.sample(known, k=len(known) // 10):
        Relationship.objects.filter(pk=one.pk).update(since=moment())
    for one in dice.sample(known, k=len(known) // 10):
        set_values(
            brand=brand,
            creator_ids=[one.creator_id],
            values={"risk_level": dice.choice(("low", "high")), "themes": ["spf"]},
            at=moment(),
            actor=None,
        )
    FactChange.objects.all().delete()


def assert_as_from_nothing(brand, as_of: datetime) -> None:
    """Computing everything anew finds nothing to write, and the same norms."""
    norms = list(PeerNorm.objects.values())
    assert refresh_facts(brand=brand, as_of=as_of) == 0
    assert list(PeerNorm.objects.values()) == norms


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.usefixtures("however_many")
def test_step_by_step_it_is_equal_to_a_computation_from_nothing(brand, seed):
    populate(brand, 120, seed=seed)
    scatter(brand, random.Random(seed), NOW)
    refresh_facts(brand=brand, as_of=NOW)
    as_of, moved = NOW, 0
    for step in STEPS:
        as_of += step
        found = advance_facts(brand=brand, as_of=as_of)
        assert not found.is_full
        moved += sum(found.moved.values())
        # What it wrote stays as it is: the next step starts from there, not from the check.
        assert_as_from_nothing(brand, as_of)
    assert moved > 60


@pytest.mark.parametrize("seed", [7, 8])
@pytest.mark.usefixtures("however_many")
def test_without_a_check_between_the_steps(brand, seed):
    populate(brand, 120, seed=seed)
    scatter(brand, random.Random(seed), NOW)
    refresh_facts(brand=brand, as_of=NOW)
    as_of = NOW
    dice = random.Random(seed)
    for step in STEPS:
        as_of += step
        people = dice.sample(list(Creator.objects.values_list("pk", flat=True)), k=5)
        # Some are computed singly in between, as the outbox does it, and at a later moment.
        later = as_of + timedelta(hours=dice.choice((0, 5)))
        refresh_facts(brand=brand, as_of=later, creator_ids=people)
        CreatorFacts.objects.filter(creator__in=people).update(as_of=later)
        advance_facts(brand=brand, as_of=as_of)
    assert_as_from_nothing(brand, as_of)


def test_each_is_looked_at_no_further_than_they_are_moved(brand):
    old, oldest, new, come, still = (known(brand, days) for days in (29, 364, 0, 0, 200))
    for _ in range(7):
        known(brand, 200)
    MetricSnapshot.objects.create(
        profile=new.profiles.get(),
        captured_at=NOW - timedelta(days=9),
        source="vendor",
        followers=9,
    )
    refresh_facts(brand=brand, as_of=NOW)
    FactChange.objects.all().delete()
    for creator in (new, come):
        PostFactory(profile=creator.profiles.get(), posted_at=NOW + timedelta(hours=2))
    # What nobody looks at stays as it is.
    CreatorFacts.objects.filter(creator__in=[old, oldest, new, come, still]).update(country="XX")
    CreatorFacts.objects.filter(creator=old).update(posts_365d=7)

    found = advance_facts(brand=brand, as_of=NOW + timedelta(days=2))

    assert not found.is_full
    assert found.moved == {
        Moved.BY_AGE: 1,
        Moved.BY_A_YEAR: 1,
        Moved.BY_POSTS: 1,
        Moved.AS_A_WHOLE: 1,
    }
    assert found.written == 4
    row = CreatorFacts.objects.get(creator=old)
    assert (row.posts_30d, row.posts_90d, row.posts_365d, row.country) == (0, 1, 7, "XX")
    row = CreatorFacts.objects.get(creator=oldest)
    assert (row.posts_90d, row.posts_365d, row.video_share, row.country) == (0, 0, None, "XX")
    row = CreatorFacts.objects.get(creator=new)
    assert (row.posts_30d, row.posts_365d, row.country) == (2, 2, "XX")
    assert row.last_post_at == NOW + timedelta(hours=2)
    row = CreatorFacts.objects.get(creator=come)
    assert (row.posts_30d, row.country) == (2, None)
    assert CreatorFacts.objects.get(creator=still).country == "XX"
    assert FactsMoment.objects.get().as_of == NOW + timedelta(days=2)


def known(brand, days: int) -> Creator:
    """A creator with one post, so many days ago."""
    creator = RelationshipFactory(brand=brand, since=NOW - timedelta(days=300)).creator
    profile = ProfileFactory(creator=creator)
    PostFactory(profile=profile, posted_at=NOW - timedelta(days=days))
    return creator


def test_what_waits_in_the_outbox_is_computed_too(brand):
    creator, *_others = [known(brand, 200) for _ in range(5)]
    refresh_facts(brand=brand, as_of=NOW)
    Creator.objects.filter(pk=creator.pk).update(country="DK")
    mark_changed(brand=None, creator_ids=[creator.pk], cause="creator")
    later = NOW + timedelta(hours=1)
    assert advance_facts(brand=brand, as_of=later).moved[Moved.AS_A_WHOLE] == 1
    assert CreatorFacts.objects.get(creator=creator).country == "DK"
    assert FactChange.objects.count() == 1


@pytest.mark.parametrize(
    "why", ["never", "back", "release", "whole brand", "many", "few", "another brand's"]
)
def test_when_everything_is_computed_from_nothing(brand, other_brand, why, monkeypatch):
    people = [known(brand, 200) for _ in range(4)]
    as_of = NOW + timedelta(hours=1)
    if why != "never":
        refresh_facts(brand=brand, as_of=NOW)
    if why == "back":
        as_of = NOW - timedelta(hours=1)
    if why == "release":
        FactsMoment.objects.update(definition="of before")
    if why == "whole brand":
        mark_changed(brand=brand, creator_ids=None, cause="niche")
    if why == "many":
        for one in people[:2]:
            PostFactory(profile=one.profiles.get(), posted_at=as_of)
    if why == "few":
        monkeypatch.setattr(advance, "FEW", len(people))
    if why == "another brand's":
        mark_changed(brand=other_brand, creator_ids=None, cause="niche")
    found = advance_facts(brand=brand, as_of=as_of)
    assert found.is_full is (why != "another brand's")
    assert FactsMoment.objects.get(brand=brand).as_of == as_of
    assert_as_from_nothing(brand, as_of)


def test_a_dry_run_elsewhere_leaves_the_moment_alone(brand):
    known(brand, 200)
    refresh_facts(brand=brand, as_of=NOW)
    refresh_facts(brand=brand, as_of=NOW, creator_ids=[Creator.objects.get().pk])
    assert FactsMoment.objects.get().as_of == NOW


def test_the_check_reports_what_differs_and_the_outbox_puts_it_right(brand, caplog):
    creators = [known(brand, 200) for _ in range(4)]
    later = NOW + timedelta(days=1)
    assert check_facts(brand=brand, at=later) is None
    refresh_facts(brand=brand, as_of=NOW)
    FactChange.objects.all().delete()
    assert check_facts(brand=brand, at=later) == 0
    moment = FactsMoment.objects.get()
    assert (moment.as_of, moment.checked_at, moment.differences) == (NOW, later, 0)
    assert not caplog.records
    CreatorFacts.objects.filter(creator=creators[0]).update(country="XX")

    check_all()

    assert FactsMoment.objects.get().differences == 1
    assert "the facts of 1 creators are not what a new computation finds" in caplog.text
    assert [row.creator for row in FactChange.objects.all()] == [creators[0]]
    # Who waits in the outbox is not reported twice.
    assert check_facts(brand=brand, at=later) == 0
    drain(at=later)
    assert CreatorFacts.objects.get(creator=creators[0]).country is None
    assert check_facts(brand=brand, at=later) == 0
    mark_changed(brand=brand, creator_ids=None, cause="niche")
    assert check_facts(brand=brand, at=later) is None


@pytest.mark.parametrize("seed", [11, 12])
def test_facts_made_of_stored_metrics_are_those_of_a_computation(brand, seed):
    populate(brand, 120, seed=seed)
    scatter(brand, random.Random(seed), NOW)
    people = list(Creator.objects.values_list("pk", flat=True))
    refresh_metrics(creator_ids=people, as_of=NOW)
    assert refresh_facts(brand=brand, as_of=NOW, creator_ids=people, is_measured=True) > 50
    assert refresh_facts(brand=brand, as_of=NOW, creator_ids=people) == 0


@pytest.mark.usefixtures("however_many")
def test_an_explanation_that_runs_out_lets_the_flag_count_again(brand):
    creator = known(brand, 200)
    relationship, profile = brand.relationships.get(), creator.profiles.get()
    AuthenticityReading.objects.create(
        profile=profile,
        read_at=NOW,
        looked_at=NOW,
        raised=[Flag.GROWTH],
        flags=[],
        thresholds="1",
        digest="0" * 64,
    )
    FlagDismissal.objects.create(
        brand=brand,
        relationship=relationship,
        profile=profile,
        flag=Flag.GROWTH,
        reason="A prize draw.",
        since=NOW,
        until=NOW + timedelta(days=3),
    )
    refresh_facts(brand=brand, as_of=NOW)
    assert CreatorFacts.objects.get().audience_flags == 0
    FactChange.objects.all().delete()
    for days, flags in ((2, 0), (3, 1)):
        found = advance_facts(brand=brand, as_of=NOW + timedelta(days=days))
        assert found.moved[Moved.AS_A_WHOLE] == flags
        assert CreatorFacts.objects.get().audience_flags == flags
    assert_as_from_nothing(brand, NOW + timedelta(days=3))


def test_the_check_finds_nothing_wrong_with_rows_of_different_moments(brand):
    populate(brand, 60, seed=4)
    scatter(brand, random.Random(4), NOW)
    refresh_facts(brand=brand, as_of=NOW)
    later = NOW + timedelta(days=9)
    some = list(Creator.objects.order_by("pk").values_list("pk", flat=True)[:20])
    refresh_facts(brand=brand, as_of=later, creator_ids=some)
    assert check_facts(brand=brand, at=later) == 0


@pytest.mark.usefixtures("however_many")
def test_draining_and_advancing_go_together(brand):
    populate(brand, 60, seed=3)
    scatter(brand, random.Random(3), NOW)
    refresh_facts(brand=brand, as_of=NOW)
    as_of = NOW
    for number, creator in enumerate(Creator.objects.order_by("pk")[:12]):
        as_of += timedelta(days=5, minutes=number)
        Creator.objects.filter(pk=creator.pk).update(profession=f"Job {number}")
        mark_changed(brand=None, creator_ids=[creator.pk], cause="creator")
        if number % 2:
            drain(at=as_of)
        advance_facts(brand=brand, as_of=as_of)
    drain(at=as_of)
    assert_as_from_nothing(brand, as_of)
