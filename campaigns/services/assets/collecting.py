"""Content comes to the library from where it was made: approved drafts, and published posts."""

from __future__ import annotations

from dataclasses import replace
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
    # An address stands once in the library: with the first file, which the post shows.
    is_new = not Asset.objects.filter(brand=brand, url=deliverable.published_url).exists()
    for number, file in enumerate(files, start=1):
        title = deliverable.title if len(files) == 1 else f"{deliverable.title[:190]} ({number})"
        url = deliverable.published_url if number == 1 and is_new else ""
        made += _added(brand, _facts(deliverable, title, url), file, actor, at)
    if not files:
        facts = _facts(deliverable, deliverable.title, deliverable.published_url)
        made += _added(brand, facts, None, actor, at)
    return made


def take_in(*, brand: Brand, facts: Facts, kept: Kept | None, actor: User, at: datetime) -> Asset:
    """A file, or an address; a post that is known comes with its creator.

    Raises CampaignRefused, AssetThere.
    """
    if kept is None and (post := post_at(brand, facts.url)):
        return keep_post(brand=brand, post=post, facts=facts, actor=actor, at=at)
    return add(brand=brand, facts=facts, kept=kept, actor=actor, at=at)


def post_at(brand: Brand, url: str) -> Post | None:
    """The post of a creator whom the brand knows at an address, where an import brought it."""
    if not url.strip():
        return None
    known = Relationship.objects.filter(brand=brand).values("creator")
    rows = Post.objects.filter(url=url.strip(), creator__in=known)
    return rows.select_related("profile__platform", "creator").order_by("pk").first()


@transaction.atomic
def keep_post(*, brand: Brand, post: Post, facts: Facts, actor: User, at: datetime) -> Asset:
    """A post of a creator whom the brand knows, by its address. Raises CampaignRefused, AssetThere.

    Whose it is the post says, not whoever pasted its address. One that was published for a campaign
    comes with the campaign, whose rights hold for it.
    """
    relationship = Relationship.objects.get(brand=brand, creator=post.creator_id)
    piece = (
        Deliverable.objects.select_related("engagement__relationship")
        .filter(post=post, engagement__campaign__brand=brand)
        .order_by("pk")
        .first()
    )
    if piece is None and facts.engagement is not None:
        whose = facts.engagement.relationship_id
        if whose != relationship.pk:
            raise CampaignRefused(
                f"This post is from {post.creator}: choose their place in a campaign, or none.",
                field="engagement",
            )
    of_campaign = piece is not None or facts.engagement is not None
    return add(
        brand=brand,
        facts=replace(
            facts,
            origin=AssetOrigin.CAMPAIGN if of_campaign else AssetOrigin.POST,
            engagement=None if piece else facts.engagement,
            relationship=relationship,
            deliverable=piece,
            made_by="",
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
