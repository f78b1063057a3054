"""How reliable a creator is in each format: above their own median, and on time (F18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from zoneinfo import ZoneInfo

from campaigns.choices import ContentKind, DeliverableState
from campaigns.models import Deliverable, PostFormat
from campaigns.services.formats.sorting import LOOKED_AT, WINDOW, SaidBy, Text, sort_posts
from crm.models import Post, Relationship

# A profile with fewer posts has no median.
LEAST = 6
# With fewer a share is shown as a count alone.
LEAST_OF_FORMAT = 3
# As many are listed to be sorted by people.
LISTED = 12


@dataclass(frozen=True)
class Sorted:
    """A post with its format; None: nobody and no word says one."""

    post: Post
    kind: ContentKind | None
    said_by: SaidBy | None
    # What in its text suggests it.
    words: str
    # Likes and comments against the median of the profile; None: not known.
    is_above: bool | None

    @property
    def chosen(self) -> str:
        """What a person said; empty: nobody did."""
        return self.kind.value if self.kind and self.said_by is SaidBy.PERSON else ""


@dataclass(frozen=True)
class FormatRow:
    """One format of a creator."""

    kind: ContentKind
    posts: int
    by_people: int
    above: int
    known: int
    on_time: int
    due: int

    @property
    def share_above(self) -> float | None:
        """Of posts of which it is known; None: too few."""
        return self.above / self.known if self.known >= LEAST_OF_FORMAT else None

    @property
    def share_on_time(self) -> float | None:
        """Of our pieces that were due; None: too few."""
        return self.on_time / self.due if self.due >= LEAST_OF_FORMAT else None


@dataclass(frozen=True)
class Formats:
    """A creator's formats, the most posted first, and the newest posts to sort."""

    rows: Sequence[FormatRow]
    looked_at: int
    unsorted: int
    newest: Sequence[Sorted]
    # Of posts that people sorted and words suggested something for: how often they agreed.
    agreed: int
    judged: int


def formats_of(relationship: Relationship, at: datetime) -> Formats:
    """The formats of a creator's posts of a year, and of our pieces: five statements."""
    posts = list(
        Post.objects.filter(
            creator=relationship.creator_id, posted_at__range=(at - WINDOW, at)
        ).order_by("-posted_at", "-pk")[:LOOKED_AT]
    )
    found = _sorted(relationship, posts)
    on_time = _on_time(relationship, at)
    by_kind: defaultdict[ContentKind, list[Sorted]] = defaultdict(list)
    for one in found:
        if one.kind is not None:
            by_kind[one.kind].append(one)
    rows = [
        FormatRow(
            kind=kind,
            posts=len(by_kind[kind]),
            by_people=sum(one.said_by is SaidBy.PERSON for one in by_kind[kind]),
            above=sum(one.is_above is True for one in by_kind[kind]),
            known=sum(one.is_above is not None for one in by_kind[kind]),
            on_time=on_time[kind][0],
            due=on_time[kind][1],
        )
        for kind in ContentKind
        if by_kind[kind] or on_time[kind][1]
    ]
    rows.sort(key=lambda row: -row.posts)
    judged = list(
        PostFormat.objects.filter(brand=relationship.brand_id)
        .filter(post__creator=relationship.creator_id)
        .exclude(suggested="")
        .values_list("kind", "suggested")[:LOOKED_AT]
    )
    return Formats(
        rows=rows,
        looked_at=len(posts),
        unsorted=sum(one.kind is None for one in found),
        newest=found[:LISTED],
        agreed=sum(kind == suggested for kind, suggested in judged),
        judged=len(judged),
    )


def _sorted(relationship: Relationship, posts: Sequence[Post]) -> list[Sorted]:
    texts = (Text(post.pk, post.title, post.caption) for post in posts)
    kinds = sort_posts(relationship.brand_id, texts)
    middles = _medians(posts)
    made = []
    for post in posts:
        found = kinds[post.pk]
        count, middle = _engagements(post), middles.get(post.profile_id)
        is_above = None if count is None or middle is None else count > middle
        made.append(Sorted(post, found.kind, found.said_by, found.words, is_above))
    return made


def _engagements(post: Post) -> int | None:
    """Likes and comments; None where either is not known."""
    return None if post.likes is None or post.comments is None else post.likes + post.comments


def _medians(posts: Sequence[Post]) -> Mapping[int, float]:
    counts: defaultdict[int, list[int]] = defaultdict(list)
    for post in posts:
        count = _engagements(post)
        if count is not None:
            counts[post.profile_id].append(count)
    return {profile: median(found) for profile, found in counts.items() if len(found) >= LEAST}


def _on_time(relationship: Relationship, at: datetime) -> defaultdict[ContentKind, tuple[int, int]]:
    """By format: our pieces that were published by their planned day, of those that were due."""
    zone = ZoneInfo(relationship.brand.timezone)
    rows = Deliverable.objects.filter(
        engagement__relationship=relationship,
        publish_at__range=(at - WINDOW, at),
        state__in=[DeliverableState.APPROVED, DeliverableState.PUBLISHED],
    )
    found: defaultdict[ContentKind, tuple[int, int]] = defaultdict(lambda: (0, 0))
    today = at.astimezone(zone).date()
    for kind, planned, published in rows.values_list("kind", "publish_at", "published_at"):
        if planned is None:
            continue
        due = planned.astimezone(zone).date()
        # Due today: there is time until midnight.
        if published is None and due >= today:
            continue
        is_good = published is not None and published.astimezone(zone).date() <= due
        good, of = found[ContentKind(kind)]
        found[ContentKind(kind)] = good + is_good, of + 1
    return found
