"""Made-up questions whether somebody may be pitched, for the demo brand: two of them wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from crm.choices import PitchDepth, PitchStatus, Role, Stage
from crm.models import Brand, PitchApproval
from crm.services.outreach.pitching import HOLDS

# The persona of partners, with whom a mistake costs much; the ready-made segments name it so.
_SEGMENT = "Early adopter"
# Why somebody wants to pitch, days ago, and what came of it: a yes, a no, or nothing yet.
_ASKED = (
    ("Our spring serum is what they talk about: one reel, paid.", 1, None, ""),
    ("They asked at the event whether we have something for autumn.", 2, None, ""),
    ("Second season of the routine series, with a higher fee.", 20, True, "Name the series."),
    ("A discount code for the sale.", 34, False, "They dislike sales posts: offer a gift."),
)


@transaction.atomic
def fill(*, brand: Brand, at: datetime) -> int:
    """Ask about four core partners; how many questions there are then.

    Nobody is told and nothing of it is in the ledger: it never happened.
    """
    held = PitchApproval.objects.filter(brand=brand).count()
    roles = brand.user_roles.select_related("user").order_by("-pk")
    people = {one.role: one.user for one in roles}
    asker, decider = people.get(Role.MANAGER), people.get(Role.STRATEGIST)
    if held or asker is None or decider is None:
        return held
    partners = brand.relationships.filter(
        stage__in=[Stage.CORE, Stage.ADVOCATE], unprofiled_at=None, since__lte=at
    ).order_by("pk")
    made = []
    for partner, (reason, days, answer, note) in zip(partners[:4], _ASKED, strict=False):
        asked_at = at - timedelta(days=days)
        row = PitchApproval(
            brand=brand,
            relationship=partner,
            depth=PitchDepth.COLLEAGUE,
            segment=_SEGMENT,
            reason=reason,
            asked_by=asker,
            asked_at=asked_at,
        )
        if answer is not None:
            row.status = PitchStatus.APPROVED if answer else PitchStatus.REFUSED
            row.decided_by, row.decided_at = decider, asked_at + timedelta(days=1)
            row.until = row.decided_at + HOLDS if answer else None
            row.note = note
        made.append(row)
    PitchApproval.objects.bulk_create(made)
    return len(made)
