"""Many creators with posts and their numbers at an age, made in few statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from crm.choices import PostKind
from crm.models import Brand, Post, PostMetricSnapshot, Profile
from tests.factories import CreatorFactory, RelationshipFactory

HOUR = timedelta(hours=1)


def accounts(
    brand: Brand, number: int, *, followers: int = 10_000, platform: str = "instagram"
) -> list[Profile]:
    """So many creators whom the brand knows, with an account each."""
    made = []
    for _ in range(number):
        creator = CreatorFactory()
        RelationshipFactory(brand=brand, creator=creator)
        made.append(
            Profile(
                creator=creator,
                platform_id=platform,
                handle=f"crowd{creator.pk}",
                followers=followers,
            )
        )
    return Profile.objects.bulk_create(made)


def posts(
    rows: Iterator[tuple[Profile, datetime, int]] | Sequence[tuple[Profile, datetime, int]],
    *,
    age: timedelta = 50 * HOUR,
    kind: PostKind = PostKind.SHORT_VIDEO,
) -> list[Post]:
    """Posts of (account, moment, likes), whose numbers were taken at `age`."""
    made = Post.objects.bulk_create(
        Post(
            profile=profile,
            creator_id=profile.creator_id,
            external_id=f"crowd{posted:%Y%m%d%H%M}-{number}",
            posted_at=posted,
            kind=kind,
            likes=likes,
            metrics_at=posted + age,
        )
        for number, (profile, posted, likes) in enumerate(rows)
    )
    PostMetricSnapshot.objects.bulk_create(
        PostMetricSnapshot(post=post, captured_at=post.posted_at + age, likes=post.likes)
        for post in made
    )
    return made
