"""What an erasure does to segments: past sizes stay, as numbers without a person."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import F, Q

from crm.models import Brand, Creator
from crm.services.privacy.parts import Own
from segmentation.choices import Cause
from segmentation.models import (
    Change,
    ClusterStay,
    CreatorFacts,
    CreatorLook,
    CreatorPlace,
    CreatorScore,
    CreatorTie,
    Membership,
    QuarterSheet,
    RunEvidence,
    Segment,
    Stretch,
)
from segmentation.services import ledger

# A stay has a length.
_LEAST = timedelta(microseconds=1)


def count(brand: Brand, creator: Creator) -> dict[str, int]:
    """The stays, which become stays of nobody."""
    stays = Membership.objects.filter(creator=creator, segment__brand=brand).count()
    return {"Stays in segments": stays} if stays else {}


def erase(brand: Brand, creator: Creator, heir: int | None, at: datetime) -> None:
    """End the open stays, delete what rules read, and hand the past to a number."""
    stays = Membership.objects.filter(creator=creator.pk, segment__brand=brand)
    left: Counter[int] = Counter()
    for stay in stays.filter(left_at=None):
        left[stay.segment_id] += 1
        stays.filter(segment=stay.segment_id, entered_at=stay.entered_at).update(
            left_cause=Cause.ERASED, left_at=max(at, stay.entered_at + _LEAST)
        )
    for segment, number in sorted(left.items()):
        Segment.objects.filter(pk=segment).update(members_count=F("members_count") - number)
    CreatorFacts.objects.filter(brand=brand, creator=creator.pk).delete()
    RunEvidence.objects.filter(run__brand=brand, creator=creator.pk).delete()
    CreatorScore.objects.filter(model__brand=brand, creator=creator.pk).delete()
    CreatorLook.objects.filter(brand=brand, creator=creator.pk).delete()
    ClusterStay.objects.filter(brand=brand, creator=creator.pk).delete()
    CreatorPlace.objects.filter(brand=brand, creator=creator.pk).delete()
    CreatorTie.objects.filter(Q(one=creator.pk) | Q(other=creator.pk), brand=brand).delete()
    Stretch.objects.filter(sheet__brand=brand, creator=creator.pk).delete()
    # They were counted.
    QuarterSheet.objects.filter(brand=brand).update(counted=None)
    if heir is not None:
        stays.update(creator=heir)
        Change.objects.filter(run__brand=brand, creator=creator.pk).update(creator=heir)


PART = Own(
    tables=frozenset(
        {
            "segmentation.Membership",
            "segmentation.CreatorFacts",
            "segmentation.Change",
            "segmentation.RunEvidence",
            "segmentation.CreatorLook",
            "segmentation.CreatorScore",
            "segmentation.ClusterStay",
            "segmentation.CreatorPlace",
            "segmentation.CreatorTie",
            "segmentation.Stretch",
            "segmentation.Touched",
        }
    ),
    lock=ledger.lock_for_edit,
    count=count,
    erase=erase,
)
