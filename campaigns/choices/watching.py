"""How posts do at an age, whether a whole platform moved, and how people say they heard of us."""

from __future__ import annotations

from django.db import models


class ReadingBasis(models.TextChoices):
    """What a publication was compared with after two days."""

    PEERS = "peers", "Posts of other accounts at the same age"
    OWN = "own", "The account's own posts at the same age"
    OWN_NOW = "own_now", "The account's own posts, with their newest numbers"
    NOTHING = "nothing", "Nothing"


class PostMeasure(models.TextChoices):
    """What of a post is compared."""

    ENGAGEMENT = "engagement", "Engagements per follower"
    VIEWS = "views", "Views per follower"


class ShiftState(models.TextChoices):
    """What became of the word that a whole platform moved."""

    OPEN = "open", "Nobody has looked"
    NOTED = "noted", "Noted on the timeline"
    DISMISSED = "dismissed", "Set aside"


class SurveyChoice(models.TextChoices):
    """What an answer to "how did you hear of us?" names."""

    CREATOR = "creator", "A creator"
    CHANNEL = "channel", "Another way"
    UNKNOWN = "unknown", "Not known"
