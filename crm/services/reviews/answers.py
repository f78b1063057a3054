"""What somebody answers to the criteria of a form: checked and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm.models import Answer, Criterion, Review
from crm.models.reviews import SCORES
from crm.services.reviews.people import ReviewRefused

EVIDENCE_MAX, COMMENT_MAX = 1_000, 4_000


@dataclass(frozen=True)
class Given:
    """An answer to one criterion: a score, a choice, or that one cannot say; or not yet any."""

    score: int | None = None
    choice: str | None = None
    cannot_say: bool = False
    evidence: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether it says nothing at all."""
        return self.score is None and not self.choice and not self.cannot_say


def write_answers(
    review: Review, criteria: Sequence[Criterion], given: Mapping[str, Given], *, is_whole: bool
) -> list[Answer]:
    """Put answers, by key of the criterion, in the place of those that are there.

    `is_whole` refuses what is left out, and scores without the evidence that a criterion wants.
    Raises ReviewRefused.
    """
    known = {criterion.key: criterion for criterion in criteria}
    for key in given:
        if key not in known:
            raise ReviewRefused(f"“{key[:50]}” is not asked here.", f"answers/{key}")
    made = []
    for key, criterion in known.items():
        answer = _answer(review, criterion, given.get(key, Given()), is_whole=is_whole)
        if answer is not None:
            made.append(answer)
    review.answers.all().delete()
    return Answer.objects.bulk_create(made)


def checked_comment(text: str) -> str:
    """A comment as it is kept. Raises ReviewRefused."""
    text = text.strip()
    if len(text) > COMMENT_MAX:
        raise ReviewRefused(
            f"The comment has {len(text):,} characters; {COMMENT_MAX:,} are the most.", "comment"
        )
    return text


def _answer(review: Review, criterion: Criterion, given: Given, *, is_whole: bool) -> Answer | None:
    field = f"answers/{criterion.key}"
    evidence = given.evidence.strip()
    if len(evidence) > EVIDENCE_MAX:
        raise ReviewRefused(
            f"This has {len(evidence):,} characters; {EVIDENCE_MAX:,} are the most.", field
        )
    if given.is_blank:
        if is_whole:
            raise ReviewRefused(f"{criterion}: choose one, or say that you cannot tell.", field)
        # Evidence that was noted down already waits for its answer as "cannot say" would not.
        if evidence:
            raise ReviewRefused(f"{criterion}: choose one before you say what shows it.", field)
        return None
    if sum((given.score is not None, bool(given.choice), given.cannot_say)) > 1:
        raise ReviewRefused(f"{criterion}: give one answer only.", field)
    if given.cannot_say:
        return Answer(review=review, criterion=criterion, cannot_say=True, evidence=evidence)
    if criterion.is_scale and given.score not in SCORES:
        raise ReviewRefused(f"{criterion}: a score is one of 1, 2, 3, 4, 5.", field)
    if not criterion.is_scale and given.choice not in criterion.labels:
        labels = ", ".join(criterion.labels)
        raise ReviewRefused(f"{criterion}: the answer is one of {labels}.", field)
    if is_whole and criterion.needs_evidence and not evidence:
        raise ReviewRefused(f"{criterion}: say what shows it, with a link or a quotation.", field)
    return Answer(
        review=review,
        criterion=criterion,
        score=given.score,
        choice=given.choice or None,
        evidence=evidence,
    )
