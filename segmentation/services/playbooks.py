"""The strategy of a segment in words, and the creators who show what the segment means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from crm import audit
from crm.models import Creator, Relationship, User
from segmentation.choices import SegmentStatus
from segmentation.models import Playbook, Segment, SegmentExample
from segmentation.services.edits import EditRefused, refuse_outdated, set_values

FIELDS = (
    "outreach",
    "briefing",
    "formats",
    "usage_rights",
    "success_metrics",
    "dos",
    "donts",
    "claims_policy",
    "maximum_share",
    "campaign_type",
    "do_not_pitch",
    "mistake_cost",
)
# More than a page can show at a glance teaches nobody.
MAX_EXAMPLES = 20


def playbook_of(segment: Segment) -> Playbook:
    """The segment's playbook; an empty one, not saved, where nobody has written any."""
    found = Playbook.objects.select_related("updated_by").filter(segment=segment).first()
    return found or Playbook(segment=segment)


def playbooks_of(segments: Iterable[Segment]) -> dict[int, Playbook]:
    """What was written for some segments, by their numbers: one query."""
    rows = Playbook.objects.filter(segment__in=[segment.pk for segment in segments])
    return {row.segment_id: row for row in rows}


@transaction.atomic
def save_playbook(
    *,
    segment_id: int,
    changes: Mapping[str, Any],
    at: datetime,
    actor: User | None,
    seen: str | None = None,
) -> Playbook:
    """Set some of FIELDS; what stays the same leaves no trace.

    `seen` is the stamp of the values that the person had before them. Raises EditRefused.
    """
    segment = _locked(segment_id)
    playbook = playbook_of(segment)
    refuse_outdated(playbook, FIELDS, seen)
    share = changes.get("maximum_share")
    if share is not None and not 0 < share <= 1:
        raise EditRefused(
            "The maximum share lies above 0 and is 100 % at most.",
            code="share_out_of_range",
            field="maximum_share",
        )
    changed = set_values(playbook, {name: changes[name] for name in FIELDS if name in changes})
    if not changed:
        return playbook
    playbook.updated_by = actor
    playbook.updated_at = at
    playbook.save()
    _record(segment, "segmentation.playbook.changed", at, actor, changed)
    return playbook


@transaction.atomic
def set_example(
    *,
    segment_id: int,
    creator_id: int,
    belongs: bool,
    note: str,
    at: datetime,
    actor: User | None,
) -> SegmentExample:
    """Show a creator as one who belongs to the segment, or as one who rightly does not.

    Raises EditRefused.
    """
    segment = _locked(segment_id)
    creator = Creator.objects.get(pk=creator_id)
    if not Relationship.objects.filter(brand=segment.brand, creator=creator).exists():
        raise EditRefused(
            f"{segment.brand} does not know {creator}.", code="unknown_creator", field="creator"
        )
    others = segment.examples.exclude(creator=creator)
    if others.count() >= MAX_EXAMPLES:
        raise EditRefused(
            f"There are {MAX_EXAMPLES} examples already; remove one that says less.",
            code="too_many_examples",
        )
    values = {"belongs": belongs, "note": note.strip(), "added_by": actor}
    example, _made = segment.examples.update_or_create(creator=creator, defaults=values)
    data = {"creator": str(creator.uid), "belongs": belongs, "note": example.note}
    _record(segment, "segmentation.example.set", at, actor, data)
    return example


@transaction.atomic
def remove_example(*, segment_id: int, creator_id: int, at: datetime, actor: User | None) -> None:
    """Show the creator as an example no more; one who is none leaves no trace."""
    segment = _locked(segment_id)
    example = segment.examples.select_related("creator").filter(creator=creator_id).first()
    if example is None:
        return
    uid = str(example.creator.uid)
    example.delete()
    _record(segment, "segmentation.example.removed", at, actor, {"creator": uid})


def _locked(segment_id: int) -> Segment:
    """The segment, with its row locked: edits of its playbook come one after the other."""
    # The row alone: the brand is read by everybody, and the owner may be null.
    segment = Segment.objects.select_for_update(no_key=True, of=("self",)).get(pk=segment_id)
    if segment.status == SegmentStatus.ARCHIVED:
        raise EditRefused(f"{segment} is archived; it stays as it was.", code="archived")
    return segment


def _record(
    segment: Segment, verb: str, at: datetime, actor: User | None, data: Mapping[str, Any]
) -> None:
    audit.record(brand=segment.brand, verb=verb, target=segment, actor=actor, at=at, data=data)
