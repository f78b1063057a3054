"""Who comments is looked at every night for each brand, and when somebody asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection, transaction

from campaigns.authenticity.commenters import Commenters, Group, Tie, groups, pod, repeated
from campaigns.authenticity.thresholds import Thresholds, standard
from campaigns.models import CommenterReading, CommentTie
from campaigns.services.authenticity.comments import (
    commenters_of,
    creators_with_comments,
    ties_of,
)
from campaigns.services.authenticity.keeping import columns, keep
from crm.models import Brand, Profile
from crm.services.facts import mark_changed

BATCH = 1_000


def look_at_comments(*, brand: Brand, at: datetime) -> int:
    """Find ties, then look at everybody with comments; how many came out with other signs.

    A transaction for the ties and one for each batch: nobody waits for the whole brand.
    """
    creators = creators_with_comments(brand)
    if not creators:
        return 0
    tie(brand=brand, at=at)
    parts = (creators[first : first + BATCH] for first in range(0, len(creators), BATCH))
    return sum(look_at_comments_of(brand=brand, creators=part, at=at) for part in parts)


@transaction.atomic
def tie(*, brand: Brand, at: datetime) -> int:
    """Write down what ties accounts now; how many ties."""
    _alone(brand)
    found = ties_of(brand, standard(), at)
    pairs = {(one.one, one.other) for one in found}
    rows = CommentTie.objects.filter(brand=brand).values_list("pk", "one", "other")
    gone = [pk for pk, one, other in rows if (one, other) not in pairs]
    CommentTie.objects.filter(pk__in=gone).delete()
    CommentTie.objects.bulk_create(
        [
            CommentTie(
                brand=brand,
                one_id=one.one,
                other_id=one.other,
                there=one.there,
                back=one.back,
                writers=one.writers,
            )
            for one in found
        ],
        update_conflicts=True,
        unique_fields=["brand", "one", "other"],
        update_fields=["there", "back", "writers"],
        batch_size=1_000,
    )
    return len(found)


@transaction.atomic
def look_at_comments_of(*, brand: Brand, creators: Collection[int], at: datetime) -> int:
    """Look at these creators (at most BATCH) by the ties that are known; how many came out new.

    Only whose posts have, or had, comments gets a row.
    """
    _alone(brand)
    limits = standard()
    found = commenters_of(brand, creators, limits, at)
    profiles = dict(Profile.objects.filter(creator__in=creators).values_list("pk", "creator_id"))
    rows = CommenterReading.objects.current().filter(brand=brand, profile__in=profiles)
    before = {row.profile_id: row for row in rows}
    known = groups(
        Tie(*row)
        for row in CommentTie.objects.filter(brand=brand).values_list(
            "one", "other", "there", "back", "writers"
        )
    )
    made, moved = keep(
        CommenterReading,
        before,
        [
            _row(brand, pk, (found, known), limits, at)
            for pk in sorted(profiles)
            if pk in found or pk in before
        ],
        at,
    )
    mark_changed(brand=brand, creator_ids={profiles[pk] for pk in moved}, cause="authenticity")
    return made


def _row(
    brand: Brand,
    profile: int,
    told: tuple[Mapping[int, Commenters], Mapping[int, Group]],
    limits: Thresholds,
    at: datetime,
) -> CommenterReading:
    found, known = told[0].get(profile), told[1].get(profile)
    seen = [
        repeated(found, limits),
        pod(
            known,
            limits,
            is_told=found is not None and found.comments > 0,
            on=found.on if found else None,
        ),
    ]
    return CommenterReading(brand=brand, profile_id=profile, **columns(seen, limits, at))


def _alone(brand: Brand) -> None:
    """Two at once would both add a reading of one account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"campaigns.commenters:{brand.pk}"],
        )
