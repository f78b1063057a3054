"""What is known about a creator for a brand on a day. None always means: nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class IncidentSeen:
    """An incident that was not dismissed."""

    number: int
    severity: str
    noticed_on: date
    is_confirmed: bool = False
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """A hard gate that is shut: its key in the weights, and what is the matter."""

    key: str
    words: str


@dataclass(frozen=True)
class Inputs:
    """Everything that goes in."""

    on: date
    incidents: tuple[IncidentSeen, ...] = ()
    # Published sponsored posts that legal decided about, and how many of them were sufficient.
    reviewed: int = 0
    sufficient: int = 0
    reviewed_on: date | None = None
    # How many campaigns under way the creator has a place in, and the sensitive goods of these:
    # the category, and the campaigns.
    campaigns: int = 0
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minors: Decimal | None = None
    minors_source: str = ""
    minors_on: date | None = None
    # Snapshots of content in which somebody looked for it, and in which it was found.
    looked: int = 0
    altered: int = 0
    altered_on: date | None = None
    # Published, and waiting for a review longer than the weights allow.
    unreviewed: int = 0
    unreviewed_since: date | None = None
    # Beyond what follows from the incidents.
    gates: tuple[Gate, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """What one input came to. `points` None: nothing is known, so nothing is added."""

    key: str
    label: str
    value: str
    points: Decimal | None
    source: str
    # Of the newest thing that it rests on.
    on: date | None
    why: str


@dataclass(frozen=True)
class Outcome:
    """The tier, with all that made it."""

    tier: str
    points: Decimal
    gates: tuple[Gate, ...]
    lines: tuple[Line, ...]
    weights: str
    # What would make it another tier if it were known.
    unknown: tuple[str, ...]
