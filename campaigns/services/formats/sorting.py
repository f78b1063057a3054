"""Which format posts have: a person's word, else what our piece was to be about, else words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from campaigns.choices import ContentKind
from campaigns.models import Deliverable, PostFormat
from campaigns.services.formats.words import suggest

# The newest posts of a year are looked at.
WINDOW = timedelta(days=365)
LOOKED_AT = 200
# What a piece of ours may be about without its post being of a format.
_NO_FORMAT = (ContentKind.SPONSORED_POST, ContentKind.COLLABORATIVE, ContentKind.OTHER)


class SaidBy(StrEnum):
    """Who says what a post is about, the surest first."""

    PERSON = "a person"
    PIECE = "our piece"
    WORDS = "its words"


@dataclass(frozen=True, slots=True)
class Text:
    """A post as its format is told: its row, and its words."""

    post: int
    title: str
    caption: str


@dataclass(frozen=True, slots=True)
class Found:
    """The format of a post; None: nobody and no word says one."""

    kind: ContentKind | None
    said_by: SaidBy | None
    # What in its text suggests one.
    words: str


def sort_posts(brand_id: int, texts: Iterable[Text]) -> Mapping[int, Found]:
    """The format of each post for a brand, by post: two statements."""
    texts = list(texts)
    posts = [text.post for text in texts]
    said = dict(
        PostFormat.objects.filter(brand=brand_id, post__in=posts).values_list("post", "kind")
    )
    pieces = dict(
        Deliverable.objects.filter(engagement__campaign__brand=brand_id, post__in=posts)
        .exclude(kind__in=_NO_FORMAT)
        .values_list("post", "kind")
    )
    found = {}
    for text in texts:
        guess = suggest(text.title, text.caption)
        kind, said_by = None, None
        if text.post in said:
            kind, said_by = ContentKind(said[text.post]), SaidBy.PERSON
        elif text.post in pieces:
            kind, said_by = ContentKind(pieces[text.post]), SaidBy.PIECE
        elif guess:
            kind, said_by = guess[0], SaidBy.WORDS
        found[text.post] = Found(kind, said_by, guess[1] if guess else "")
    return found
