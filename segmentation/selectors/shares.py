"""How much of a campaign may come from one segment (F23), and how much does.

A creator counts for the segment they were drawn from into the campaign, and for those that count
for them now: of a dimension with precedence (personas) only the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from campaigns.models import Campaign, Engagement
from campaigns.models.engagements import PATH
from segmentation.choices import SegmentStatus
from segmentation.models import Playbook, Segment
from segmentation.outreach import that_count

# A creator, and the key of the segment they were drawn from; empty: put there by hand.
Place = tuple[int, str]


@dataclass(frozen=True)
class Share:
    """The limit of a segment's playbook, and where a campaign stands."""

    segment: Segment
    # None: the playbook has no limit.
    maximum: float | None
    # Of the segment in the campaign now; all who are in it now; how many it is to have.
    present: int
    everybody: int
    planned: int | None

    def after(self, picks: int, others: int = 0) -> float:
        """The segment's share once so many of it and so many others are in: of the plan, while
        that is larger."""
        whole = max(self.everybody + picks + others, self.planned or 0)
        return (self.present + picks) / whole if whole else 0.0

    @property
    def allowed(self) -> int | None:
        """How many more may come from the segment; None: any number."""
        return self.room()

    def room(self, others: int = 0) -> int | None:
        """As `allowed`, with so many others coming at the same time."""
        if self.maximum is None or self.maximum >= 1:
            return None
        everybody = self.everybody + others
        # Within the plan the whole stays as it is; beyond it, each pick makes it larger.
        within = int(self.maximum * (self.planned or 0) + 1e-9) - self.present
        beyond = int((self.maximum * everybody - self.present) / (1 - self.maximum) + 1e-9)
        left = (self.planned or 0) - everybody
        return max(beyond if within > left else max(within, beyond), 0)

    def refusal(self, picks: int, others: int = 0) -> str:
        """Why so many of the segment may not come; empty: they may."""
        room = self.room(others)
        if not picks or room is None or picks <= room:
            return ""
        advice = (
            f"take {room} at most"
            if room
            else "put others on the shortlist first, or plan the campaign for more creators"
        )
        return (
            f"The playbook of “{self.segment}” allows at most {self.maximum:.0%} of a campaign. "
            f"With {picks} more it would have {self.after(picks, others):.0%}: {advice}."
        )

    @property
    def words(self) -> str:
        """The limit and where the campaign stands."""
        if self.maximum is None:
            return "The playbook names no maximum share."
        whole = f"{self.planned} planned" if self.planned else f"{self.everybody} in the campaign"
        return (
            f"At most {self.maximum:.0%} of a campaign, says the playbook: {self.present} of "
            f"{whole} are from it, so {self.allowed} more may come."
        )


def share_of(campaign: Campaign, segment: Segment) -> Share:
    """What the playbook allows, and who is in the campaign: three queries."""
    limit = Playbook.objects.filter(segment=segment).values_list("maximum_share", flat=True).first()
    inside = _inside(campaign, None)
    number = _counted(segment, inside, _segments_of(campaign, inside))
    return Share(segment, limit, number, len(inside), campaign.wanted_creators)


def too_many(campaign: Campaign, coming: Sequence[Engagement], leaving: Engagement | None) -> str:
    """Why so many may not come into a campaign, by the first playbook against it; empty: they may.

    One query where no playbook has a limit, else three.
    """
    limits = list(
        Playbook.objects.filter(
            segment__brand=campaign.brand_id,
            segment__status__in=[SegmentStatus.ACTIVE, SegmentStatus.BROKEN],
            maximum_share__lt=1,
        )
        .select_related("segment")
        .order_by("segment__name", "pk")
    )
    if not limits or not coming:
        return ""
    inside = _inside(campaign, leaving)
    new = [(row.relationship.creator_id, row.segment) for row in coming]
    held = _segments_of(campaign, inside + new)
    for limit in limits:
        segment = limit.segment
        share = Share(
            segment,
            limit.maximum_share,
            _counted(segment, inside, held),
            len(inside),
            campaign.wanted_creators,
        )
        picks = _counted(segment, new, held)
        words = share.refusal(picks, len(new) - picks)
        if words:
            return words
    return ""


def _inside(campaign: Campaign, leaving: Engagement | None) -> list[Place]:
    rows = Engagement.objects.filter(campaign=campaign, stage__in=PATH)
    if leaving is not None:
        rows = rows.exclude(pk=leaving.pk)
    return list(rows.values_list("relationship__creator", "segment"))


def _segments_of(campaign: Campaign, places: Collection[Place]) -> dict[int, set[object]]:
    """The numbers of the segments that count for each creator."""
    found: dict[int, set[object]] = defaultdict(set)
    creators = {creator for creator, _drawn_from in places}
    for creator, _name, segment in that_count(campaign.brand, creators, "segment"):
        found[creator].add(segment)
    return found


def _counted(segment: Segment, places: Collection[Place], held: dict[int, set[object]]) -> int:
    return sum(
        drawn_from == segment.key or segment.pk in held.get(creator, ())
        for creator, drawn_from in places
    )
