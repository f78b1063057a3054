"""By which rules a creator is sorted, for the copy of their data."""

from __future__ import annotations

from collections.abc import Iterator

from crm.models import Relationship
from crm.services.privacy.copying import Judged
from segmentation.models import Membership


def judged(relationship: Relationship) -> Iterator[Judged]:
    """The segments that they are in now, each with the rule that says so, in its own words."""
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
