"""People are told of stories that will be gone before anybody has kept what they showed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.selectors.disclosures.missing import LIVES, stories_to_capture
from campaigns.services.deliverables import gates

# So long the creator and the team have to do it unasked.
PATIENCE = timedelta(hours=2)


def remind_of_stories(*, at: datetime) -> int:
    """Tell who looks after a story that nothing of it is kept, once; returns how many stories."""
    rows = list(stories_to_capture(at).filter(published_at__lte=at - PATIENCE).order_by("pk"))
    for piece in rows:
        if piece.published_at is None:
            continue
        zone = ZoneInfo(piece.engagement.campaign.brand.timezone)
        gone = (piece.published_at + LIVES).astimezone(zone)
        gates.tell(
            piece,
            gates.leaders(piece),
            f"The story “{piece}” by {piece.engagement.relationship.creator} is gone on "
            f"{gone:%-d %B at %H:%M}, and no picture of it is kept: add one, or ask for it.",
            at,
            key=f"story-evidence:{piece.pk}",
        )
    return len(rows)
