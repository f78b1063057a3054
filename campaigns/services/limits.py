"""How many of one kind a campaign may have: upper apps say so, every way into a campaign asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from campaigns.models import Campaign, Engagement
from campaigns.services.refusals import CampaignRefused
from crm.registry import Registry

# Given a campaign, those who are to come into it and the one whose place is given away: what speaks
# against so many of them, in a sentence fit for the user; empty: nothing.
LIMITS: Registry[Callable[[Campaign, Sequence[Engagement], Engagement | None], str]] = Registry()


def refuse_beyond(
    campaign: Campaign,
    coming: Sequence[Engagement],
    *,
    leaving: Engagement | None = None,
    field: str = "creators",
) -> None:
    """Raise CampaignRefused where a campaign would have too many of some kind.

    `coming` need not be saved, `field` is where the refusal stands. Call it with the campaign's row
    locked: two people at once would each keep the limit.
    """
    for limit in LIMITS:
        words = limit(campaign, coming, leaving)
        if words:
            raise CampaignRefused(words, code="share_exceeded", field=field)
