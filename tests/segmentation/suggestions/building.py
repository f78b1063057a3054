"""Creators who write about something, made up."""

from __future__ import annotations

from crm.models import Brand, Creator
from tests.factories import CreatorFactory, PostFactory, ProfileFactory, RelationshipFactory

SAYS = {
    "reviewer": (
        "Honest review of the lamp, tested for a week",
        "Unboxing the kettle: first impressions and verdict",
        "Comparison of two backpacks, is it worth it",
        "My review of the desk, pros and cons",
    ),
    "educator": (
        "How to fold a map, step by step",
        "Tutorial for beginners: tips to learn chess",
        "Five mistakes explained in this guide",
        "What is a knot? A lesson with tips",
    ),
}


def writes(brand: Brand, *captions: str, name: str = "", bio: str = "", **creator: str) -> Creator:
    """A creator of the brand with one post for each caption."""
    made = CreatorFactory(**({"name": name} if name else {}), **creator)
    RelationshipFactory(brand=brand, creator=made)
    profile = ProfileFactory(creator=made, handle=f"made.{made.pk}", bio=bio)
    for caption in captions:
        PostFactory(profile=profile, caption=caption)
    return made
