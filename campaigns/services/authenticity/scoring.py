"""Authenticity is scored every night for all creators of a brand, and when somebody asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from campaigns.authenticity import score as scoring
from campaigns.authenticity.score import Outcome, Sign, Weights
from campaigns.models import (
    AuthenticityReading,
    AuthenticityScore,
    CommenterReading,
    FlagDismissal,
)
from campaigns.services.trust.keeping import alone, digest_of, keep
from crm.models import Brand, Profile, Relationship
from crm.services.facts import mark_changed

BATCH = 1_000
Signs = dict[str, float | None]


def score_brand(*, brand: Brand, at: datetime) -> int:
    """Score all creators whose accounts somebody looked at; how many came out differently.

    A transaction for each batch: nobody waits for the whole brand.
    """
    changed, last = 0, 0
    while rows := _after(brand, last):
        changed += score_some(brand=brand, relationships=rows, at=at)
        last = rows[-1].pk
    return changed


@transaction.atomic
def score_some(*, brand: Brand, relationships: Sequence[Relationship], at: datetime) -> int:
    """Score these creators of the brand (at most BATCH); how many came out differently."""
    alone(brand, "campaigns.authenticity_score")
    weights = scoring.standard()
    profiles = _profiles(relationships)
    signs = _signs(brand, [one.pk for some in profiles.values() for one in some])
    said = FlagDismissal.objects.filter(relationship__in=relationships).in_force(at)
    explained = set(said.values_list("profile_id", "flag"))
    rows = AuthenticityScore.objects.current().filter(relationship__in=relationships)
    before = {row.relationship_id: row for row in rows}
    found = [
        _row(one, profiles[one.creator_id], (signs, explained), weights, at)
        for one in relationships
    ]
    moved = keep(
        AuthenticityScore,
        before,
        [new for new in found if new.score is not None or new.relationship_id in before],
        at,
    )
    people = {row.pk: row.creator_id for row in relationships}
    mark_changed(
        brand=brand,
        creator_ids=[people[row.relationship_id] for row in moved],
        cause="authenticity",
    )
    return len(moved)


def _after(brand: Brand, last: int) -> Sequence[Relationship]:
    """Creators with readings, who do not mind being scored."""
    looked = AuthenticityReading.objects.current().filter(profile__creator=OuterRef("creator"))
    scored = AuthenticityScore.objects.current().filter(relationship=OuterRef("pk"))
    rows = Relationship.objects.filter(
        Q(Exists(looked)) | Q(Exists(scored)), brand=brand, pk__gt=last, unprofiled_at=None
    )
    return list(rows.order_by("pk")[:BATCH])


def _profiles(relationships: Sequence[Relationship]) -> Mapping[int, list[Profile]]:
    """By creator, the account with the most followers first."""
    rows = Profile.objects.filter(creator__in=[row.creator_id for row in relationships])
    found: dict[int, list[Profile]] = defaultdict(list)
    for row in rows.order_by(F("followers").desc(nulls_last=True), "pk"):
        found[row.creator_id].append(row)
    return found


def _signs(brand: Brand, profiles: Sequence[int]) -> Mapping[int, Signs]:
    """By account, how far each sign went; None: it cannot be told."""
    found: dict[int, Signs] = defaultdict(dict)
    of_all = AuthenticityReading.objects.current().filter(profile__in=profiles)
    of_brand = CommenterReading.objects.current().filter(brand=brand, profile__in=profiles)
    for rows in (
        of_all.values_list("profile_id", "flags"),
        of_brand.values_list("profile_id", "flags"),
    ):
        for profile, flags in rows:
            # Readings of a release before have no such number: found anew by the next look.
            found[profile] |= {flag["key"]: flag.get("excess") for flag in flags}
    return found


def _row(
    relationship: Relationship,
    profiles: Sequence[Profile],
    told: tuple[Mapping[int, Signs], set[tuple[int, str]]],
    weights: Weights,
    at: datetime,
) -> AuthenticityScore:
    """The account with the most followers that has a score stands for the creator."""
    signs, explained = told
    accounts = [
        _account(
            profile,
            scoring.score(
                [
                    Sign(key, far, is_explained=(profile.pk, key) in explained)
                    for key, far in signs[profile.pk].items()
                ],
                weights,
            ),
        )
        for profile in profiles
        if profile.pk in signs
    ]
    score = next((one["score"] for one in accounts if one["score"] is not None), None)
    number = None if score is None else Decimal(score)
    points = [sign["points"] for one in accounts for sign in one["signs"]]
    return AuthenticityScore(
        brand_id=relationship.brand_id,
        relationship=relationship,
        read_at=at,
        looked_at=at,
        score=number,
        parts={"accounts": accounts},
        weights=weights.version,
        digest=digest_of(number, points, weights.version),
    )


def _account(profile: Profile, outcome: Outcome) -> dict[str, Any]:
    return {
        "platform": profile.platform_id,
        "handle": profile.handle,
        "score": None if outcome.score is None else str(outcome.score),
        "known": round(outcome.known, 3),
        "signs": [
            {
                "key": part.key,
                "weight": part.weight,
                "points": None if part.points is None else round(part.points, 1),
                "adds": None if part.adds is None else round(part.adds, 1),
                "explained": part.is_explained,
            }
            for part in outcome.parts
        ],
    }
