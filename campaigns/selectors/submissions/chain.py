"""From creators to their audience: what came after a creator's publication, and names them.

Counted is what the inbox and imports know. Who was moved to post without naming anybody, or where
no import looks, is not known; so the numbers are least ones, and no measure of effect.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Min, OuterRef, Q

from campaigns.choices import SubmissionState
from campaigns.models import Campaign, Engagement, Submission, SubmissionPage
from campaigns.models.engagements import LEFT
from campaigns.selectors.submissions.posts import tagged
from crm.models import Profile

# As many posts, and as many submissions, are looked at.
LIMIT = 5_000
_MENTION = re.compile(r"(?<![\w.@])@([\w.]+)")


@dataclass(frozen=True)
class Item:
    """One thing of the audience: a submission, or a post that nobody took into the inbox."""

    at: datetime
    names: frozenset[str]
    is_post: bool
    creator_id: int | None


@dataclass(frozen=True)
class Link:
    """A creator of the campaign, and what came after their first publication."""

    engagement: Engagement
    published_at: datetime | None
    # That name them, by where they were found.
    submissions: int
    posts: int
    # That name no creator of the campaign: after the publications of others as well.
    unnamed: int

    @property
    def named(self) -> int:
        """All that name them."""
        return self.submissions + self.posts


@dataclass(frozen=True)
class Chain:
    """All creators of a campaign, those whom most name first."""

    links: Sequence[Link]
    hashtag: str
    items: int
    # That name nobody of the campaign.
    unnamed: int
    # More than are looked at.
    is_cut: bool


def chain_of(campaign: Campaign) -> Chain:
    """Five queries."""
    page = SubmissionPage.of(campaign)
    engagements = list(
        Engagement.objects.filter(campaign=campaign)
        .exclude(stage__in=LEFT)
        .select_related("relationship__creator")
        .annotate(first=Min("deliverables__published_at"))
        .order_by("relationship__creator__name", "pk")
    )
    own = {row.relationship.creator_id: row for row in engagements}
    handles: dict[str, int] = {}
    for profile in Profile.objects.filter(creator__in=own).order_by("pk"):
        handles.setdefault(profile.handle.lower(), profile.creator_id)
    items = [*_submissions(campaign), *_posts(campaign, page)]
    # What the campaign's own creators post is not their audience's.
    items = [item for item in items if item.creator_id not in own]
    named = [({handles[name] for name in item.names if name in handles}, item) for item in items]
    unnamed = [item for names, item in named if not names]
    links = [
        _link(row, [item for names, item in named if creator in names], unnamed)
        for creator, row in own.items()
    ]
    links.sort(key=lambda link: -link.named)
    return Chain(links, page.hashtag, len(items), len(unnamed), len(items) >= LIMIT)


def _link(engagement: Engagement, named: Sequence[Item], unnamed: Sequence[Item]) -> Link:
    first: datetime | None = engagement.first  # type: ignore[attr-defined] # annotated
    if first is None:
        return Link(engagement, None, 0, 0, 0)
    after = [item for item in named if item.at >= first]
    return Link(
        engagement,
        first,
        submissions=sum(not item.is_post for item in after),
        posts=sum(item.is_post for item in after),
        unnamed=sum(item.at >= first for item in unnamed),
    )


def _submissions(campaign: Campaign) -> list[Item]:
    rows = Submission.objects.filter(campaign=campaign).exclude(state=SubmissionState.REFUSED)
    columns = ("submitted_at", "text", "inspired_by", "post", "relationship__creator")
    return [
        Item(at, _names(text, inspired), post is not None, creator)
        for at, text, inspired, post, creator in rows.order_by("pk").values_list(*columns)[:LIMIT]
    ]


def _posts(campaign: Campaign, page: SubmissionPage) -> list[Item]:
    if not page.hashtag:
        return []
    there = Submission.objects.filter(campaign=campaign, post=OuterRef("pk"))
    rows = tagged(campaign, page.hashtag).filter(~Exists(there), ~Q(posted_at=None))
    columns = ("posted_at", "caption", "title", "creator")
    return [
        Item(at, _names(f"{title} {caption}"), True, creator)
        for at, caption, title, creator in rows.order_by("pk").values_list(*columns)[:LIMIT]
    ]


def _names(text: str, inspired_by: str = "") -> frozenset[str]:
    said = {word.rstrip(".").lower() for word in _MENTION.findall(text)}
    return frozenset(said | ({inspired_by.lower()} if inspired_by else set()))
