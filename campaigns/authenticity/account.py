"""What is known of an account on a day. None always means: nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

RAISED, CLEAR, UNKNOWN = "raised", "clear", "unknown"


@dataclass(frozen=True, slots=True)
class Count:
    """How many followed on a day."""

    on: date
    followers: int


@dataclass(frozen=True, slots=True)
class PostSeen:
    """The newest counts of a post."""

    on: date
    likes: int | None = None
    comments: int | None = None
    views: int | None = None
    followers_then: int | None = None

    @property
    def interactions(self) -> int | None:
        """Likes and comments, as far as either is known."""
        if self.likes is None and self.comments is None:
            return None
        return (self.likes or 0) + (self.comments or 0)


@dataclass(frozen=True)
class Account:
    """Everything that goes in; counts and posts in the order of their days."""

    platform: str
    on: date
    counts: tuple[Count, ...] = ()
    posts: tuple[PostSeen, ...] = ()
    following: int | None = None
    posts_count: int | None = None
    handle: str = ""
    following_on: date | None = None
    # As the source states it for an average post of the account.
    avg_likes: float | None = None
    avg_comments: float | None = None
    avg_views: float | None = None
    averages_on: date | None = None
    # Two letters; empty: not known.
    home: str = ""
    countries: Mapping[str, float] = field(default_factory=dict)
    quality: float | None = None
    quality_on: date | None = None
    quality_source: str = ""
    # Of the countries.
    audience_on: date | None = None
    audience_source: str = ""

    @property
    def followers(self) -> int | None:
        """The newest count."""
        return self.counts[-1].followers if self.counts else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of looking for one sign."""

    key: str
    state: str
    # What was found, or why nothing can be told, in words with the numbers.
    value: str
    # From which numbers on it is raised, in words; empty where none applies.
    threshold: str
    source: str
    # Of the newest thing that it rests on.
    on: date | None = None
    # How far the number went towards its threshold: 1 is on it, 2 twice as far; None: unknown.
    excess: float | None = None


# Beyond these a number says no more.
_LEAST, _MOST = 0.001, 100.0


def excess(number: float, threshold: float) -> float:
    """How far a number went towards its threshold, from 0.001 to 100."""
    if threshold <= 0:
        return _MOST if number > 0 else _LEAST
    return round(min(max(number / threshold, _LEAST), _MOST), 3)


def at_ease(value: float) -> float:
    """Of a number that would be far, where something beside it explains why."""
    return min(value, 0.5)
