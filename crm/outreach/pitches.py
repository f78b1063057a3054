"""Whether somebody else has to say yes before a creator is pitched, and whether they did (F168).

A pitch is a first mail or a first offer. How deep the approval goes is up to what a mistake with
the creator would cost, which upper apps know (`CAUTIONS`: playbooks of segments).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from crm.choices import PitchDepth
from crm.models import Brand, PitchApproval, Relationship
from crm.outreach.parts import CAUTIONS, Care

# Who is asked first: a strategist's yes is also a colleague's, not the other way round.
_DEEPEST = PitchDepth.STRATEGIST
WHO = {
    PitchDepth.COLLEAGUE: "a colleague who may write to creators",
    PitchDepth.STRATEGIST: "a strategist or an admin",
}


def cares_of(brand: Brand, creators: Collection[int], at: datetime) -> dict[int, Care]:
    """Creators whose pitch needs a yes, with the deepest that anybody asks for."""
    found: dict[int, Care] = {}
    for caution in CAUTIONS:
        for creator, care in caution.of(brand, creators, at).items():
            if creator not in found or care.depth == _DEEPEST:
                found[creator] = care
    return found


def care_of(relationship: Relationship, at: datetime) -> Care | None:
    """What a pitch of this creator needs; None: nothing."""
    brand = relationship.brand
    return cares_of(brand, [relationship.creator_id], at).get(relationship.creator_id)


def approval_of(relationship: Relationship, care: Care, at: datetime) -> PitchApproval | None:
    """The yes that allows a pitch now; None: there is none, or only a less deep one."""
    rows = PitchApproval.objects.in_force(at).filter(relationship=relationship)
    if care.depth == _DEEPEST:
        rows = rows.filter(depth=_DEEPEST)
    return rows.order_by("-until", "-pk").first()


def missing_of(relationship: Relationship, at: datetime) -> str:
    """Which yes is lacking for a pitch, in a sentence fit for the user; empty: none."""
    care = care_of(relationship, at)
    if care is None or approval_of(relationship, care, at) is not None:
        return ""
    return (
        f"{relationship.creator} is in “{care.segment}”, where a mistake costs much: "
        f"{WHO[care.depth]} has to say yes before a first mail or offer. Ask on the creator's page."
    )
