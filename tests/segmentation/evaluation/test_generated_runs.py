"""Runs of generated segments over generated creators find whom the book says."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import transaction

from crm.models import Creator, FactChange, MetricSnapshot, Profile
from segmentation.choices import OverrideKind, SegmentStatus, UnknownPolicy
from segmentation.facts.catalogue import catalogue
from segmentation.metrics.periods import calendar_of
from segmentation.models import Membership, Override, Segment
from segmentation.rules import text, tree
from segmentation.rules.context import Context
from segmentation.rules.errors import RuleInvalid
from segmentation.services import outbox
from segmentation.services.evaluation import norms as evaluation_norms
from segmentation.services.explain_case import read_case
from segmentation.services.segments import create_segment
from segmentation.services.wordings import Wording
from tests.factories import NOW
from tests.segmentation.building import dimension_of, populate
from tests.segmentation.evaluation.helpers import members, run_now, unknown
from tests.segmentation.evaluation.reference import Person, World, norms_of

LEAVES = [
    "followers >= 10_000",
    "followers between 1_000 and 99_999",
    "stage is prospect",
    "niches any of (beauty, food)",
    "celebrity_is_known",
    "count(posts, last 90 days) >= 1",
    "sum(likes of posts where likes > 5) >= 260",
    "avg(comments of posts, last 1 year) < 20",
    "latest(likes of posts) >= 250",
    "max(posted_at of posts) within last 90 days",
    "max(followers of profiles where platform in (tiktok, youtube)) >= 10_000",
    "count(profiles) >= 2",
    "count(stage_changes, last 120 days) = 1",
    "followers >= p50(primary_platform)",
    "engagement_rate > p75(stage)",
    "avg_likes <= p50(primary_platform, tier)",
    "stage(prospect) for at least 100 days",
    "stage(contacted) entered within last 1 year",
]
SEGMENTS, CREATORS = 14, 24


def random_rule(rng: random.Random, earlier: list[str], leaves_of: list[str]) -> tree.Node:
    """Two or three conditions in a group, some turned round, some on other segments."""
    leaves = []
    for _ in range(rng.randint(1, 3)):
        if earlier and rng.random() < 0.35:
            past = " was in last month" if rng.random() < 0.3 else ""
            words = f'segment("{rng.choice(earlier)}"){past}'
        else:
            words = rng.choice(leaves_of).replace("celebrity_is_known", "is_celebrity is known")
        leaf = text.parse(words)
        leaves.append(tree.Not(leaf) if rng.random() < 0.3 else leaf)
    return leaves[0] if len(leaves) == 1 else rng.choice([tree.All, tree.Any])(tuple(leaves))


def make_segments(rng: random.Random, brand, leaves_of: list[str]) -> None:
    dimensions = [
        dimension_of(brand, "size", is_exclusive=True, position=1),
        dimension_of(brand, "role", is_exclusive=True, position=2),
        dimension_of(brand, "free", position=3),
    ]
    made: list[str] = []
    for number in range(SEGMENTS):
        for _ in range(20):
            rule = random_rule(rng, made, leaves_of)
            stay = random_rule(rng, made, leaves_of) if rng.random() < 0.3 else None
            try:
                with transaction.atomic():
                    segment = create_segment(
                        dimension=rng.choice(dimensions),
                        key=f"s{number}",
                        name=f"S {number}",
                        rule=rule,
                        stay_rule=stay,
                        minimum_stay_days=rng.choice([0, 0, 3, 40]),
                        unknown_policy=rng.choice(list(UnknownPolicy)),
                        position=rng.randint(1, 5),
                        at=NOW,
                    )
                    require_sound(brand)
            except RuleInvalid:
                continue
            made.append(segment.key)
            break


def require_sound(brand) -> None:
    """Whoever comes first in a single-valued dimension can close a circle afterwards."""
    facts = catalogue(brand)
    for segment in Segment.objects.filter(brand=brand).select_related("active_version"):
        Wording.of(segment.active_version).require_valid(facts, segment=segment.key)


def force_some(rng: random.Random, brand, creators: list[int]) -> None:
    """A few decisions; in a single-valued dimension one creator is put into one segment only."""
    segments = list(Segment.objects.filter(brand=brand).order_by("pk"))
    for creator in rng.sample(creators, 8):
        Override.objects.create(
            segment=rng.choice(segments),
            creator_id=creator,
            kind=rng.choice(list(OverrideKind)),
            reason="We know better.",
            starts_at=NOW - timedelta(days=rng.choice([1, 60])),
            ends_at=rng.choice([None, NOW + timedelta(days=2), NOW + timedelta(days=50)]),
        )


def expected(brand, as_of, creators: list[int]) -> dict[int, tuple[set[str], set[str]]]:
    """Whom the book puts where, from facts, records and ledger as they are before the run."""
    facts, calendar = catalogue(brand), calendar_of(brand)
    segments = list(
        Segment.objects.filter(brand=brand, status=SegmentStatus.ACTIVE)
        .select_related("dimension", "active_version")
        .order_by("dimension__position", "dimension_id", "position", "key")
    )
    wordings = {one.key: Wording.of(one.active_version) for one in segments}
    rules = [
        rule
        for wording in wordings.values()
        for rule in (wording.rule, wording.stay_rule)
        if rule is not None
    ]
    people = []
    for creator in Creator.objects.filter(pk__in=creators):
        case = read_case(brand, creator, as_of, stored=False)
        case.segments = {one.key: one for one in segments}
        case.versions = {}
        case.read_for(rules)
        open_stays = Membership.objects.filter(creator=creator, left_at=None)
        forced = Override.objects.in_force(as_of).filter(creator=creator)
        people.append(
            Person(
                creator.pk,
                case.values,
                case.context,
                dict(open_stays.values_list("segment__key", "entered_at")),
                dict(forced.values_list("segment__key", "kind")),
            )
        )
    keys = sorted({key for rule in rules for key in evaluation_norms.asked(rule)}, key=str)
    norms = norms_of(people, keys, facts)
    world = World(segments, wordings, facts, as_of, calendar)
    for person in people:
        given = person.context
        person.context = Context(given.records, norms, {}, given.stays)
    return {person.pk: world.decide(person) for person in people}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_a_run_finds_whom_the_book_says(brand, seed: int) -> None:
    rng = random.Random(seed)
    creators = [person.pk for person in populate(brand, CREATORS, seed=seed + 1)]
    make_segments(rng, brand, LEAVES)
    force_some(rng, brand, creators)
    assert_as_the_book_says(rng, brand, creators, look_again=run_now)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [4])
def test_batches_find_whom_the_book_says(brand, seed: int) -> None:
    """As runs do, but for norms: those that few creators are held against are of the last run."""
    rng = random.Random(seed)
    creators = [person.pk for person in populate(brand, CREATORS, seed=seed + 1)]
    make_segments(
        rng, brand, [leaf for leaf in LEAVES if "primary_" not in leaf and "p75" not in leaf]
    )
    force_some(rng, brand, creators)

    def by_batches(brand, as_of) -> None:
        if as_of == NOW:
            run_now(brand)
            return
        rng.shuffle(creators)
        for part in (creators[:7], creators[7:]):
            for creator in part:
                FactChange.objects.create(brand=brand, creator_id=creator, cause="test")
            outbox.drain(at=as_of)

    assert_as_the_book_says(rng, brand, creators, look_again=by_batches)


def assert_as_the_book_says(rng: random.Random, brand, creators: list[int], *, look_again) -> None:
    """Look at them again and again, with other numbers each time."""
    for days in (0, 2, 60):
        as_of = NOW + timedelta(days=days)
        told = expected(brand, as_of, creators)
        look_again(brand, as_of)
        assert not Segment.objects.filter(brand=brand).exclude(status=SegmentStatus.ACTIVE).exists()
        for segment in Segment.objects.filter(brand=brand).select_related("active_version"):
            rule = segment.active_version.rule_text
            is_in = {pk for pk, (inside, _) in told.items() if segment.key in inside}
            assert members(segment) == is_in, (days, segment.key, rule)
            open_questions = {pk for pk, (_, lacking) in told.items() if segment.key in lacking}
            assert unknown(segment) == open_questions, (days, segment.key, rule)
        for profile in rng.sample(list(Profile.objects.all()), 10):
            MetricSnapshot.objects.create(
                profile=profile,
                followers=rng.choice([500, 9_500, 10_500, 200_000]),
                captured_at=as_of + timedelta(hours=1),
            )
