"""Creators with audiences of made-up people: numbers, so that who shares whom is plain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from crm.models import AudienceSample, Brand, Creator, Post, PostComment, SampleBatch
from tests.factories import (
    NOW,
    CreatorFactory,
    PostFactory,
    ProfileFactory,
    RelationshipFactory,
)

TODAY = NOW.date()


def known_creator(
    brand: Brand, name: str, *, platform: str = "instagram", followers: int | None = 10_000, **more
) -> Creator:
    """A creator of the brand with one account."""
    creator = CreatorFactory(name=name)
    RelationshipFactory(brand=brand, creator=creator, **more)
    ProfileFactory(creator=creator, platform_id=platform, handle=name.lower(), followers=followers)
    return creator


def write_below(
    brand: Brand, creator: Creator, people: Iterable[int], *, caption: str = ""
) -> Post:
    """A post of the creator, with a comment of each of these people."""
    post = PostFactory(creator=creator, profile=creator.profiles.get(), caption=caption)
    PostComment.objects.bulk_create(
        PostComment(brand=brand, post=post, external_id=f"c{one}", author=one) for one in people
    )
    return post


def sample(
    brand: Brand, creator: Creator, people: Iterable[int], *, size: int, on: date = TODAY
) -> AudienceSample:
    """A sample of the followers of the creator's account."""
    members = sorted(set(people))
    batch = SampleBatch.objects.create(
        brand=brand, file_name="made up", samples=1, people=len(members)
    )
    return AudienceSample.objects.create(
        brand=brand,
        profile=creator.profiles.get(),
        taken_on=on,
        audience_size=size,
        people=len(members),
        members=members,
        batch=batch,
    )
