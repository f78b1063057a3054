"""What pages and REST show of hints at advertising: the queue, one post's, how right they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Subquery, Value, When

from campaigns.choices import DeliverableState, HintState
from campaigns.models import Deliverable, DisclosureHint
from campaigns.models.disclosure_hints import ANSWERED, DisclosureHintQuerySet
from campaigns.risk.assess import interval
from crm.choices import LearnedTask
from crm.models import Brand, LearnedModel
from crm.paging import Order

ORDER = Order("hints", key="strength", descending=True)
ANSWERED_LAST = Order("hints-answered", key="closed_at", descending=True)
_BANDS = (
    ("90 % and more", Q(sure__gte=0.9)),
    ("80 to 89 %", Q(sure__gte=0.8, sure__lt=0.9)),
    ("60 to 79 %", Q(sure__gte=0.6, sure__lt=0.8)),
    ("less than 60 %", Q(sure__lt=0.6)),
    ("by the word list", Q(sure=None)),
)


def hints_of(brand: Brand) -> DisclosureHintQuerySet:
    """All hints of a brand with what a row shows."""
    rows = DisclosureHint.objects.filter(brand=brand).of_the_willing()
    piece = Deliverable.objects.filter(
        post=OuterRef("post"),
        engagement__campaign__brand=OuterRef("brand"),
        state=DeliverableState.PUBLISHED,
    ).order_by("pk")
    return rows.annotate(piece_title=Subquery(piece.values("title")[:1])).select_related(
        "post__creator", "post__profile__platform", "closed_by", "task", "review"
    )


def hint_at(brand: Brand, post_id: int | None) -> DisclosureHint | None:
    """What is said of one post, unless that was withdrawn; None: nothing. One query."""
    if post_id is None:
        return None
    return hints_of(brand).filter(post=post_id).exclude(state=HintState.WITHDRAWN).first()


def is_hinted() -> Exists:
    """Whether the post of a review's piece is said to read like an ad, and nobody said it is none.

    For reviews.
    """
    hints = DisclosureHint.objects.filter(
        brand=OuterRef("brand"),
        post=OuterRef("deliverable__post"),
        state__in=(HintState.OPEN, HintState.ACCEPTED),
    )
    return Exists(hints.of_the_willing())


@dataclass(frozen=True)
class Past:
    """What people answered to hints that were about as sure.

    low, high  95 % interval of the share that was right (Wilson)
    """

    label: str
    answered: int
    right: int

    @property
    def share(self) -> float | None:
        """The share that was right; None: nobody has answered."""
        return self.right / self.answered if self.answered else None

    @property
    def overridden(self) -> float | None:
        """The share of which people said that it is no ad; None: nobody has answered."""
        return None if self.share is None else 1 - self.share

    @property
    def low(self) -> float:
        """Of the interval."""
        return interval(self.right, self.answered)[0]

    @property
    def high(self) -> float:
        """Of the interval."""
        return interval(self.right, self.answered)[1]


@dataclass(frozen=True)
class Record:
    """How right hints were: in all and by how sure, and what was learned, the newest first."""

    waiting: int
    past: Past
    bands: Sequence[Past]
    models: Sequence[LearnedModel]

    @property
    def used(self) -> LearnedModel | None:
        """What is in use; None: the list."""
        return next((one for one in self.models if one.is_used), None)


def record_of(brand: Brand) -> Record:
    """Two queries."""
    band = Case(
        *(When(condition, then=Value(label)) for label, condition in _BANDS),
        output_field=CharField(),
    )
    hints = DisclosureHint.objects.filter(brand=brand)
    waiting = hints.open().of_the_willing()
    counts = {
        row["band"]: row
        for row in hints.order_by()
        .values(band=band)
        .annotate(
            waiting=Count("pk", filter=Q(pk__in=waiting.values("pk"))),
            answered=Count("pk", filter=Q(state__in=ANSWERED)),
            right=Count("pk", filter=Q(state=HintState.ACCEPTED)),
        )
    }
    bands = [
        Past(label, counts[label]["answered"], counts[label]["right"])
        for label, _condition in _BANDS
        if label in counts
    ]
    models = LearnedModel.objects.filter(brand=brand, task=LearnedTask.DISCLOSURE)
    return Record(
        waiting=sum(row["waiting"] for row in counts.values()),
        past=Past("all", sum(one.answered for one in bands), sum(one.right for one in bands)),
        bands=[one for one in bands if one.answered],
        models=list(models.to_show()),
    )
