"""By which rules a creator is sorted and scored, for the copy of their data."""

from __future__ import annotations

from collections.abc import Iterator

from crm.models import Relationship
from crm.services.privacy.copying import Judged
from segmentation.models import CreatorScore, Membership, SuggestedValue


def judged(relationship: Relationship) -> Iterator[Judged]:
    """The segments that they are in now, each with its rule, and their scores with their parts."""
    yield from _segments(relationship)
    yield from _scores(relationship)
    yield from _suggested(relationship)


def _segments(relationship: Relationship) -> Iterator[Judged]:
    stays = (
        Membership.objects.filter(
            creator=relationship.creator_id, segment__brand=relationship.brand_id, left_at=None
        )
        .select_related("segment__dimension", "version")
        .order_by("segment__dimension__name", "segment__name", "entered_at")
    )
    for stay in stays:
        rule = stay.version.rule_text or "People were put into it one by one."
        yield Judged(
            f"Group “{stay.segment.name}” ({stay.segment.dimension.name})",
            stay.segment.purpose or stay.segment.definition or "You are in it.",
            f"By this rule over the data in this file: {rule}",
            stay.entered_at,
        )


def _scores(relationship: Relationship) -> Iterator[Judged]:
    held = (
        CreatorScore.objects.filter(
            creator=relationship.creator_id, model__brand=relationship.brand_id, replaced_at=None
        )
        .select_related("model", "version")
        .order_by("model__name")
    )
    for score in held:
        parts = zip(score.version.definition["components"], score.points, strict=True)
        told = [
            f"{part.get('label', part['key'])} (weight {part['weight']:g}): "
            + ("not known" if points is None else f"{points:.0f} of 100")
            for part, points in parts
        ]
        yield Judged(
            f"Score “{score.model.name}”: {score.score:.1f} of 100",
            score.model.purpose,
            f"The mean by weight of: {'; '.join(told)}",
            score.counted_at,
        )


def _suggested(relationship: Relationship) -> Iterator[Judged]:
    """Those that wait: what was accepted is among the values of fields, with its note."""
    waiting = SuggestedValue.objects.filter(
        brand=relationship.brand_id, creator=relationship.creator_id
    ).open()
    for one in waiting.select_related("classifier").order_by("fact", "pk"):
        words = ", ".join(f"“{term}”" for term, _share in one.evidence.get("terms", ()))
        yield Judged(
            f"Suggested, not decided: {one.fact} may be “{one.value}”",
            "A person looks at it before it counts for anything.",
            f"By words of your posts{f': {words}' if words else ''}",
            one.suggested_at,
        )
