"""What a merge of two creators does to segments: the ledger, the masks beside it, change sets.

Whoever is one person now was in a segment whenever either of the two was: their stays are joined.
Facts are not moved; they are derived, and the outbox has them made anew. So are scores and looks:
those of the one who stays stay, and are made anew with the next counting. So is the map.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q

from crm.images import as_image
from crm.models import Brand, Relationship
from crm.services.merge import Part
from segmentation.choices import Cause, RunStatus, SegmentStatus
from segmentation.models import (
    Change,
    Cluster,
    ClusterStay,
    CreatorFacts,
    CreatorLook,
    CreatorPlace,
    CreatorScore,
    CreatorTie,
    Membership,
    Run,
    RunEvidence,
    ScoreModel,
    Segment,
)
from segmentation.services import ledger
from segmentation.services.masks import flag_of, word_of, words_for

_STAY = (
    "segment_id",
    "creator_id",
    "entered_at",
    "left_at",
    "version_id",
    "entered_cause",
    "left_cause",
    "entered_run_id",
    "left_run_id",
)
_SCORE = (
    "model_id",
    "creator_id",
    "version_id",
    "counted_at",
    "replaced_at",
    "score",
    "known",
    "points",
)
_IN_CLUSTER = (
    "brand_id",
    "creator_id",
    "cluster_id",
    "entered_at",
    "left_at",
    "stability",
)


def lock(kept: int, gone: int) -> None:
    """Nobody else runs or changes segments of a brand that knows either of the two. Raises Busy."""
    both = [kept, gone]
    known = Relationship.objects.filter(creator__in=both).values("brand")
    stored = CreatorFacts.objects.filter(creator__in=both).values("brand")
    for brand in Brand.objects.filter(pk__in=known.union(stored)).order_by("pk"):
        ledger.lock_for_edit(brand)


def count(gone: int) -> dict[str, int]:
    """The stays of the one who goes."""
    stays = Membership.objects.filter(creator=gone).count()
    return {"Stays in segments": stays} if stays else {}


def move(kept: int, gone: int, at: datetime) -> Any:
    """Join the stays of both, and keep what was."""
    theirs = list(Membership.objects.filter(creator=gone))
    segments = sorted({stay.segment_id for stay in theirs})
    before = _stays([kept, gone], segments)
    lines = _changes_of(gone, theirs)
    image = {
        "stays": as_image(before),
        "masks": _masks([kept, gone]),
        **_move_changes(lines, kept, gone),
        **_move_evidence({line.run_id for line in lines}, kept, gone),
        "scores": as_image(list(CreatorScore.objects.filter(creator=gone).values(*_SCORE))),
        "clusters": as_image(list(ClusterStay.objects.filter(creator=gone).values(*_IN_CLUSTER))),
    }
    CreatorScore.objects.filter(creator=gone).delete()
    CreatorLook.objects.filter(creator=gone).delete()
    _off_the_map(gone)
    _write(kept, gone, segments, [{**stay, "creator_id": kept} for stay in _joined(before)])
    _join_masks(kept, gone, segments, at)
    return image


def undo(kept: int, gone: int, at: datetime, image: Any) -> None:
    """Give each of the two their stays of before; facts put them where they belong from there."""
    segments = Segment.objects.in_bulk({stay["segment_id"] for stay in image["stays"]})
    stays = [
        _ended_with(segments[stay["segment_id"]], stay, at)
        for stay in image["stays"]
        if stay["segment_id"] in segments
    ]
    _write(kept, gone, sorted(segments), stays)
    _give_back_facts(gone, image["masks"], at)
    for pk in (kept, gone):
        inside = {stay["segment_id"] for stay in stays if _is_open(stay, pk)}
        _set_masks(pk, [segments[one] for one in sorted(segments)], inside)
    Change.objects.filter(pk__in=image["changes"], creator=kept).update(creator=gone)
    Change.objects.bulk_create(Change(**line) for line in image["dropped"])
    RunEvidence.objects.filter(creator=kept, run__in=image["read"]).update(creator=gone)
    RunEvidence.objects.bulk_create(RunEvidence(**row) for row in image["dropped_read"])
    models = ScoreModel.objects.in_bulk({row["model_id"] for row in image["scores"]})
    CreatorScore.objects.bulk_create(
        CreatorScore(**row) for row in image["scores"] if row["model_id"] in models
    )
    # Ties and places come with the next map; merges of before clusters have no such part.
    in_clusters = image.get("clusters", [])
    known = Cluster.objects.in_bulk({row["cluster_id"] for row in in_clusters})
    ClusterStay.objects.bulk_create(
        ClusterStay(**row) for row in in_clusters if row["cluster_id"] in known
    )


PART = Part(
    key="segmentation",
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
    lock=lock,
    count=count,
    move=move,
    undo=undo,
)


def _off_the_map(gone: int) -> None:
    ClusterStay.objects.filter(creator=gone).delete()
    CreatorPlace.objects.filter(creator=gone).delete()
    CreatorTie.objects.filter(Q(one=gone) | Q(other=gone)).delete()


def _stays(creators: Sequence[int], segments: Sequence[int]) -> list[dict[str, Any]]:
    rows = Membership.objects.filter(creator__in=creators, segment__in=segments)
    return list(rows.order_by("segment_id", "entered_at", "creator_id").values(*_STAY))


def _joined(stays: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stays that overlap or touch as one: begun as the first began, ended as the last ended."""
    found: list[dict[str, Any]] = []
    for stay in stays:
        last = found[-1] if found and found[-1]["segment_id"] == stay["segment_id"] else None
        if last is None or (last["left_at"] is not None and last["left_at"] < stay["entered_at"]):
            found.append(dict(stay))
        elif last["left_at"] is not None and (
            stay["left_at"] is None or stay["left_at"] > last["left_at"]
        ):
            last |= {name: stay[name] for name in ("left_at", "left_cause", "left_run_id")}
    return found


