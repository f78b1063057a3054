"""What of a list of search words creators write, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from campaigns.choices import DeliverableState
from campaigns.models import (
    Campaign,
    Deliverable,
    Keyword,
    KeywordAssignment,
    KeywordList,
    KeywordUse,
)
from crm.models import Brand


@dataclass(frozen=True)
class Coverage:
    """A search: posts that have it, by how many creators, and published pieces among them.

    exact, variant  posts of the brand's creators
    pieces          published for campaigns that are for this search; None: no campaign is
    """

    exact: int
    variant: int
    creators: int
    last: datetime | None
    pieces: int | None
    campaigns: Sequence[str]


@dataclass(frozen=True)
class ListSum:
    """A list: how many searches stand in posts, and how often all are typed in a month.

    `typed` and `covered` count only searches whose volume is known, of which there are `known`.
    """

    words: int
    exact: int
    variant: int
    known: int
    typed: int
    covered: int

    @property
    def nowhere(self) -> int:
        """Searches that no post has."""
        return self.words - self.exact - self.variant


@dataclass
class Written:
    """A search that a campaign is for, and the pieces that have it."""

    assignment: KeywordAssignment
    exact: list[Deliverable] = field(default_factory=list)
    variant: list[Deliverable] = field(default_factory=list)


def in_list(brand: Brand) -> QuerySet[KeywordList]:
    """The brand's lists with how many searches each has."""
    return KeywordList.objects.filter(brand=brand).annotate(words=Count("keywords"))


def coverage_of(keywords: Sequence[int]) -> Mapping[int, Coverage]:
    """Of some searches of one list, by number. Three queries."""
    names: dict[int, list[str]] = defaultdict(list)
    assigned = KeywordAssignment.objects.filter(keyword__in=keywords)
    for pk, name in (
        assigned.order_by("campaign__name").values_list("keyword", "campaign__name").distinct()
    ):
        names[pk].append(name)
    # A piece counts for the searches that its own campaign is for.
    pieces = dict(
        assigned.filter(
            keyword__uses__post__in=_published().values("post"),
        )
        .annotate(
            is_written=Exists(
                _published().filter(
                    engagement__campaign=OuterRef("campaign"),
                    post=OuterRef("keyword__uses__post"),
                )
            )
        )
        .filter(is_written=True)
        .order_by()
        .values("keyword")
        .annotate(n=Count("keyword__uses__post", distinct=True))
        .values_list("keyword", "n")
    )
    rows = Keyword.objects.filter(pk__in=keywords).annotate(
        exact=Count("uses", filter=Q(uses__is_exact=True)),
        variant=Count("uses", filter=Q(uses__is_exact=False)),
        creators=Count("uses__post__creator", distinct=True),
        last=Max("uses__post__posted_at"),
    )
    return {
        pk: Coverage(
            exact, variant, creators, last, pieces.get(pk, 0) if pk in names else None, names[pk]
        )
        for pk, exact, variant, creators, last in rows.order_by().values_list(
            "pk", "exact", "variant", "creators", "last"
        )
    }


def sum_of(found: KeywordList) -> ListSum:
    """One query, however long the list is."""
    exact = KeywordUse.objects.filter(keyword=OuterRef("pk"), is_exact=True)
    used = KeywordUse.objects.filter(keyword=OuterRef("pk"))
    rows = Keyword.objects.filter(keyword_list=found)
    rows = rows.annotate(has_exact=Exists(exact), has_any=Exists(used))
    sums = rows.aggregate(
        words=Count("pk"),
        exact=Count("pk", filter=Q(has_exact=True)),
        variant=Count("pk", filter=Q(has_any=True, has_exact=False)),
        known=Count("volume"),
        # Not called as the column is: later sums would take it for that.
        typed=Sum("volume", default=0),
        covered=Sum("volume", filter=Q(has_any=True), default=0),
    )
    return ListSum(**sums)


def uses_of(keyword: Keyword) -> QuerySet[KeywordUse]:
    """The posts that have a search, with what a row shows."""
    rows = KeywordUse.objects.filter(keyword=keyword)
    return rows.select_related("post__creator", "post__profile__platform")


def assigned_to(campaign: Campaign) -> QuerySet[KeywordAssignment]:
    """The searches that a campaign is for, with what a row shows."""
    rows = KeywordAssignment.objects.filter(campaign=campaign)
    return rows.select_related("keyword__keyword_list", "brief")


def written(campaign: Campaign, assignments: Sequence[KeywordAssignment]) -> list[Written]:
    """Which of the campaign's published pieces have them. Two queries."""
    pieces = defaultdict(list)
    rows = _published().filter(engagement__campaign=campaign, post__isnull=False)
    for piece in rows.select_related("engagement__relationship__creator").order_by("pk"):
        pieces[piece.post_id].append(piece)
    found = {one.pk: Written(one) for one in assignments}
    by_keyword = defaultdict(list)
    for one in assignments:
        by_keyword[one.keyword_id].append(found[one.pk])
    uses = KeywordUse.objects.filter(keyword__in=by_keyword, post__in=list(pieces))
    for use in uses.order_by("post"):
        for row in by_keyword[use.keyword_id]:
            (row.exact if use.is_exact else row.variant).extend(pieces[use.post_id])
    return [found[one.pk] for one in assignments]


def _published() -> QuerySet[Deliverable]:
    return Deliverable.objects.filter(state=DeliverableState.PUBLISHED)
