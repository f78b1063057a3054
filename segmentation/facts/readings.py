"""The facts of one creator as of a moment, each with where it comes from and how old it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from campaigns.models import FormatReading
from crm.fact_keys import OF_A_SCORE
from crm.models import AudienceSnapshot, Brand, Creator, FieldValue, MetricSnapshot
from segmentation.facts import sources as known
from segmentation.facts.catalogue import rows
from segmentation.facts.forecasts import KEYS as EXPECTED
from segmentation.facts.forecasts import MIDDLE
from segmentation.facts.forecasts import SOURCE as FORECAST
from segmentation.facts.formats import KEYS as FORMATS
from segmentation.facts.formats import POSTS as FORMAT_POSTS
from segmentation.facts.measured import strength_key
from segmentation.facts.query import facts_query
from segmentation.facts.refresh import parameters
from segmentation.facts.scores import SOURCE as SCORE
from segmentation.facts.scores import is_score
from segmentation.models import CreatorScore, ExpectedViews, PeerNorm
from segmentation.rules.explain import FactReading
from segmentation.rules.facts import Catalogue, Fact, FactType

# Facts about audiences by the column of snapshots that holds them.
AUDIENCE_COLUMNS = {
    "audience_country": "countries",
    "audience_age": "ages",
    "audience_gender": "genders",
    "audience_quality": "quality",
    "audience_aqs": "aqs",
}
# Snapshots of an audience, the newest first, in which somebody is looked for who told a thing.
LOOKED_THROUGH = 50


@dataclass(frozen=True)
class Origin:
    """Where a value comes from, in words, and when it was true."""

    source: str
    captured_at: datetime | None = None


def read_facts(
    *, brand: Brand, creator: Creator, as_of: datetime, facts: Catalogue, stored: bool = False
) -> dict[str, FactReading]:
    """Return the readings of every fact of the catalogue, by key; None is the value of unknown.

    They are computed as of `as_of`; `stored` takes the row as the last run or change left it, which
    is what the creator's segments were decided on. Peers are compared with the stored norms. Empty
    when the brand does not know the creator as of the moment (or there is no row).
    """
    values = _values(brand, creator, as_of, facts, stored=stored)
    if not values:
        return {}
    origins = _origins(brand, creator, as_of, values)
    return {
        key: FactReading(
            values[key], origin.source, origin.captured_at if values[key] is not None else None
        )
        for key, fact in facts.items()
        for origin in [_origin(fact, origins, values)]
    }


def _values(
    brand: Brand, creator: Creator, as_of: datetime, facts: Catalogue, *, stored: bool
) -> dict[str, Any]:
    listed = ", ".join(
        f"{fact.sql} AS v{number}" for number, fact in enumerate(facts.values())
    ).replace("%", "%%")
    if stored:
        statement = f"SELECT {listed} FROM {rows(some=True)} WHERE f.known_since IS NOT NULL"  # noqa: S608
        given: Any = [as_of, brand.pk, [creator.pk]]
    else:
        named, query = facts_query(some=True)
        statement = f"""{named}
