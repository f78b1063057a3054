"""By which rules a creator is sorted and scored, for the copy of their data."""

from __future__ import annotations

from collections.abc import Iterator

from crm.models import Relationship
from crm.services.privacy.copying import Judged
from segmentation.matches.factors import parts_of
from segmentation.models import CreatorScore, MatchRow, Membership, SuggestedValue


def judged(relationship: Relationship) -> Iterator[Judged]:
    """The segments that they are in now, each with its rule, and their scores with their parts.

    With what is suggested of them, and where they stood when a campaign looked for creators.
    """
    yield from _segments(relationship)
    yield from _scores(relationship)
    yield from _suggested(relationship)
    yield from _matched(relationship)


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


def _matched(relationship: Relationship) -> Iterator[Judged]:
    """Of each campaign the newest ranking that they were in."""
    rows = (
        MatchRow.objects.filter(relationship=relationship, match__as_of__isnull=False)
        .select_related("match__campaign")
        .order_by("match__campaign_id", "-match__as_of", "-match_id")
        .distinct("match__campaign_id")
    )
    for row in rows:
        match = row.match
        parts = "; ".join(
            f"{part.says} (weight {part.weight:g})"
            for part in parts_of(row.parts, match.inputs.get("weights", {}))
        )
        place = (
            "beside those ranked" if row.rank is None else f"place {row.rank} of {match.candidates}"
        )
        score = "no score" if row.score is None else f"{row.score:.1f} of 100"
        yield Judged(
            f"Ranking for the campaign “{match.campaign.name}”: {place}, {score}",
            "It is how people find whom to ask first; nobody is chosen by it alone.",
            f"The mean by weight of what is known: {parts}",
            match.as_of,
        )
