"""Creators who write about something, made up."""

from __future__ import annotations

from typing import Any

from crm.models import Brand, Creator
from segmentation.models import Classifier, SuggestedValue
from tests.factories import NOW, CreatorFactory, PostFactory, ProfileFactory, RelationshipFactory

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


def suggested(
    brand: Brand, creator: Creator, *, by: Classifier | None = None, **more: Any
) -> SuggestedValue:
    """A role that waits for an answer, without anything having been read."""
    lists, _made = Classifier.objects.get_or_create(
        brand=brand,
        fact="content_role",
        number=1,
        defaults={
            "kind": "lexicon",
            "status": "in_use",
            "values": ["educator", "reviewer"],
            "training": {"name": "lexicon"},
            "made_at": NOW,
        },
    )
    given = {
        "fact": "content_role",
        "value": "reviewer",
        "confidence": 0.7,
        "others": [["educator", 0.2]],
        "evidence": {"terms": [["review", 0.4]], "posts": [], "read": 3, "note": ""},
        "suggested_at": NOW,
        **more,
    }
    return SuggestedValue.objects.create(
        brand=brand, creator=creator, classifier=by or lists, **given
    )