SELECT {listed} FROM (
  SELECT found.*, %(as_of)s::timestamptz AS moment FROM ({query}) found
) f"""  # noqa: S608 - names of ours
        given = parameters(brand, as_of, [creator.pk])
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        row = cursor.fetchone()
    if row is None:
        return {}
    return {fact.key: _value(fact, value) for fact, value in zip(facts.values(), row, strict=True)}


def _value(fact: Fact, value: Any) -> Any:
    """What the column holds; Django leaves JSON as text."""
    if fact.type is FactType.DISTRIBUTION and value is not None:
        return json.loads(value)
    return value


def _origins(
    brand: Brand, creator: Creator, as_of: datetime, values: Mapping[str, Any]
) -> dict[str, Origin]:
    """Where the values come from, by the source that the catalogue names."""
    snapshot = (
        MetricSnapshot.objects.filter(profile__creator=creator, captured_at__lte=as_of)
        .filter(profile__platform=values["primary_platform"], followers=values["followers"])
        .order_by("-captured_at", "-pk")
        .first()
    )
    by_snapshot = Origin(known.SNAPSHOTS)
    if snapshot is not None:
        by_snapshot = Origin(
            f"{known.SNAPSHOTS}: {snapshot.get_source_display()}", snapshot.captured_at
        )
    posts = values["engagement_posts"]
    by_posts = Origin(known.POSTS, values["last_post_at"])
    counted = Origin(f"{posts} post{'' if posts == 1 else 's'}", values["last_post_at"])
    return {
        known.SNAPSHOTS: by_snapshot,
        known.POSTS: by_posts,
        known.ENGAGEMENT: counted if posts else by_snapshot,
        known.RECORD: Origin(known.RECORD, creator.updated_at),
        known.RELATIONSHIP: Origin(known.RELATIONSHIP, values["stage_since"]),
        **_told_of_audience(creator, as_of, values),
        **{
            strength_key(norm.platform_id): Origin(
                f"Median engagement rate {norm.median_rate:.2%} of {norm.creators:,} creators",
                norm.as_of,
            )
            for norm in PeerNorm.objects.filter(brand=brand)
        },
        **{held.field.key: _said(held) for held in _held(brand, creator, as_of)},
        **(_scored(brand, creator, as_of) if any(map(is_score, values)) else {}),
        **(_expected(brand, creator, as_of) if values.get(MIDDLE) is not None else {}),
        **(_formats(brand, creator, as_of) if values.get(FORMAT_POSTS) else {}),
    }


def _told_of_audience(
    creator: Creator, as_of: datetime, values: Mapping[str, Any]
) -> dict[str, Origin]:
    """Who told each thing of the audience last: they may come from several sources."""
    rows = list(
        AudienceSnapshot.objects.filter(profile__creator=creator, captured_at__lte=as_of)
        .filter(profile__platform=values["primary_platform"])
        .order_by("-captured_at", "-pk")[:LOOKED_THROUGH]
    )
    found = {}
    for key, column in AUDIENCE_COLUMNS.items():
        row = next((row for row in rows if getattr(row, column) is not None), None)
        if row is not None:
            words = f"{known.AUDIENCE}: {row.get_source_display()}"
            found[key] = Origin(words, row.captured_at)
    return found


def _expected(brand: Brand, creator: Creator, as_of: datetime) -> dict[str, Origin]:
    """What the forecast of views rests on."""
    row = (
        ExpectedViews.objects.filter(
            Q(replaced_at=None) | Q(replaced_at__gt=as_of),
            relationship__brand=brand,
            relationship__creator=creator,
            told_at__lte=as_of,
        )
        .order_by("-told_at")
        .first()
    )
    if row is None:
        return {}
    own = f"{row.own} own post{'' if row.own == 1 else 's'}" if row.own else "no post of their own"
    words = (
        f"{FORECAST}, version {row.model_number}: {row.platform}, {own}; {row.level:.0%} of "
        f"outcomes from {row.low:,.0f} to {row.high:,.0f}"
    )
    return dict.fromkeys(EXPECTED, Origin(words, row.told_at))


def _formats(brand: Brand, creator: Creator, as_of: datetime) -> dict[str, Origin]:
    """Of how many posts the formats were told."""
    row = (
        FormatReading.objects.filter(
            Q(superseded_at=None) | Q(superseded_at__gt=as_of),
            relationship__brand=brand,
            relationship__creator=creator,
            read_at__lte=as_of,
        )
        .order_by("-read_at", "-pk")
        .first()
    )
    if row is None:
        return {}
    words = f"{sum(row.counts.values())} posts with a format, of {row.posts}"
    return dict.fromkeys(
        FORMATS, Origin(words, row.looked_at if row.looked_at <= as_of else row.read_at)
    )


def _scored(brand: Brand, creator: Creator, as_of: datetime) -> dict[str, Origin]:
    """By which version the scores that held were counted, and when."""
    rows = CreatorScore.objects.filter(
        Q(replaced_at=None) | Q(replaced_at__gt=as_of),
        model__brand=brand,
        creator=creator,
        counted_at__lte=as_of,
    ).select_related("model", "version")
    return {
        OF_A_SCORE + row.model.key: Origin(f"{SCORE}, version {row.version.number}", row.counted_at)
        for row in rows
    }


def _held(brand: Brand, creator: Creator, as_of: datetime) -> QuerySet[FieldValue]:
    """What the brand's own fields say of the creator."""
    rows = FieldValue.objects.filter(field__brand=brand, field__archived_at=None, creator=creator)
    return rows.as_of(as_of).select_related("field", "author")


def _said(held: FieldValue) -> Origin:
    who = f" by {held.author.display_name}" if held.author else ""
    note = f" ({held.note})" if held.note else ""
    return Origin(f"{held.get_source_display()}{who}{note}", held.since)


def _origin(fact: Fact, origins: Mapping[str, Origin], values: Mapping[str, Any]) -> Origin:
    if fact.key == "known_since":
        return Origin(known.RELATIONSHIP, values["known_since"])
    return origins.get(fact.key) or origins.get(fact.source) or Origin(fact.source)
