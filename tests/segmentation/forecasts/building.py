"""A brand whose creators post by a known law, so that what is told of them can be checked."""

from __future__ import annotations

import random
from datetime import timedelta
from math import exp

from crm.choices import PostKind, Stage
from crm.models import Brand, Creator, CreatorMetrics, Post, Profile, Relationship
from segmentation.models import ForecastModel
from segmentation.services.forecasts import asking
from tests.factories import NOW

# What a follower is worth in views, to this power, in the law.
POWER, BASE = 0.8, 3.0


def posting(brand: Brand, count: int = 40, posts: int = 4, *, seed: int = 1) -> list[Relationship]:
    """`count` creators on Instagram; every tenth has no post yet. In the order of their posts."""
    dice = random.Random(seed)
    creators = Creator.objects.bulk_create(Creator(name=f"Poster {n:03d}") for n in range(count))
    profiles = Profile.objects.bulk_create(
        Profile(
            creator=creator,
            platform_id="instagram",
            handle=f"poster-{seed}-{n}",
            followers=round(10 ** dice.uniform(3, 6)),
        )
        for n, creator in enumerate(creators)
    )
    CreatorMetrics.objects.bulk_create(
        CreatorMetrics(creator=one.creator, as_of=NOW, followers=one.followers) for one in profiles
    )
    made = []
    for n, profile in enumerate(profiles):
        own = dice.gauss(0, 0.5)
        for place in range(0 if n % 10 == 9 else posts):
            views = round(BASE * profile.followers**POWER * exp(own + dice.gauss(0, 0.3)))
            days = 20 + 12 * (posts - place)
            made.append(
                Post(
                    profile=profile,
                    creator=profile.creator,
                    external_id=f"{seed}-{n}-{place}",
                    kind=PostKind.VIDEO,
                    posted_at=NOW - timedelta(days=days),
                    metrics_at=NOW - timedelta(days=days - 15),
                    views=views,
                    likes=views // 20,
                    comments=views // 200,
                )
            )
    Post.objects.bulk_create(made)
    return Relationship.objects.bulk_create(
        Relationship(brand=brand, creator=creator, stage=Stage.PROSPECT, since=NOW, stage_since=NOW)
        for creator in creators
    )


def learned(brand: Brand, **more: object) -> ForecastModel:
    """A version of the brand's forecasts, learned as of NOW."""
    model = asking.ask(brand=brand, actor=None, at=NOW, **more)
    done = asking.learn(model_id=model.pk, at=NOW)
    assert (done.status, done.error) == ("done", "")
    return done
