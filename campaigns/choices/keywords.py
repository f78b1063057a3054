"""What people search for, what of it creators write, and which words are on the rise."""

from __future__ import annotations

from django.db import models


class SearchIntent(models.TextChoices):
    """What somebody wants who searches with these words."""

    INFORMATIONAL = "informational", "To learn something"
    COMMERCIAL = "commercial", "To compare before buying"
    TRANSACTIONAL = "transactional", "To buy"
    NAVIGATIONAL = "navigational", "To get to a site"
    LOCAL = "local", "To find a place"


class WordLanguage(models.TextChoices):
    """By whose endings words are held for the same: configurations of PostgreSQL's text search."""

    SIMPLE = "simple", "Any, without endings"
    DANISH = "danish", "Danish"
    DUTCH = "dutch", "Dutch"
    ENGLISH = "english", "English"
    FINNISH = "finnish", "Finnish"
    FRENCH = "french", "French"
    GERMAN = "german", "German"
    ITALIAN = "italian", "Italian"
    NORWEGIAN = "norwegian", "Norwegian"
    PORTUGUESE = "portuguese", "Portuguese"
    SPANISH = "spanish", "Spanish"
    SWEDISH = "swedish", "Swedish"


class ReferenceKind(models.TextChoices):
    """How a post points to the brand."""

    LINK = "link", "Link"
    MENTION = "mention", "Mention"


class TermKind(models.TextChoices):
    """What a topic is told by."""

    HASHTAG = "hashtag", "Hashtag"
    WORD = "word", "Word"


class TopicState(models.TextChoices):
    """What became of a topic on the rise."""

    OPEN = "open", "Nobody has decided"
    FOLLOWED = "followed", "Followed"
    DISMISSED = "dismissed", "Set aside"
