"""Imported posts with a campaign's hashtag that are not in its inbox yet."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.models import Campaign, Deliverable, Submission, SubmissionPage
from crm.models import Post, Relationship

# So long before the first day and after the last one a post may still answer to a campaign.
AROUND = timedelta(days=30)
LIMIT = 100


def tagged(campaign: Campaign, hashtag: str) -> QuerySet[Post]:
    """Posts of creators of the brand with the hashtag as a whole word, around the campaign's days.

    Not those that creators were asked for: content of the brand's campaigns.
    """
    # A sign of the word before # makes it part of an address; one after, another hashtag.
    pattern = rf"(^|[^[:alnum:]_&/])#{re.escape(hashtag)}($|[^[:alnum:]_])"
    first = datetime.combine(campaign.starts_on, time(), UTC) - AROUND
    last = datetime.combine(campaign.ends_on, time(), UTC) + AROUND
    asked_for = Deliverable.objects.filter(
        post=OuterRef("pk"), engagement__campaign__brand=campaign.brand_id
    )
    return Post.objects.filter(
        Q(caption__iregex=pattern) | Q(title__iregex=pattern),
        ~Exists(asked_for),
        creator__in=Relationship.objects.filter(brand=campaign.brand_id).values("creator"),
        posted_at__range=(first, last),
    )


def suggested(page: SubmissionPage) -> list[Post]:
    """What may go into the inbox, the newest first, at most LIMIT."""
    if not page.hashtag:
        return []
    there = Submission.objects.filter(campaign=page.campaign_id, post=OuterRef("pk"))
    rows = tagged(page.campaign, page.hashtag).filter(~Exists(there))
    rows = rows.select_related("profile__platform", "creator")
    return list(rows.order_by("-posted_at", "-pk")[:LIMIT])
