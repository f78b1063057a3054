"""Suggest values for creators of whom a fact is not known. Nobody's value changes by it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from crm.models import Brand
from segmentation.choices import AnswerStatus, ClassifierKind
from segmentation.classifying.documents import Guess
from segmentation.models import Classifier, ClassifierSettings, SuggestedValue
from segmentation.models.suggested_values import LEAST_CONFIDENCE
from segmentation.services.suggesting import arrays, learning, reading
from segmentation.services.suggesting.subjects import Subject, subjects_of

AT_ONCE = 500

# One that waits says what is thought now; one that says the same stays as it was.
_SUGGEST = """
INSERT INTO segmentation_suggestedvalue AS s
  (brand_id, creator_id, fact, value, confidence, others, evidence, classifier_id, priority,
   suggested_at, chosen, in_bulk, note)
SELECT %(brand)s, g.creator, %(fact)s, g.value, g.confidence, g.others, g.evidence,
  %(classifier)s, 0, %(at)s, '{}', false, ''
FROM jsonb_to_recordset(%(guesses)s::jsonb) AS g
  (creator bigint, value text, confidence float8, others jsonb, evidence jsonb)
ON CONFLICT (brand_id, creator_id, fact) WHERE status = 'open' DO UPDATE
SET value = excluded.value, confidence = excluded.confidence, others = excluded.others,
  evidence = excluded.evidence, classifier_id = excluded.classifier_id,
  suggested_at = excluded.suggested_at
WHERE (s.value, s.classifier_id, s.evidence)
  IS DISTINCT FROM (excluded.value, excluded.classifier_id, excluded.evidence)
"""
# Unsure first; more for facts that rules in use read, and where many wait with the same value.
_ORDER = """
UPDATE segmentation_suggestedvalue s SET priority = n.priority
FROM (
  SELECT o.id, (1 - coalesce(o.confidence, 0)) * (1 + coalesce(u.segments, 0))
    * ln(1 + count(*) OVER (PARTITION BY o.fact, o.value)) AS priority
  FROM segmentation_suggestedvalue o
  LEFT JOIN (
    SELECT asked #>> '{}' AS fact, count(DISTINCT g.id) AS segments
    FROM segmentation_segment g
    JOIN segmentation_segmentversion v ON v.id = g.active_version_id
    CROSS JOIN LATERAL jsonb_path_query(v.rule, 'strict $.**.fact') AS asked
    WHERE g.brand_id = %(brand)s AND g.status = 'active' GROUP BY 1
  ) u ON u.fact = o.fact
  WHERE o.brand_id = %(brand)s AND o.status = 'open'
) n
WHERE s.id = n.id AND s.priority IS DISTINCT FROM n.priority
"""


def fill_suggestions(*, brand: Brand, seed: int, at: datetime) -> int:
    """For the demo brand: what word lists say; how many wait. The first night learns."""
    return sum(refresh(brand=brand, at=at, learns=False).values())


def refresh(*, brand: Brand, at: datetime, learns: bool = True) -> dict[str, int]:
    """Learn where there is news, and suggest: how many wait afterwards, by fact."""
    least = least_confidence(brand)
    for subject in subjects_of(brand).values():
        if learns:
            learning.learn(brand, subject, at)
        _refresh(brand, subject, least, at)
    put_in_order(brand)
    learning.forget(brand, at)
    return waiting(brand)


def waiting(brand: Brand) -> dict[str, int]:
    """How many suggestions wait for an answer, by fact."""
    rows = SuggestedValue.objects.filter(brand=brand).open().of_the_willing()
    return dict(rows.order_by().values_list("fact").annotate(number=Count("pk")))


def least_confidence(brand: Brand) -> float:
    """Below it nothing is suggested."""
    held = ClassifierSettings.objects.filter(brand=brand).first()
    return LEAST_CONFIDENCE if held is None else held.least_confidence


def _refresh(brand: Brand, subject: Subject, least: float, at: datetime) -> None:
    classifier = learning.in_use(brand, subject, at)
    guesser = None if classifier is None else arrays.guesser_of(classifier)
    asked = reading.to_ask(brand, subject, at)
    sure: set[int] = set()
    if classifier is not None and guesser is not None:
        for start in range(0, len(asked), AT_ONCE):
            some = asked[start : start + AT_ONCE]
            documents = reading.documents_of(some)
            guesses = [guess for guess in guesser.guess(documents) if guess is not None]
            kept = [one for one in _allowed(guesses, subject) if (one.confidence or 0.0) >= least]
            write(brand, subject, classifier, kept, at)
            sure.update(one.creator for one in kept)
    withdraw(brand, subject, asked, sure, at)


def _allowed(guesses: Iterable[Guess], subject: Subject) -> Iterable[Guess]:
    """Those of values that the fact may have; others of it are left out."""
    for guess in guesses:
        if subject.allows(guess.value):
            others = [one for one in guess.others if subject.allows(one[0])]
            yield replace(guess, others=others)


@transaction.atomic
def write(
    brand: Brand, subject: Subject, classifier: Classifier, guesses: Sequence[Guess], at: datetime
) -> None:
    """Suggest what was guessed. One statement."""
    if not guesses:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _SUGGEST,
            {
                "brand": brand.pk,
                "fact": subject.fact,
                "classifier": classifier.pk,
                "at": at,
                "guesses": json.dumps([_row(guess) for guess in guesses]),
            },
        )


def _row(guess: Guess) -> dict[str, Any]:
    return {
        "creator": guess.creator,
        "value": guess.value[:120],
        "confidence": None if guess.confidence is None else round(guess.confidence, 4),
        "others": [[value, round(share, 4)] for value, share in guess.others],
        "evidence": {
            "terms": [list(term) for term in guess.terms],
            "posts": list(guess.posts),
            "read": guess.read,
            "note": guess.note,
        },
    }


@transaction.atomic
def withdraw(
    brand: Brand, subject: Subject, asked: Sequence[int], sure: set[int], at: datetime
) -> int:
    """Take back what waits where nothing is sure any more, or the value is known; how many.

    What a model outside said stays until the value is known: nobody asks it twice.
    """
    rows = SuggestedValue.objects.filter(brand=brand, fact=subject.fact).open()
    held = set(rows.values_list("creator", flat=True))
    known = held - reading.still_unknown(brand, subject, sorted(held), at)
    unsure = Q(creator__in=(set(asked) & held) - sure) & ~Q(classifier__kind=ClassifierKind.OUTSIDE)
    return rows.filter(Q(creator__in=known) | unsure).update(
        status=AnswerStatus.WITHDRAWN, closed_at=at
    )


@transaction.atomic
def put_in_order(brand: Brand) -> None:
    """Put what waits in the order in which answers help most. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDER, {"brand": brand.pk})
