"""What a connector says of itself, and what passes between it and those who pull."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any, ClassVar, Self

from crm.choices import Source

# What a row of a profile and of a post may say: targets of an import (docs/import.md). A number
# that the other side does not tell is left out or None, never 0.
PROFILE_CELLS = frozenset(
    (
        *("handle", "account_id", "profile_url", "display_name", "bio", "is_verified"),
        *("followers", "following", "posts_count", "avg_views", "avg_likes", "avg_comments"),
        *("avg_shares", "engagement_rate"),
    )
)
POST_CELLS = frozenset(
    (
        *("handle", "account_id", "post_id", "post_url", "posted_at", "post_kind", "title"),
        *("caption", "post_language", "is_paid_partnership", "followers_at_post", "likes"),
        *("comments", "shares", "saves", "views", "reach", "impressions"),
    )
)
# Shares of the audience as fractions: {"DK": 0.25}; `quality` is one number.
AUDIENCE_CELLS = frozenset(("countries", "ages", "genders", "languages", "quality"))


@dataclass(frozen=True, slots=True)
class Field:
    """Something that the other side wants to know of who asks."""

    key: str
    label: str
    help: str = ""
    is_secret: bool = True
    # Digits only: it becomes a part of an address.
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What the other side allows: units for each day of `zone`, and calls a minute."""

    per_minute: int
    units_per_day: int | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Account:
    """A profile that is pulled: `id` is ours, `external_id` the platform's, or empty."""

    id: int
    platform: str
    handle: str
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """How a brand set the connector up."""

    credentials: Mapping[str, str]
    posts_each: int = 25


@dataclass(frozen=True, slots=True)
class Call:
    """One call to be made. It waits in the database, so it holds no secret.

    `step` is what `read` goes by; `accounts` are the ids of those whom the answer is about; `carry`
    is whatever `read` wants to have again, as JSON.
    """

    step: str
    url: str
    accounts: tuple[int, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    units: int = 1
    carry: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it waits: what the database gives back is equal to it."""
        return {**asdict(self), "accounts": list(self.accounts)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What `to_json` gave."""
        return cls(**{**stored, "accounts": tuple(stored["accounts"])})


@dataclass(frozen=True, slots=True)
class Signed:
    """What is added to a call so that the other side knows who asks."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """An account of which nothing came, or less: `code` groups, `reason` is for people."""

    account: int
    code: str
    reason: str


@dataclass(slots=True)
class Page:
    """What an answer means: rows by account, what was not to be had, and the calls that follow."""

    profiles: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    posts: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    audiences: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    then: list[Call] = field(default_factory=list)


class Wrong(StrEnum):
    """What is done about an answer that is no page."""

    KEY = "key"  # the key does not open it: stop, and tell somebody
    QUOTA = "quota"  # used up for the day: wait for the next one
    BUSY = "busy"  # too fast: wait
    DOWN = "down"  # broken for now: try again later
    MISSING = "missing"  # there is no such account: go on with the others
    REFUSED = "refused"  # it does not like this call: go on, but not for ever


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer is no page, in words for people."""

    wrong: Wrong
    words: str
    wait: timedelta | None = None


class Malformed(Exception):
    """The answer is not of the form that the other side describes; the message says where."""


class Kind(ABC):
    """A platform or tool."""

    key: ClassVar[str]
    name: ClassVar[str]
    # One sentence: what one gets. And what to know before one begins: where the key comes from.
    about: ClassVar[str]
    before: ClassVar[str]
    platforms: ClassVar[tuple[str, ...]]
    source: ClassVar[Source]
    fields: ClassVar[tuple[Field, ...]]
    hosts: ClassVar[frozenset[str]]
    limits: ClassVar[Limits]
    # How many profiles are begun with at once.
    batch: ClassVar[int] = 1

    @abstractmethod
    def trial(self, setup: Setup) -> Call:
        """A cheap call that shows whether the key opens."""

    @abstractmethod
    def begin(self, accounts: Sequence[Account], setup: Setup) -> Page:
        """The first calls for a group of at most `batch` accounts."""

    @abstractmethod
    def read(self, call: Call, answer: Any, accounts: Mapping[int, Account], setup: Setup) -> Page:
        """What the JSON of an answer means. Raises Malformed; KeyError, TypeError are the same."""

    @abstractmethod
    def sign(self, credentials: Mapping[str, str]) -> Signed:
        """Who asks."""

    def fault(self, status: int, answer: Any) -> Fault | None:
        """What an answer with this status and JSON (None: it is none) says went wrong."""
        return usual_fault(status, said_in(answer))

    def rest(self, headers: Mapping[str, str]) -> timedelta | None:
        """How long to leave the other side alone after an answer with these headers, if at all."""
        del headers
        return None


def usual_fault(status: int, said: str = "") -> Fault | None:
    """What a status of HTTP alone says; `said` are the words of the other side."""
    words = f"{status}: {said}" if said else f"It answered {status}."
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Fault(Wrong.KEY, words)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Fault(Wrong.BUSY, words)
    if status == HTTPStatus.NOT_FOUND:
        return Fault(Wrong.MISSING, words)
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Fault(Wrong.DOWN, words)
    return Fault(Wrong.REFUSED, words)


def said_in(answer: Any) -> str:
    """The words of an error in the forms that are usual, in one short line."""
    found = answer
    for _ in range(3):
        if not isinstance(found, dict):
            break
        found = next((found[key] for key in ("error", "message", "detail") if found.get(key)), "")
    return " ".join(found.split())[:200] if isinstance(found, str) else ""
