"""Creators in numbers, for tests of segmentation: made up by seed, the same every time."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from crm.choices import CreatorType, PostKind, Stage
from crm.models import (
    Brand,
    Creator,
    CreatorNiche,
    MetricSnapshot,
    Niche,
    Post,
    Profile,
    Relationship,
    StageChange,
)
from segmentation.models import Dimension, Segment, SegmentVersion
from segmentation.rules import text
from segmentation.services.segments import create_segment
from tests.factories import NOW

NICHES = ("beauty", "family", "fashion", "fitness", "food", "interior", "pet", "travel")
# The bounds of tiers, where an error of one shows.
BOUNDS = (
    499,
    500,
    999,
    1_000,
    4_999,
    5_000,
    9_999,
    10_000,
    25_000,
    50_000,
    99_999,
    100_000,
    999_999,
    1_000_000,
)
PROFESSIONS = ("", "", "", "Software engineer", "Founder of a studio", "Teacher", "Nurse")


# From how many creators on it matters by which plan they are read.
MANY = 500


@dataclass
class Person:
    """What was made up about a creator: the truth that counts in tests are taken from."""

    followers: dict[str, int | None]
    niches: tuple[str, ...]
    stage: Stage
    known_days: int
    celebrity: bool | None
    profession: str
    creator_type: CreatorType
    # Days before `at`, likes, comments.
    posts: tuple[tuple[int, int | None, int | None], ...]
    pk: int = 0

    @property
    def most_followers(self) -> int | None:
        known = [count for count in self.followers.values() if count is not None]
        return max(known, default=None)


def populate(brand: Brand, count: int, *, seed: int = 1, at: datetime = NOW) -> list[Person]:
    """Make `count` creators whom `brand` knows at `at`; returns what is true of them."""
    dice = random.Random(seed)
    people = [_person(dice) for _ in range(count)]
    creators = Creator.objects.bulk_create(
        Creator(
            name=f"Person {number:05d}",
            is_celebrity=one.celebrity,
            profession=one.profession,
            creator_type=one.creator_type,
        )
        for number, one in enumerate(people)
    )
    niches = {
        key: Niche.objects.get_or_create(key=key, defaults={"label": key.title()})[0]
        for key in NICHES
    }
    profiles, snapshots, posts, tags, relationships = [], [], [], [], []
    for number, (one, creator) in enumerate(zip(people, creators, strict=True)):
        one.pk = creator.pk
        tags += [CreatorNiche(creator=creator, niche=niches[key]) for key in one.niches]
        since = at - timedelta(days=one.known_days)
        relationships.append(
            Relationship(
                brand=brand, creator=creator, stage=one.stage, since=since, stage_since=since
            )
        )
        for platform, followers in one.followers.items():
            profile = Profile(
                creator=creator, platform_id=platform, handle=f"{seed}-{platform}-{number}"
            )
            profiles.append(profile)
            snapshots.append(
                MetricSnapshot(
                    profile=profile, captured_at=at - timedelta(days=5), followers=followers
                )
            )
        posts += [
            Post(
                profile=profiles[-1],
                creator=creator,
                external_id=f"{number}-{place}",
                posted_at=at - timedelta(days=days),
                likes=likes,
                comments=comments,
                kind=PostKind.IMAGE,
            )
            for place, (days, likes, comments) in enumerate(one.posts)
        ]
    Profile.objects.bulk_create(profiles)
    MetricSnapshot.objects.bulk_create(snapshots)
    Post.objects.bulk_create(posts)
    CreatorNiche.objects.bulk_create(tags)
    Relationship.objects.bulk_create(relationships)
    StageChange.objects.bulk_create(
        StageChange(relationship=one, stage=one.stage, entered_at=one.stage_since)
        for one in relationships
    )
    if count >= MANY:
        # As autovacuum does in time: what it saw of empty tables leads the planner astray.
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE crm_creator, crm_metricsnapshot, crm_post, crm_profile, crm_relationship"
            )
    return people


def _person(dice: random.Random) -> Person:
    platforms = dice.sample(("instagram", "tiktok", "youtube"), dice.choice((1, 1, 1, 2, 3)))
    followers = {
        key: None if dice.random() < 0.1 else round(10 ** dice.uniform(2, 6.6)) for key in platforms
    }
    if dice.random() < 0.05:
        followers[platforms[0]] = dice.choice(BOUNDS)
    return Person(
        followers=followers,
        niches=tuple(sorted(dice.sample(NICHES, dice.choice((0, 1, 1, 2))))),
        stage=dice.choice(list(Stage)),
        known_days=dice.choice((3, 100, 364, 365, 800)),
        celebrity=dice.choice((None, None, None, False, True)) if dice.random() < 0.1 else None,
        profession=dice.choice(PROFESSIONS),
        creator_type=dice.choice((CreatorType.EXTERNAL,) * 8 + (CreatorType.CUSTOMER,) * 2),
        posts=tuple(
            (
                dice.randrange(1, 500),
                dice.choice((None, 10, 250, 4_000)),
                dice.choice((None, 3, 40)),
            )
            for _ in range(dice.choice((0, 0, 1, 3, 15)))
        ),
    )


def dimension_of(brand: Brand, key: str = "mine", **more: object) -> Dimension:
    return Dimension.objects.create(brand=brand, key=key, name=key.title(), **more)


def used_for_long() -> None:
    """All segments came into use long before NOW: beat leaves a new brand to people for a day."""
    SegmentVersion.objects.update(activated_at=NOW - timedelta(days=90))


def segment_of(dimension: Dimension, key: str, rule: str, **more: object) -> Segment:
    return create_segment(
        dimension=dimension, key=key, name=key.title(), rule=text.parse(rule), at=NOW, **more
    )
