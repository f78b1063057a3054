"""What the pages show: one named bundle for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from crm.choices import Stage
from crm.field_types import shown
from crm.models import (
    Brand,
    Creator,
    CreatorMetrics,
    CustomField,
    FieldValue,
    MetricSnapshot,
    Post,
    Profile,
    Relationship,
    StageCount,
    Tier,
    User,
)
from crm.models.relationships import RelationshipQuerySet
from crm.paging import Order

POSTS = Order("posts", "posted_at", "id", descending=True, nullable=True)
# A chart of more points than this says no more, and loads longer.
MAX_POINTS = 400


def relationships_of(brand: Brand) -> RelationshipQuerySet:
    """The creators that `brand` knows, each with how the two stand."""
    return Relationship.objects.filter(brand=brand)


def became(brand: Brand, uid: UUID | str) -> UUID | None:
    """Whom a merged creator became part of, at last, if `brand` knows them; None: nobody."""
    here = Creator.objects.filter(uid=uid).values_list("merged_into", flat=True).first()
    while here is not None:
        row = Creator.objects.filter(pk=here).values_list("uid", "merged_into").first()
        if row is None:
            return None
        there, here = row
        if here is None:
            known = relationships_of(brand).filter(creator__uid=there)
            return there if known.exists() else None
    return None


def people_of(brand: Brand) -> QuerySet[User]:
    """Everybody with a role in `brand`."""
    return User.objects.filter(roles__brand=brand).order_by("first_name", "email", "pk")


@dataclass(frozen=True)
class TierTable:
    """The tiers that a brand cuts its creators into."""

    tiers: Sequence[Tier]

    @classmethod
    def of(cls, brand: Brand) -> TierTable:
        """The table of the brand's scheme; empty where it has none."""
        return cls(tuple(Tier.objects.filter(scheme=brand.tier_scheme_id).order_by("position")))

    def tier(self, creator: Creator, followers: int | None) -> Tier | None:
        """The tier of a creator: the flag where the scheme has one, else by the known count."""
        flag = next((tier for tier in self.tiers if tier.low is None and tier.high is None), None)
        if flag is not None and creator.is_celebrity:
            return flag
        if followers is None:
            return None
        for tier in self.tiers:
            low, high = tier.low or 0, tier.high
            if tier is not flag and low <= followers and (high is None or followers < high):
                return tier
        return None


@dataclass(frozen=True)
class CreatorRow:
    """A row of the list or a card of the board."""

    relationship: Relationship
    creator: Creator
    # None where nothing was ever computed for the creator.
    metrics: CreatorMetrics | None
    profiles: Sequence[Profile]
    tier: Tier | None

    @property
    def followers(self) -> int | None:
        """Of the profile with the most followers."""
        return self.metrics.followers if self.metrics else None

    @property
    def engagement_rate(self) -> float | None:
        """As a fraction."""
        return self.metrics.engagement_rate if self.metrics else None

    @property
    def last_post_at(self) -> datetime | None:
        """The newest known post."""
        return self.metrics.last_post_at if self.metrics else None

    @property
    def against_norm(self) -> str:
        """How the engagement rate compares with what the scheme calls usual for the tier."""
        rate, tier = self.engagement_rate, self.tier
        if rate is None or tier is None or tier.engagement_low is None:
            return ""
        if rate < tier.engagement_low:
            return "below"
        if tier.engagement_high is not None and rate > tier.engagement_high:
            return "above"
        return "usual"


def creator_rows(rows: Iterable[Relationship], tiers: TierTable) -> list[CreatorRow]:
    """Rows for relationships that were read `with_creator()`: no further query."""
    made = []
    for relationship in rows:
        creator = relationship.creator
        metrics = getattr(creator, "metrics", None)
        made.append(
            CreatorRow(
                relationship=relationship,
                creator=creator,
                metrics=metrics,
                profiles=list(creator.profiles.all()),
                tier=tiers.tier(creator, metrics.followers if metrics else None),
            )
        )
    return made


