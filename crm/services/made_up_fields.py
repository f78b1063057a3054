"""What a made-up brand says of its made-up creators: most fields of most, with some history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from crm.choices import Source
from crm.models import Brand, CustomField, FieldValue, Relationship, User

# Value and how often it comes, by field.
CHOICES: Mapping[str, Mapping[str, int]] = {
    "content_role": {
        "educator": 24,
        "reviewer": 22,
        "entertainer": 26,
        "community_leader": 10,
        "lifestyle_integrator": 18,
    },
    "production_style": {
        "everyday": 50,
        "studio": 25,
        "premium_storytelling": 15,
        "documentary": 10,
    },
    "risk_level": {"low": 78, "medium": 17, "high": 5},
}
WORDS: Mapping[str, Sequence[str]] = {
    "themes": ("how to", "first look", "routine", "behind the scenes", "offers", "q and a"),
    "formats": ("tutorial", "day_in_the_life", "interview", "testimonial", "routine"),
    "audience_interests": ("cooking", "design", "outdoors", "games", "books", "diy"),
    "audience_values": ("sustainability", "honesty", "craft", "family", "saving money"),
    "audience_job_roles": ("student", "nurse", "teacher", "developer", "designer", "parent"),
}
# How many creators of a hundred somebody has said something of.
KNOWN = {"content_role": 85, "themes": 75, "formats": 55, "production_style": 60}
KNOWN |= {"deal_focused": 65, "audience_interests": 35, "audience_values": 25}
KNOWN |= {"audience_job_roles": 20, "risk_level": 70}
SAID_AGAIN = 12
SOURCES = (Source.MANUAL, Source.MANUAL, Source.CREATOR, Source.ESTIMATED)
NOTES = ("", "", "Looked at the newest posts", "From the first call", "The team agrees")


def values(
    *,
    brand: Brand,
    relationships: Sequence[Relationship],
    people: Sequence[User],
    seed: int,
    at: datetime,
) -> Iterator[FieldValue]:
    """What the standard fields hold; the same seed and day give the same values."""
    random = Random(seed)  # noqa: S311 - made-up data
    fields = CustomField.objects.filter(brand=brand, is_standard=True).in_use()
    makers = [(field, _maker(field, random)) for field in fields if field.key in KNOWN]
    for relationship in relationships:
        for field, make in makers:
            if random.randrange(100) >= KNOWN[field.key]:
                continue
            days = max((at - relationship.since).days, 1)
            moments = [relationship.since + timedelta(days=random.randrange(days))]
            left = (at - moments[0]).days
            if random.randrange(100) < SAID_AGAIN and left > 1:
                moments.append(moments[0] + timedelta(days=random.randrange(1, left)))
            for since in moments:
                yield FieldValue(
                    field=field,
                    creator_id=relationship.creator_id,
                    since=since,
                    source=random.choice(SOURCES),
                    note=random.choice(NOTES),
                    author=random.choice(people) if people else None,
                    **{field.column: make()},
                )


def _maker(field: CustomField, random: Random) -> Callable[[], object]:
    if field.key in CHOICES:
        weights = CHOICES[field.key]
        return lambda: random.choices(list(weights), list(weights.values()))[0]
    if field.key in WORDS:
        words = WORDS[field.key]
        return lambda: sorted(random.sample(words, k=random.randint(1, 3)))
    return lambda: random.random() < 0.2
