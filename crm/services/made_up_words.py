"""What made-up creators write below their posts, and what made-up people answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from django.db import transaction

from crm.choices import Role, Source
from crm.data_files import read_yaml
from crm.models import Brand, CommentBatch, CreatorNiche, Post, User
from crm.services.post_comments.keeping import Told, tell

WORDS = read_yaml(Path(__file__).with_name("made_up_words.yaml"))
# Topics compare a week with the twelve before: what rose earlier would be its own baseline.
RISING_FOR = timedelta(days=14)
CREATORS, POSTS, PEOPLE = 150, 5, 60
_KINDS = {"praise": 40, "question": 22, "objection": 9, "issue": 5, "short": 24}
# One in so many people wanders between niches: audiences overlap.
_WANDERS = 0.15


class Captions:
    """Captions, the same ones for the same seed; they draw from chances of their own."""

    def __init__(self, seed: int, at: datetime) -> None:
        self.random = Random(f"captions {seed}")  # noqa: S311 - made-up data
        self.at = at

    def of(self, niches: Sequence[str], *, posted_at: datetime, is_paid: bool) -> str:
        """A caption about one of the niches, with one to four hashtags."""
        random = self.random
        about = WORDS["niches"][niches[0] if random.random() < 0.75 else random.choice(niches)]
        tags = random.sample(about["tags"], random.choice((1, 2, 2, 3)))
        chance = 0.15 if self.at - posted_at < RISING_FOR else 0.002
        tags += [tag for tag in WORDS["rising"] if random.random() < chance]
        parts = [
            random.choice(WORDS["openers"]).format(thing=random.choice(about["things"])),
            random.choice(WORDS["closers"]),
            random.choice(WORDS["paid"]) if is_paid else "",
            *(f"#{tag}" for tag in tags),
        ]
        return " ".join(part for part in parts if part)


@transaction.atomic
def fill_comments(*, brand: Brand, seed: int, at: datetime) -> int:
    """Comments below the newest posts of some creators; how many files of them there are."""
    held = CommentBatch.objects.filter(brand=brand).count()
    actor = User.objects.filter(roles__brand=brand, roles__role=Role.ANALYST).first()
    if held or actor is None:
        return held
    random = Random(f"comments {seed}")  # noqa: S311 - made-up data
    known = brand.relationships.filter(unprofiled_at=None, creator__posts__comments__gt=0)
    creators = list(known.order_by("pk").values_list("creator", flat=True).distinct()[:CREATORS])
    niches: dict[int, list[str]] = {}
    rows = CreatorNiche.objects.filter(creator__in=creators).order_by("pk")
    for creator, niche in rows.values_list("creator", "niche__key"):
        niches.setdefault(creator, []).append(niche)
    told: list[Told] = []
    for creator in creators:
        posts = Post.objects.filter(creator=creator, comments__gt=0).order_by("-posted_at", "pk")
        for post in posts[:POSTS]:
            told += _below(random, post, niches.get(creator) or ["food"], at)
    if not told:
        return 0
    tell(brand=brand, comments=told, source=Source.VENDOR, actor=actor, at=at)
    return 1


def _below(random: Random, post: Post, niches: Sequence[str], at: datetime) -> list[Told]:
    begin = post.posted_at or at
    found: list[Told] = []
    for number in range(random.randint(3, 14)):
        niche = random.choice(list(WORDS["niches"]) if random.random() < _WANDERS else niches)
        kind = random.choices(list(_KINDS), list(_KINDS.values()))[0]
        thing = random.choice(WORDS["niches"][niches[0]]["things"])
        answers = random.choice(found).key if found and random.random() < 0.25 else ""
        published = begin + timedelta(hours=random.expovariate(1 / 20))
        found.append(
            Told(
                post_id=post.pk,
                key=f"made-up-{number}",
                text=random.choice(WORDS["comments"][kind]).format(thing=thing),
                author=f"{niche}-{int(random.paretovariate(0.8)) % PEOPLE}",
                parent=answers,
                published_at=min(published, at),
                likes=int(random.expovariate(1 / 3)) if random.random() < 0.9 else None,
            )
        )
    return found