def stage_counts(brand: Brand) -> dict[Stage, int]:
    """How many creators stand in each stage, as a trigger keeps it."""
    stored = dict(StageCount.objects.filter(brand=brand).values_list("stage", "creators"))
    return {stage: stored.get(stage.value, 0) for stage in Stage}


@dataclass(frozen=True)
class FollowerChart:
    """Followers of each profile over time: for the chart and for the table beside it."""

    days: Sequence[str]
    # Profile name and its count on each of `days`; None where none was taken that day.
    series: Sequence[tuple[str, Sequence[int | None]]]
    # The same by day, newest first.
    rows: Sequence[tuple[str, Sequence[int | None]]]

    @property
    def data(self) -> dict[str, Any]:
        """As static/js/charts.js reads it."""
        return {
            "type": "line",
            "unit": "count",
            # Accounts are counted on different days: a day without a count of one is no gap.
            "connect": True,
            "x": list(self.days),
            "series": [{"name": name, "data": list(values)} for name, values in self.series],
        }


def creator_row(relationship: Relationship) -> CreatorRow:
    """What the head of the creator page shows, for a relationship read `with_creator()`."""
    return creator_rows([relationship], TierTable.of(relationship.brand))[0]


def follower_chart(profiles: Sequence[Profile]) -> FollowerChart | None:
    """The newest follower counts of the profiles by day; None where there is nothing to draw."""
    snapshots = (
        MetricSnapshot.objects.filter(profile__in=profiles, followers__isnull=False)
        .order_by("-captured_at", "-pk")
        .values_list("profile_id", "captured_at", "followers")[:MAX_POINTS]
    )
    by_profile: dict[int, dict[str, int | None]] = defaultdict(dict)
    for profile_id, moment, followers in snapshots:
        # The newest of a day comes first and stays.
        by_profile[profile_id].setdefault(f"{moment:%Y-%m-%d}", followers)
    days = sorted({day for counts in by_profile.values() for day in counts})
    if not days:
        return None
    series = [
        (f"{profile.platform} {profile.handle}", [by_profile[profile.pk].get(day) for day in days])
        for profile in profiles
        if profile.pk in by_profile
    ]
    rows = [(day, [values[at] for _name, values in series]) for at, day in enumerate(days)]
    return FollowerChart(days, series, rows[::-1])


def posts_of(creator: Creator) -> QuerySet[Post]:
    """The creator's posts with the account they stand on; page them by POSTS."""
    return Post.objects.filter(creator=creator).select_related("profile__platform")


@dataclass(frozen=True)
class HeldField:
    """A field and what it holds for a creator: None where nobody ever said anything."""

    field: CustomField
    row: FieldValue | None

    @property
    def is_known(self) -> bool:
        """Whether there is a value, an empty set included."""
        return self.row is not None and self.row.value is not None

    @property
    def words(self) -> str:
        """The value in words; empty where it is not known."""
        return "" if self.row is None else shown(self.field, self.row.value)


def held_fields(brand: Brand, creator: Creator, at: datetime) -> list[HeldField]:
    """The brand's fields in use with what they hold for a creator at a moment: two queries."""
    fields = list(CustomField.objects.filter(brand=brand).in_use())
    rows = FieldValue.objects.filter(field__in=fields, creator=creator).as_of(at)
    held = {row.field_id: row for row in rows.select_related("author")}
    return [HeldField(field, held.get(field.pk)) for field in fields]


def field_history(field: CustomField, creator: Creator, size: int) -> list[HeldField]:
    """What a field held for a creator, newest first, at most `size` values."""
    rows = FieldValue.objects.filter(field=field, creator=creator).order_by("-since", "-pk")
    return [HeldField(field, row) for row in rows.select_related("author", "import_batch")[:size]]
