"""Posts that read like advertising, or do not, as tests need them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm.models import Brand, Post, Profile
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory

PITCH = "Slept badly again. Use code ANNA for 20% off the night serum, link in bio!"
PLAIN = "A walk in the rain, then tea with my sister."
ADS = ("Use code {n} for the serum, shop now", "New serum from the lab, order now {n}")
OTHERS = ("A walk in the rain {n}, then tea", "My sister and I baked bread {n}")


def account(brand: Brand, **values: Any) -> Profile:
    """Of somebody whom the brand knows."""
    return ProfileFactory(creator=RelationshipFactory(brand=brand, **values).creator)


def post(profile: Profile, caption: str, **values: Any) -> Post:
    """Published yesterday unless said otherwise."""
    return PostFactory(
        profile=profile, caption=caption, **{"posted_at": NOW - timedelta(days=1)} | values
    )


def many(brand: Brand, creators: int = 20) -> list[Post]:
    """Of each creator two ads and four other posts; one creator in five labels no ad."""
    found = []
    for number in range(creators):
        profile, label = account(brand), "#ad " if number % 5 else ""
        words = [label + one.format(n=number) for one in ADS]
        words += [one.format(n=number * 10 + turn) for turn in range(2) for one in OTHERS]
        found += [post(profile, one) for one in words]
    return found
