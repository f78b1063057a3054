"""A brand full of made-up creators: lifelike numbers, two years of history, no real person.

The same seed and day give the same data. Some numbers are left out on purpose, since real data have
holes: creators without a known count, without posts, posts without known comments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp, log
from pathlib import Path
from random import Random
from typing import TypeVar
from uuid import UUID

from django.db import models, transaction

from crm import audit
from crm.choices import CreatorType, PostKind, Source, Stage
from crm.data_files import read_yaml
from crm.models import (
    Brand,
    Creator,
    CreatorNiche,
    FieldValue,
    MetricSnapshot,
    Niche,
    Note,
    Post,
    Profile,
    Relationship,
    StageChange,
    User,
)
from crm.services import facts, made_up_fields
from crm.services.made_up_words import Captions
from crm.services.metrics import refresh_metrics
from crm.services.relationships import PATH, SIDE

QUARTERS = 8
QUARTER = timedelta(days=91)
BATCH = 5_000

WORDS = read_yaml(Path(__file__).with_name("made_up.yaml"))
PLATFORMS = {
    "instagram": 45,
    "tiktok": 25,
    "youtube": 18,
    "twitch": 3,
    "newsletter": 4,
    "podcast": 5,
}
COUNTRIES = {"DK": 22, "SE": 14, "NO": 12, "DE": 16, "GB": 14, "NL": 8, "FR": 6, "": 8}
LANGUAGES = {"DK": "da", "SE": "sv", "NO": "nb", "DE": "de", "GB": "en", "NL": "nl", "FR": "fr"}
KINDS: dict[str, dict[PostKind, int]] = {
    "instagram": {
        PostKind.IMAGE: 40,
        PostKind.CAROUSEL: 25,
        PostKind.SHORT_VIDEO: 30,
        PostKind.STORY: 5,
    },
    "tiktok": {PostKind.SHORT_VIDEO: 100},
    "youtube": {PostKind.VIDEO: 70, PostKind.SHORT_VIDEO: 30},
    "twitch": {PostKind.LIVE: 100},
    "newsletter": {PostKind.ARTICLE: 100},
    "podcast": {PostKind.AUDIO: 100},
}
VIDEO = frozenset({PostKind.SHORT_VIDEO, PostKind.VIDEO, PostKind.LIVE})
Row = TypeVar("Row", bound=models.Model)
Choice = TypeVar("Choice")


class BrandNotEmpty(Exception):
    """Made-up creators never mix with others; the message is fit for the user."""


@dataclass(frozen=True)
class MadeUp:
    """How many rows were made."""

    creators: int
    profiles: int
    posts: int
    snapshots: int
    stage_changes: int


@transaction.atomic
def fill(*, brand: Brand, creators: int, seed: int, at: datetime) -> MadeUp:
    """Give an empty brand `creators` made-up creators with eight quarters of history up to `at`.

    Raises BrandNotEmpty when the brand knows anybody already.
    """
    if Relationship.objects.filter(brand=brand).exists():
        raise BrandNotEmpty(
            f"{brand} has creators already. Made-up ones go into an empty brand only."
        )
    niches = [
        Niche.objects.get_or_create(key=key, defaults={"label": niche["label"]})[0]
        for key, niche in WORDS["niches"].items()
    ]
    people = list(User.objects.filter(roles__brand=brand).order_by("email", "pk"))
    maker = _Maker(seed, at, brand, niches, people)
    maker.make(creators)
    made = maker.save()
    said = made_up_fields.values(
        brand=brand, relationships=maker.relationships, people=people, seed=seed, at=at
    )
    FieldValue.objects.bulk_create(said, batch_size=BATCH)
    refresh_metrics(creator_ids=[creator.pk for creator in maker.creators], as_of=at)
    facts.mark_changed(brand=brand, creator_ids=None, cause="made_up")
    audit.record(
        brand=brand,
        verb="crm.made_up.filled",
        target=brand,
        at=at,
        data={"creators": creators, "seed": seed},
    )
    return made


class _Maker:
    """Makes rows in memory, in an order that depends on nothing but the seed."""

    def __init__(
        self,
        seed: int,
        at: datetime,
        brand: Brand,
        niches: Sequence[Niche],
        people: Sequence[User],
    ) -> None:
        self.random = Random(seed)  # noqa: S311 - made-up data
        self.captions = Captions(seed, at)
        self.at = at
        self.brand = brand
        self.niches = niches
        self.people = people
        self.creators: list[Creator] = []
        self.creator_niches: list[CreatorNiche] = []
        self.profiles: list[Profile] = []
        self.snapshots: list[MetricSnapshot] = []
        self.posts: list[Post] = []
        self.relationships: list[Relationship] = []
        self.stays: list[StageChange] = []
        self.notes: list[Note] = []

    def make(self, number: int) -> None:
        """`number` creators with all that belongs to them."""
        for n in range(number):
            self._creator(n)

    def save(self) -> MadeUp:
        """Write everything, parents first."""
        _write(self.creators)
        _write(self.creator_niches)
        _write(self.profiles)
        _write(self.snapshots)
        _write(self.posts)
        _write(self.relationships)
        _write(self.stays)
        _write(self.notes)
        return MadeUp(
            creators=len(self.creators),
            profiles=len(self.profiles),
            posts=len(self.posts),
            snapshots=len(self.snapshots),
            stage_changes=len(self.stays),
        )

    def _pick(self, weights: dict[Choice, int]) -> Choice:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def _creator(self, n: int) -> None:
        random = self.random
        first, last = random.choice(WORDS["first_names"]), random.choice(WORDS["last_names"])
        country = self._pick(COUNTRIES)
        followers = int(min(max(exp(random.gauss(log(14_000), 1.7)), 350), 7_500_000))
        creator = Creator(
            uid=UUID(int=random.getrandbits(128), version=4),
            name=f"{first} {last}",
            country=country,
            language=LANGUAGES.get(country, "") if random.random() < 0.8 else "",
            creator_type=self._pick(
                {
                    CreatorType.EXTERNAL: 88,
                    CreatorType.EXPERT: 5,
                    CreatorType.CUSTOMER: 4,
                    CreatorType.EMPLOYEE: 2,
                    CreatorType.VIRTUAL: 1,
                }
            ),
            is_celebrity=True if followers > 2_000_000 and random.random() < 0.3 else None,
        )
        self.creators.append(creator)
        niches = random.sample(self.niches, random.choice((1, 1, 1, 2, 2, 3)))
        self.creator_niches += [CreatorNiche(creator=creator, niche=niche) for niche in niches]
        word = random.choice(WORDS["niches"][niches[0].key]["words"])
        accounts = 1 + (random.random() < 0.45) + (random.random() < 0.15)
        platforms = list(dict.fromkeys(self._pick(PLATFORMS) for _ in range(accounts)))
        since = self.at - timedelta(days=random.uniform(1, 7.5 * QUARTER.days))
        # The vendor counts all accounts of a creator in one go.
        moments = [
            self.at - quarter * QUARTER - timedelta(hours=random.uniform(1, 48))
            for quarter in range(QUARTERS, -1, -1)
        ]
        for place, platform in enumerate(platforms):
            share = 1.0 if place == 0 else random.uniform(0.05, 0.6)
            handle = f"{first}.{word}.{n:x}".lower()
            self._account(
                creator,
                platform=platform,
                handle=handle,
                followers=int(followers * share),
                moments=moments,
                place=place,
                about=[niche.key for niche in niches],
            )
        self._relationship(creator, since)

    def _account(
        self,
        creator: Creator,
        *,
        platform: str,
        handle: str,
        followers: int,
        moments: Sequence[datetime],
        place: int,
        about: Sequence[str],
    ) -> None:
        random = self.random
        growth = random.gauss(0.03, 0.05)
        is_counted = random.random() > 0.03
        rate = min(0.09 * (max(followers, 500) / 1_000) ** -0.2 * exp(random.gauss(0, 0.45)), 0.4)
        counts: list[tuple[datetime, int]] = []
        for quarter, moment in zip(range(QUARTERS, -1, -1), moments, strict=True):
            then = followers / (1 + growth) ** quarter * random.uniform(0.985, 1.015)
            counts.append((moment, max(int(then), 1)))
        newest_at, newest = counts[-1]
        profile = Profile(
            creator=creator,
            platform_id=platform,
            handle=handle,
            display_name=creator.name,
            is_verified=newest > 250_000 if random.random() < 0.7 else None,
            followers=newest if is_counted else None,
            following=random.randint(80, 2_500) if random.random() < 0.7 else None,
            metrics_at=newest_at if is_counted else None,
            metrics_source=Source.VENDOR,
        )
        self.profiles.append(profile)
        if is_counted:
            self.snapshots += [
                MetricSnapshot(
                    profile=profile, captured_at=moment, source=Source.VENDOR, followers=count
                )
                for moment, count in counts
            ]
        # Of some creators no post was ever given; unknown is not zero.
        if random.random() > (0.12 if place == 0 else 0.6):
            self._posts(profile, counts, rate, about)

    def _posts(
        self,
        profile: Profile,
        counts: Sequence[tuple[datetime, int]],
        rate: float,
        about: Sequence[str],
    ) -> None:
        random = self.random
        every = min(max(exp(random.gauss(log(16), 0.7)), 2.5), 120)  # days between posts
        quiet = random.uniform(0, 60) if random.random() < 0.2 else 0
        moment = self.at - timedelta(days=quiet + random.uniform(0, every))
        begin = self.at - QUARTERS * QUARTER
        is_paid_known = random.random() < 0.8
        number = 0
        while moment > begin:
            number += 1
            followers = next((n for at, n in reversed(counts) if at <= moment), counts[0][1])
            kind = self._pick(KINDS[profile.platform_id])
            engaged = followers * rate * exp(random.gauss(0, 0.5))
            comments = int(engaged * random.uniform(0.01, 0.07))
            is_video = kind in VIDEO
            is_paid = random.random() < 0.07 if is_paid_known else None
            self.posts.append(
                Post(
                    profile=profile,
                    creator=profile.creator,
                    external_id=f"made-up-{number}",
                    posted_at=moment,
                    kind=kind,
                    caption=self.captions.of(about, posted_at=moment, is_paid=bool(is_paid)),
                    is_paid_partnership=is_paid,
                    followers_at_post=followers if profile.followers is not None else None,
                    likes=int(engaged * 0.93),
                    comments=comments if random.random() < 0.97 else None,
                    saves=int(engaged * 0.05) if profile.platform_id == "instagram" else None,
                    shares=int(engaged * 0.04) if random.random() < 0.5 else None,
                    views=int(engaged * random.uniform(6, 30)) if is_video else None,
                    metrics_at=min(moment + timedelta(days=7), self.at),
                    metrics_source=Source.VENDOR,
                )
            )
            moment -= timedelta(days=every * random.uniform(0.3, 1.7))

    def _relationship(self, creator: Creator, since: datetime) -> None:
        random = self.random
        stays = list(self._stays(since))
        relationship = Relationship(
            brand=self.brand,
            creator=creator,
            since=since,
            stage=stays[-1].stage,
            stage_since=stays[-1].entered_at,
            version=len(stays),
        )
        is_active = relationship.stage not in SIDE and relationship.stage != Stage.PROSPECT
        if self.people and random.random() < (0.8 if is_active else 0.15):
            relationship.owner = random.choice(self.people)
        if random.random() < (0.5 if is_active else 0.08):
            relationship.next_step = random.choice(WORDS["next_steps"])
            relationship.next_step_on = self._day_around()
        self.relationships.append(relationship)
        for stay in stays:
            stay.relationship = relationship
        self.stays += stays
        if is_active and self.people and random.random() < 0.4:
            self.notes.append(
                Note(
                    relationship=relationship,
                    author=random.choice(self.people),
                    text=random.choice(WORDS["notes"]),
                    created_at=since + (self.at - since) * random.random(),
                )
            )

    def _day_around(self) -> date:
        return (self.at + timedelta(days=self.random.randint(-10, 45))).date()

    def _stays(self, since: datetime) -> Iterator[StageChange]:
        """A walk along the allowed moves, closed-open, the last stay open."""
        random = self.random
        stage, before, entered, reason = Stage.PROSPECT, "", since, ""
        while True:
            left = entered + timedelta(days=random.expovariate(1 / 150))
            goes_on = left < self.at and random.random() < 0.55
            actor = random.choice(self.people) if self.people and before else None
            yield StageChange(
                stage=stage,
                from_stage=before,
                entered_at=entered,
                left_at=left if goes_on else None,
                actor=actor,
                reason=reason,
            )
            if not goes_on:
                return
            before, entered = stage, left
            stage = self._next(stage)
            reason = random.choice(WORDS["reasons"]) if stage in SIDE or before in SIDE else ""

    def _next(self, stage: Stage) -> Stage:
        if stage in SIDE:
            return Stage.PROSPECT
        if self.random.random() < 0.22:
            return self.random.choice(SIDE)
        at = PATH.index(stage)
        is_back = at == len(PATH) - 1 or (at > 0 and self.random.random() < 0.12)
        return PATH[at - 1 if is_back else at + 1]


def _write(rows: list[Row]) -> None:
    if rows:
        type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH)
