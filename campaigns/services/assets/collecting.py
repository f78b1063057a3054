"""Content comes to the library from where it was made: approved drafts, and published posts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import AssetOrigin, DeliverableState, DraftState
from campaigns.models import Asset, Deliverable, DraftFile, Engagement
from campaigns.services.assets.library import AssetThere, Facts, add
from campaigns.services.deliverables.files import Kept
from campaigns.services.refusals import CampaignRefused
from crm.models import Brand, Post, Relationship, User


@transaction.atomic
def keep_deliverable(*, deliverable: Deliverable, actor: User | None, at: datetime) -> list[Asset]:
    """Files of the draft that was approved become assets, or the address of what was published.

    Safe to call twice: what is there stays. Returns what is new. Raises CampaignRefused.
    """
    if deliverable.state not in {DeliverableState.APPROVED, DeliverableState.PUBLISHED}:
        raise CampaignRefused(
            "Only content that was approved goes into the library.", code="not_in_this_state"
        )
    brand = deliverable.engagement.campaign.brand
    approved = deliverable.drafts.filter(state=DraftState.APPROVED).order_by("-number").first()
    files = list(approved.files.order_by("pk")) if approved else []
    if not files and not deliverable.published_url:
        raise CampaignRefused(
            "There is neither a file nor an address of it yet.", code="not_in_this_state"
        )
    made = []
    for number, file in enumerate(files, start=1):
        title = deliverable.title if len(files) == 1 else f"{deliverable.title[:190]} ({number})"
        # The post shows the first file; an address stands once in the library.
        url = deliverable.published_url if number == 1 else ""
        made += _added(brand, _facts(deliverable, title, url), file, actor, at)
    if not files:
        facts = _facts(deliverable, deliverable.title, deliverable.published_url)
        made += _added(brand, facts, None, actor, at)
    return made


@transaction.atomic
def keep_post(*, brand: Brand, post: Post, actor: User, at: datetime) -> Asset:
    """A post of a creator whom the brand knows, by its address. Raises CampaignRefused, AssetThere.

    One that was published for a campaign comes with its campaign, whose rights hold for it.
    """
    if not post.url:
        raise CampaignRefused("Nobody knows the address of this post.", code="no_address")
    relationship = Relationship.objects.get(brand=brand, creator=post.creator_id)
    piece = (
        Deliverable.objects.select_related("engagement__relationship")
        .filter(post=post, engagement__campaign__brand=brand)
        .order_by("pk")
        .first()
    )
    text = post.title or post.caption or post.external_id
    title = f"{post.profile.platform.name}: {' '.join(text.split())}"
    return add(
        brand=brand,
        facts=Facts(
            title=title if len(title) <= 200 else f"{title[:199]}…",
            origin=AssetOrigin.CAMPAIGN if piece else AssetOrigin.POST,
            url=post.url,
            relationship=relationship,
            deliverable=piece,
            post=post,
            platform=post.profile.platform,
        ),
        actor=actor,
        at=at,
    )


def waiting_of(engagement: Engagement) -> list[Deliverable]:
    """Approved and published pieces of which nothing is in the library yet."""
    states = (DeliverableState.APPROVED, DeliverableState.PUBLISHED)
    rows = Deliverable.objects.filter(engagement=engagement, state__in=states, assets=None)
    return list(rows.order_by("pk"))


def _facts(deliverable: Deliverable, title: str, url: str) -> Facts:
    return Facts(
        title=title,
        origin=AssetOrigin.CAMPAIGN,
        url=url,
        deliverable=deliverable,
        post=deliverable.post if url else None,
        platform=deliverable.platform,
    )


def _added(
    brand: Brand, facts: Facts, file: DraftFile | None, actor: User | None, at: datetime
) -> list[Asset]:
    kept = Kept(file.name, file.content_type, file.size, file.sha256) if file else None
    try:
        return [add(brand=brand, facts=facts, kept=kept, actor=actor, at=at)]
    except AssetThere:
        return []
