"""What reviewers are asked and say."""

from __future__ import annotations

from django.db import models


class CriterionKind(models.TextChoices):
    """How reviewers answer a criterion."""

    SCALE = "scale", "1 to 5"
    CHOICE = "choice", "One of a list"


class VettingStatus(models.TextChoices):
    """Where a vetting stands."""

    OPEN = "open", "Waits for reviews"
    DISPUTED = "disputed", "Waits for a third person"
    SETTLED = "settled", "Settled"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ReviewStatus(models.TextChoices):
    """Where one person's review stands."""

    WAITING = "waiting", "Waiting"
    SUBMITTED = "submitted", "Handed in"
    DECLINED = "declined", "Declined"
    RELEASED = "released", "Given to somebody else"


class ResultBasis(models.TextChoices):
    """How the result of a criterion came about."""

    SINGLE = "single", "One review"
    AGREED = "agreed", "Both say so"
    MEDIAN = "median", "Median of two reviews"
    ONE_OF_TWO = "one_of_two", "Only one of two could say"
    ADJUDICATED = "adjudicated", "Decided by a third person"
    UNKNOWN = "unknown", "Nobody could say"
