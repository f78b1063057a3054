"""What the pages and the API show of suggested values: the queue, and how right they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, Count, F, Func, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from campaigns.risk.assess import interval
from crm.models import Brand, Creator, Post
from crm.paging import Order, Page, paginate
from segmentation.choices import AnswerStatus, ClassifierKind, ClassifierStatus
from segmentation.models import Classifier, SuggestedValue
from segmentation.models.suggested_values import JUDGED
from segmentation.services.suggesting.subjects import Subject

ORDER = Order("queue", key="priority", descending=True)
ROWS = 20
# The newest of each fact on the record.
VERSIONS = 30


@dataclass(frozen=True)
class Past:
    """What people said of suggestions that they looked at one by one.

    right      accepted, or among several values that were given instead
    low, high  95 % interval of the share that is right (Wilson)
    """

    looked_at: int
    right: int
    not_enough: int = 0

    @property
    def share(self) -> float | None:
        """The share that was right; None: nobody has looked."""
        return self.right / self.looked_at if self.looked_at else None

    @property
    def low(self) -> float:
        """Of the interval."""
        return interval(self.right, self.looked_at)[0]

    @property
    def high(self) -> float:
        """Of the interval."""
        return interval(self.right, self.looked_at)[1]

    @property
    def overridden(self) -> int:
        """How many people gave another value."""
        return self.looked_at - self.right

    @property
    def override_rate(self) -> float | None:
        """The share that people gave another value; None: nobody has looked."""
        return self.overridden / self.looked_at if self.looked_at else None

    def __add__(self, other: Past) -> Past:
        return Past(
            self.looked_at + other.looked_at,
            self.right + other.right,
            self.not_enough + other.not_enough,
        )


NOTHING = Past(0, 0)


@dataclass(frozen=True)
class Band:
    """Suggestions of one fact with about the same confidence, and what became of them."""

    label: str
    past: Past


@dataclass(frozen=True)
class Record:
    """How right suggestions of a fact were: in all, and by confidence."""

    subject: Subject
    waiting: int
    in_bulk: int
    past: Past
    bands: Sequence[Band]
    versions: Sequence[Classifier]

    @property
    def in_use(self) -> Classifier | None:
        """The version in use."""
        used = (one for one in self.versions if one.status == ClassifierStatus.IN_USE)
        return next(used, None)


@dataclass(frozen=True)
class Shown:
    """A suggestion with what stands beside it: the words of the posts that led there."""

    suggestion: SuggestedValue
    subject: Subject
    posts: Sequence[Post]

    @property
    def label(self) -> str:
        """What people call the value."""
        return self.subject.name_of(self.suggestion.value)

    @property
    def others(self) -> list[tuple[str, str, float]]:
        """What else it could be: (value, label, probability)."""
        return [
            (value, self.subject.name_of(value), share) for value, share in self.suggestion.others
        ]

    @property
    def given(self) -> str:
        """What a person said it is."""
        return ", ".join(self.subject.name_of(value) for value in self.suggestion.chosen)


def queue(
    brand: Brand, subjects: Mapping[str, Subject], *, fact: str = "", cursor: str | None = None
) -> Page[SuggestedValue]:
    """What waits for an answer, what helps most first."""
    rows = SuggestedValue.objects.filter(brand=brand, fact__in=subjects).open().of_the_willing()
    if fact:
        rows = rows.filter(fact=fact)
    return paginate(rows.select_related("creator", "classifier"), ORDER, size=ROWS, cursor=cursor)


def waiting_of(
    brand: Brand, creator: Creator, subjects: Mapping[str, Subject]
) -> QuerySet[SuggestedValue]:
    """What waits of one creator, what helps most first; one of a fact at most."""
    rows = SuggestedValue.objects.filter(brand=brand, creator=creator, fact__in=subjects).open()
    rows = rows.of_the_willing()
    return rows.select_related("creator", "classifier", "closed_by").order_by("-priority", "-pk")


def shown(suggestions: Iterable[SuggestedValue], subjects: Mapping[str, Subject]) -> list[Shown]:
    """With their posts. One statement."""
    rows = list(suggestions)
    wanted = {pk for row in rows for pk in row.evidence.get("posts", ())}
    posts = Post.objects.select_related("profile__platform").in_bulk(wanted)
    return [
        Shown(
            row,
            subjects[row.fact],
            # A post may have gone, or to somebody else with its account.
            [
                posts[pk]
                for pk in row.evidence.get("posts", ())
                if pk in posts and posts[pk].creator_id == row.creator_id
            ],
        )
        for row in rows
        if row.fact in subjects
    ]


def past_from(brand: Brand, fact: str, least: float) -> Past:
    """What became of suggestions of a fact that were at least as sure."""
    rows = _looked_at(brand).filter(fact=fact, confidence__gte=least)
    return _past(rows.aggregate(**_COUNTS))


def past_of_outside(brand: Brand, fact: str) -> Past:
    """What became of those of a language model outside."""
    rows = _looked_at(brand).filter(fact=fact, classifier__kind=ClassifierKind.OUTSIDE)
    return _past(rows.aggregate(**_COUNTS))


def records(brand: Brand, subjects: Mapping[str, Subject]) -> list[Record]:
    """How right they were, by fact, with their newest versions. Three statements."""
    bands: dict[str, dict[str, Past]] = {}
    for row in _looked_at(brand).values("fact", band=_BAND).annotate(**_COUNTS).order_by():
        bands.setdefault(row["fact"], {})[row["band"]] = _past(row)
    rows = SuggestedValue.objects.filter(brand=brand)
    waiting = rows.open().of_the_willing()
    counts = {
        row["fact"]: (row["waiting"], row["bulk"])
        for row in rows.values("fact")
        .annotate(
            waiting=Count("pk", filter=Q(pk__in=waiting.values("pk"))),
            bulk=Count("pk", filter=Q(in_bulk=True)),
        )
        .order_by()
    }
    versions: dict[str, list[Classifier]] = {}
    newest = Window(RowNumber(), partition_by=F("fact"), order_by=F("number").desc())
    of_brand = Classifier.objects.filter(brand=brand).annotate(place=newest)
    shown = of_brand.filter(Q(place__lte=VERSIONS) | Q(status=ClassifierStatus.IN_USE))
    for one in shown.order_by("fact", "-number"):
        versions.setdefault(one.fact, []).append(one)
    return [
        Record(
            subject,
            *counts.get(fact, (0, 0)),
            sum(bands.get(fact, {}).values(), NOTHING),
            [Band(label, bands.get(fact, {}).get(label, NOTHING)) for label in LABELS],
            versions.get(fact, ()),
        )
        for fact, subject in subjects.items()
    ]


_NAMED = [(0.9, "90 % and more"), (0.8, "80 to 89 %"), (0.6, "60 to 79 %"), (0.4, "40 to 59 %")]
_LESS, _UNSAID = "less than 40 %", "not said"
LABELS = [*(label for _least, label in _NAMED), _LESS, _UNSAID]
_LIST = ArrayField(CharField(max_length=120))
_BAND = Case(
    When(confidence=None, then=Value(_UNSAID)),
    *(When(confidence__gte=least, then=Value(label)) for least, label in _NAMED),
    default=Value(_LESS),
    output_field=CharField(),
)
# The value as a list of one, to be looked for among those that were chosen.
_OWN = Func("value", function="ARRAY", template="%(function)s[%(expressions)s]", output_field=_LIST)
_COUNTS = {
    "judged": Count("pk", filter=Q(status__in=JUDGED)),
    "right": Count("pk", filter=Q(status__in=JUDGED, chosen__contains=_OWN)),
    "unclear": Count("pk", filter=Q(status=AnswerStatus.NOT_ENOUGH)),
}


def _looked_at(brand: Brand) -> QuerySet[SuggestedValue]:
    """Those that somebody looked at by itself."""
    return SuggestedValue.objects.filter(brand=brand, in_bulk=False).exclude(
        status__in=(AnswerStatus.OPEN, AnswerStatus.WITHDRAWN)
    )


def _past(row: Mapping[str, Any]) -> Past:
    return Past(row["judged"], row["right"], row["unclear"])
