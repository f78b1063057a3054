"""What people write below posts."""

from __future__ import annotations

from django.db import models


class CommentKind(models.TextChoices):
    """What a comment is to the people who make a product."""

    QUESTION = "question", "Question"
    PRAISE = "praise", "Praise"
    OBJECTION = "objection", "Objection"
    PROBLEM = "problem", "Product issue"
    OTHER = "other", "Something else"


class Mood(models.TextChoices):
    """How a comment sounds."""

    POSITIVE = "positive", "Positive"
    NEUTRAL = "neutral", "Neither"
    NEGATIVE = "negative", "Negative"


class ThemeState(models.TextChoices):
    """What became of a theme of comments."""

    OPEN = "open", "Nobody has it"
    ROUTED = "routed", "Given to somebody"
    HANDLED = "handled", "Handled"


class LearnedTask(models.TextChoices):
    """What is learned from a brand's own decisions, and of advertising from its posts, too."""

    COMMENT_KIND = "comment_kind", "Kind of a comment"
    COMMENT_MOOD = "comment_mood", "Mood of a comment"
    COMMENT_RELEVANCE = "comment_relevance", "Comments on the topic"
    DISCLOSURE = "disclosure", "Posts that read like advertising"


class LearnedStatus(models.TextChoices):
    """What became of a version of what was learned."""

    IN_USE = "in_use", "in use"
    REFUSED = "refused", "refused: worse"
    RETIRED = "retired", "until a later one"

    @classmethod
    def of(cls, score: float, before: float, *, is_used: bool) -> LearnedStatus:
        """By how it did, and what was in use till then, on what neither had seen."""
        if is_used:
            return cls.IN_USE
        return cls.REFUSED if score < before else cls.RETIRED