def _write(kept: int, gone: int, segments: Sequence[int], stays: Sequence[dict[str, Any]]) -> None:
    """Replace the stays of both in these segments, and count the members anew."""
    both = Membership.objects.filter(creator__in=[kept, gone], segment__in=segments)
    change = dict.fromkeys(segments, 0)
    for segment in both.filter(left_at=None).values_list("segment_id", flat=True):
        change[segment] -= 1
    both.delete()
    Membership.objects.bulk_create(Membership(**stay) for stay in stays)
    for stay in stays:
        change[stay["segment_id"]] += stay["left_at"] is None
    for segment, more in change.items():
        if more:
            Segment.objects.filter(pk=segment).update(members_count=F("members_count") + more)


def _masks(creators: Sequence[int]) -> list[dict[str, Any]]:
    rows = CreatorFacts.objects.filter(creator__in=creators).values("brand_id", "creator_id")
    return [dict(row) for row in rows.order_by("brand_id", "creator_id")]


def _join_masks(kept: int, gone: int, segments: Sequence[int], at: datetime) -> None:
    """One row of facts for each brand, in step with the ledger.

    It is as of now, so that change sets that wait leave the creator alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE segmentation_creatorfacts g SET creator_id = %(kept)s WHERE creator_id = "
            "%(gone)s AND NOT EXISTS (SELECT FROM segmentation_creatorfacts k "
            "WHERE k.brand_id = g.brand_id AND k.creator_id = %(kept)s)",
            {"kept": kept, "gone": gone},
        )
    CreatorFacts.objects.filter(creator=gone).delete()
    CreatorFacts.objects.filter(creator=kept, as_of__lt=at).update(as_of=at)
    open_stays = Membership.objects.filter(creator=kept, segment__in=segments, left_at=None)
    inside = set(open_stays.values_list("segment_id", flat=True))
    _set_masks(kept, list(Segment.objects.filter(pk__in=segments)), inside)


def _set_masks(creator: int, segments: Sequence[Segment], inside: set[int]) -> None:
    """Set or clear the flags of these segments."""
    by_brand: dict[int, list[Segment]] = {}
    for segment in segments:
        by_brand.setdefault(segment.brand_id, []).append(segment)
    rows = CreatorFacts.objects.filter(creator=creator, brand__in=by_brand)
    for brand, bits in rows.values_list("brand", "member_bits"):
        words = [*bits, *[0] * (words_for(one.bit for one in by_brand[brand]) - len(bits))]
        for segment in by_brand[brand]:
            place, flag = word_of(segment.bit) - 1, flag_of(segment.bit)
            words[place] = words[place] | flag if segment.pk in inside else words[place] & ~flag
        CreatorFacts.objects.filter(creator=creator, brand=brand).update(member_bits=words)


def _give_back_facts(gone: int, masks: Sequence[dict[str, Any]], at: datetime) -> None:
    """A row of facts wherever there was one; its facts come with the next look at the outbox."""
    CreatorFacts.objects.bulk_create(
        (
            CreatorFacts(brand_id=row["brand_id"], creator_id=gone, as_of=at)
            for row in masks
            if row["creator_id"] == gone
        ),
        ignore_conflicts=True,
    )


def _changes_of(gone: int, stays: Sequence[Membership]) -> list[Change]:
    """Their lines in the change sets of those stays' runs, and in those that wait.

    By the index on run and segment: there is none on creators.
    """
    runs = {run for stay in stays for run in (stay.entered_run_id, stay.left_run_id) if run}
    segments = {stay.segment_id for stay in stays}
    of_stays = Change.objects.filter(run__in=runs, segment__in=segments, creator=gone)
    waiting = Run.objects.filter(status=RunStatus.WAITING).values_list("pk", flat=True)
    of_waiting = Change.objects.filter(run__in=list(waiting), creator=gone)
    return sorted({*of_stays, *of_waiting}, key=lambda change: change.pk)


def _move_changes(lines: Sequence[Change], kept: int, gone: int) -> dict[str, Any]:
    """Hand the lines over; one that repeats a line of the one who stays is taken out."""
    runs = {line.run_id for line in lines}
    segments = {line.segment_id for line in lines}
    there = set(
        Change.objects.filter(run__in=runs, segment__in=segments, creator=kept).values_list(
            "run_id", "segment_id"
        )
    )
    dropped = [line for line in lines if (line.run_id, line.segment_id) in there]
    moved = [line.pk for line in lines if (line.run_id, line.segment_id) not in there]
    names = [field.attname for field in Change._meta.concrete_fields]
    image = {
        "changes": moved,
        "dropped": as_image([{name: getattr(line, name) for name in names} for line in dropped]),
    }
    Change.objects.filter(pk__in=[line.pk for line in dropped]).delete()
    Change.objects.filter(pk__in=moved, creator=gone).update(creator=kept)
    return image


def _move_evidence(runs: set[int], kept: int, gone: int) -> dict[str, Any]:
    """What those runs read of the one who goes; where a run read of both, of the one who stays."""
    rows = RunEvidence.objects.filter(run__in=runs)
    both = set(rows.filter(creator=kept).values_list("run_id", flat=True))
    theirs = rows.filter(creator=gone)
    dropped = theirs.filter(run__in=both)
    image = {
        "dropped_read": as_image(list(dropped.values("run_id", "creator_id", "values"))),
        "read": sorted(runs - both),
    }
    dropped.delete()
    RunEvidence.objects.filter(run__in=image["read"], creator=gone).update(creator=kept)
    return image


def _ended_with(segment: Segment, stay: dict[str, Any], at: datetime) -> dict[str, Any]:
    """An open stay of before goes on, unless its segment was archived meanwhile."""
    moments = {
        name: datetime.fromisoformat(stay[name]) if stay[name] else None
        for name in ("entered_at", "left_at")
    }
    if segment.status == SegmentStatus.ARCHIVED and stay["left_at"] is None:
        return {**stay, **moments, "left_at": at, "left_cause": Cause.ARCHIVED}
    return {**stay, **moments}


def _is_open(stay: dict[str, Any], creator: int) -> bool:
    return stay["creator_id"] == creator and stay["left_at"] is None
