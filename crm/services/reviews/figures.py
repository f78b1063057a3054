"""What vettings say together: how far reviewers agree about each criterion, and all results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from crm.agreement import Agreement, Level, agreement
from crm.choices import ReviewStatus
from crm.models import Answer, Brand, Criterion, ReviewForm, VettingResult
from crm.models.reviews import SCORES


@dataclass(frozen=True)
class Judged:
    """What was judged by two people of one criterion, in one wording."""

    criterion: Criterion
    # Whether the form in use asks for it, in this wording.
    is_in_use: bool
    # The answers of each vetting, without "cannot say".
    units: list[list[int | str]]
    cannot_say: int
    asked: int

    @property
    def level(self) -> Level:
        """The order of scores counts, that of a list does not."""
        return Level.ORDINAL if self.criterion.is_scale else Level.NOMINAL

    @property
    def values(self) -> list[int | str]:
        """All answers there are, in order."""
        return list(SCORES) if self.criterion.is_scale else list(self.criterion.labels)


def judged_twice(brand: Brand, form: ReviewForm | None) -> list[Judged]:
    """By criterion: those of `form` in its order, then other wordings that were judged.

    Only blind reviews that are all in count, and no third person's. Four queries.
    """
    rows = Answer.objects.filter(
        review__vetting__brand=brand,
        review__vetting__reviewers=2,
        review__vetting__all_in_at__isnull=False,
        review__status=ReviewStatus.SUBMITTED,
        review__is_adjudication=False,
    ).values_list("criterion_id", "review__vetting_id", "score", "choice")
    units: dict[int, dict[int, list[int | str]]] = {}
    unknown: dict[int, int] = {}
    asked: dict[int, int] = {}
    for criterion, vetting, score, choice in rows.order_by("review__vetting_id", "pk"):
        asked[criterion] = asked.get(criterion, 0) + 1
        said = units.setdefault(criterion, {}).setdefault(vetting, [])
        value = choice if score is None else score
        if value is None:
            unknown[criterion] = unknown.get(criterion, 0) + 1
        else:
            said.append(value)
    current = form.criteria_in_order() if form else []
    known = {one.pk for one in current}
    earlier = Criterion.objects.filter(brand=brand, pk__in=set(units) - known)
    return [
        Judged(
            criterion,
            criterion.pk in known,
            list(units.get(criterion.pk, {}).values()),
            unknown.get(criterion.pk, 0),
            asked.get(criterion.pk, 0),
        )
        for criterion in (*current, *earlier.order_by("key", "-pk"))
    ]


def agreement_of(judged: Judged) -> Agreement:
    """Krippendorff's alpha of a criterion."""
    return agreement(judged.units, judged.values, judged.level)


HEAD = (
    "Creator",
    "Settled at",
    "Criterion",
    "Result",
    "Meaning",
    "How it came about",
    "Passed",
    "Form version",
    "Reviewed by",
    "Third person",
    "Asked by",
    "Vetting",
)


def result_rows(brand: Brand) -> Iterator[tuple[object, ...]]:
    """Every result of a settled vetting, newest first, as a file has them."""
    yield from _rows(
        VettingResult.objects.filter(vetting__brand=brand, vetting__settled_at__isnull=False)
        .select_related(
            "criterion",
            "vetting__relationship__creator",
            "vetting__form",
            "vetting__requested_by",
            "vetting__settled_by",
        )
        .prefetch_related("vetting__reviews__reviewer")
        .order_by("-vetting__settled_at", "-vetting_id", "pk")
    )


def _rows(results: QuerySet[VettingResult]) -> Iterator[tuple[object, ...]]:
    for result in results.iterator(chunk_size=1_000):
        vetting = result.vetting
        value: object = result.choice if result.score is None else float(result.score)
        yield (
            vetting.relationship.creator.name,
            vetting.settled_at,
            result.criterion.label,
            value,
            result.meaning,
            result.get_basis_display(),
            {True: "passed", False: "failed", None: None}[result.passed],
            vetting.form.number,
            [
                review.reviewer.display_name
                for review in vetting.reviews.all()
                if review.reviewer
                and review.status == ReviewStatus.SUBMITTED
                and not review.is_adjudication
            ],
            vetting.settled_by.display_name if vetting.settled_by else None,
            vetting.requested_by.display_name if vetting.requested_by else None,
            vetting.pk,
        )
