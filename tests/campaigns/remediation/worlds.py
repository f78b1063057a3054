"""Published posts found wanting, and what creators were asked about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from campaigns.choices import Channel, DisclosureVerdict, ReviewStage
from campaigns.models import DisclosureReview, Remediation
from campaigns.services.remediation.asking import Request, ask
from crm.models import Brand, User
from tests.campaigns.disclosures.worlds import judge, review_of
from tests.campaigns.publishing.pieces import URL, piece, producing, published, running
from tests.factories import NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# A Tuesday, at noon in London.
DUE = NOW + 2 * DAY


def live_review(brand: Brand, manager: User, url: str = URL) -> DisclosureReview:
    """A published post that waits for a look."""
    campaign = running(brand, manager)
    made = piece(producing(campaign, owner=manager))
    published(made, url=url)
    return review_of(made, ReviewStage.LIVE)


def wanting(brand: Brand, manager: User, legal: User, at: datetime = NOW) -> DisclosureReview:
    """A published post whose disclosure was found missing."""
    review = live_review(brand, manager)
    return judge(review, legal, DisclosureVerdict.MISSING, "Nothing to be seen.", at=at)


def asked(review: DisclosureReview, actor: User, at: datetime = NOW, **values: Any) -> Remediation:
    """The creator was asked by a direct message."""
    said = {"words": "Begin with “Reklame”.", "due_at": DUE, "channel": Channel.MESSAGE} | values
    return ask(review_id=review.pk, brand=review.brand, wanted=Request(**said), actor=actor, at=at)
