"""Posts of a campaign's creators that look like content of it and belong to no deliverable yet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q

from campaigns.choices import BriefState
from campaigns.models import BriefVersion, Campaign, Deliverable, Engagement, PostSetAside
from campaigns.models.deliverables import OPEN_STATES
from campaigns.models.engagements import LEFT
from crm.models import Brand, Post

# So long before the first day and after the last one a post may still belong to a campaign.
AROUND = timedelta(days=14)
LIMIT = 200
# What counts as near to the planned time.
NEAR = timedelta(days=2)


@dataclass(frozen=True)
class Fit:
    """An open deliverable that the post may be, and what speaks for it."""

    deliverable: Deliverable
    reasons: Sequence[str]


@dataclass(frozen=True)
class Suggestion:
    """A post, whose it is, why it is shown, and which deliverables it may be: the best first."""

    post: Post
    engagement: Engagement
    reasons: Sequence[str]
    fits: Sequence[Fit]


def marks_of(campaign: Campaign) -> Mapping[str, str]:
    """Words by which posts of a campaign can be known, small and without # and @, and from where.

    The brand's own name, and the hashtags and accounts of the briefs that are approved.
    """
    found = dict.fromkeys(_names(campaign.brand), f"the name of {campaign.brand}")
    documents = BriefVersion.objects.filter(
        brief__campaign=campaign, state=BriefState.APPROVED
    ).order_by("pk")
    for document in documents.values_list("document", flat=True):
        for word in [*document.get("hashtags", ()), *document.get("mentions", ())]:
            found.setdefault(word.lstrip("#@").lower(), "the brief")
    return {word: source for word, source in found.items() if word}


def pattern_of(marks: Iterable[str]) -> str:
    """For the database: one of these words after # or @, and no longer word."""
    words = "|".join(re.escape(word) for word in sorted(marks, key=len, reverse=True))
    return rf"[#@]({words})($|[^[:alnum:]_])"


def suggestions_of(campaign: Campaign) -> list[Suggestion]:
    """What may belong to the campaign, the newest first, at most LIMIT: six queries."""
    marks = marks_of(campaign)
    engagements = {
        row.relationship.creator_id: row
        for row in Engagement.objects.filter(campaign=campaign)
        .exclude(stage__in=LEFT)
        .select_related("relationship__creator")
    }
    if not engagements:
        return []
    posts = _posts(campaign, engagements, marks)
    opened: dict[int, list[Deliverable]] = defaultdict(list)
    pieces = Deliverable.objects.filter(
        engagement__in=[engagements[post.creator_id] for post in posts], state__in=OPEN_STATES
    )
    for piece in pieces.select_related("platform").order_by("pk"):
        opened[piece.engagement_id].append(piece)
    return [
        Suggestion(
            post,
            engagements[post.creator_id],
            _reasons(post, marks),
            _fits(post, opened[engagements[post.creator_id].pk]),
        )
        for post in posts
    ]


def set_aside_of(campaign: Campaign) -> list[PostSetAside]:
    """Posts of which somebody said that they are none of the campaign's: the newest first."""
    rows = PostSetAside.objects.filter(engagement__campaign=campaign)
    rows = rows.select_related("post__profile", "post__creator", "by")
    return list(rows.order_by("-at", "-pk")[:LIMIT])


def _names(brand: Brand) -> set[str]:
    plain = re.sub(r"[^\w]", "", brand.name.lower())
    return {plain, re.sub(r"[^\w]", "", brand.slug.lower())} - {""}


def _posts(
    campaign: Campaign, engagements: Mapping[int, Engagement], marks: Mapping[str, str]
) -> list[Post]:
    pattern = pattern_of(marks)
    first = datetime.combine(campaign.starts_on, time(), UTC) - AROUND
    last = datetime.combine(campaign.ends_on, time(), UTC) + AROUND
    known = Deliverable.objects.filter(
        post=OuterRef("pk"), engagement__campaign__brand=campaign.brand_id
    )
    aside = PostSetAside.objects.filter(post=OuterRef("pk"), engagement__campaign=campaign)
    return list(
        Post.objects.filter(
            Q(caption__iregex=pattern) | Q(title__iregex=pattern),
            ~Exists(known),
            ~Exists(aside),
            creator__in=engagements,
            posted_at__range=(first, last),
        )
        .select_related("profile__platform", "creator")
        .order_by("-posted_at", "-pk")[:LIMIT]
    )


def _reasons(post: Post, marks: Mapping[str, str]) -> list[str]:
    text = f"{post.title} {post.caption}"
    said: dict[str, str] = {}
    for sign, word in re.findall(r"([#@])(\w+)", text):
        if word.lower() in marks:
            said.setdefault(f"{sign}{word.lower()}", marks[word.lower()])
    found = [f"Has {word}, from {source}." for word, source in said.items()]
    if post.is_paid_partnership:
        found.append("The platform marks it as a paid partnership.")
    return found


def _fits(post: Post, opened: Sequence[Deliverable]) -> list[Fit]:
    """Deliverables on the same platform; those nearest in time and of the same form first."""
    found: list[tuple[tuple[bool, timedelta, int], Fit]] = []
    for piece in opened:
        if piece.platform_id != post.profile.platform_id or post.posted_at is None:
            continue
        reasons = [f"On {piece.platform}, as planned."]
        is_form = piece.form == post.kind
        if is_form:
            reasons.append(f"{piece.get_form_display()}, as planned.")
        apart = abs(post.posted_at - piece.publish_at) if piece.publish_at else timedelta.max
        if apart <= NEAR:
            hours = apart // timedelta(hours=1)
            reasons.append(f"{hours} hour{'s'[: hours != 1]} from the planned time.")
        reasons.append(f"It is at “{piece.get_state_display()}”.")
        found.append(((not is_form, apart, piece.pk), Fit(piece, reasons)))
    return [fit for _order, fit in sorted(found, key=lambda one: one[0])]
