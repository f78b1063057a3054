"""What an accepted offer says about rights, written down where no contract says it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import OfferState, RightSource, StartTrigger, Usage
from campaigns.models import Engagement, Offer, UsageRight
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights import channels, territories
from campaigns.services.rights.evidence import Evidence
from campaigns.services.rights.granting import grant
from campaigns.services.rights.terms import Terms
from crm.models import User


def offers_to_read(engagement: Engagement) -> list[Offer]:
    """Accepted offers of a place whose rights are not written down; a contract outweighs them."""
    rights = UsageRight.objects.filter(engagement=engagement)
    if rights.filter(source=RightSource.CONTRACT).exists():
        return []
    rows = (
        Offer.objects.filter(engagement=engagement, state=OfferState.ACCEPTED)
        .filter(current__rights__isnull=False)
        .exclude(pk__in=rights.filter(offer__isnull=False).values("offer"))
        .select_related("current")
    )
    return list(rows.distinct().order_by("pk"))


@transaction.atomic
def grant_from_offer(
    *, offer: Offer, engagement: Engagement, actor: User, at: datetime
) -> list[UsageRight]:
    """A right for each kind of use of an accepted offer, from each publication on.

    Places and channels that cannot be read out of the offer's words stay words. Safe to call twice.
    Raises CampaignRefused.
    """
    Offer.objects.select_for_update(no_key=True, of=("self",)).get(pk=offer.pk)
    if offer not in offers_to_read(engagement) or offer.current is None:
        raise CampaignRefused(
            "There is no accepted offer whose rights are still to be written down.",
            code="not_in_this_state",
        )
    known = channels.channels()
    made = []
    for line in offer.current.rights.order_by("pk"):
        codes, unread = territories.read(line.territory)
        keys, unread_channels = channels.read(line.channels, known)
        made.append(
            grant(
                engagement=engagement,
                terms=Terms(
                    usage=Usage(line.usage),
                    territory=tuple(codes),
                    territory_words=unread,
                    channels=tuple(keys),
                    channels_words=unread_channels,
                    trigger=StartTrigger.PUBLICATION,
                    months=line.months,
                    is_endless=line.months is None,
                ),
                source=RightSource.OFFER,
                evidence=Evidence(
                    reference=f"Offer “{offer.title[:150]}”, version {offer.current.number}",
                    offer=offer,
                ),
                actor=actor,
                at=at,
            )
        )
    return made
