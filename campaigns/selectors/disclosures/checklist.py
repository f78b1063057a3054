"""The checklist of a review: what each rule asks, what was found, by whom, and where it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.models import DisclosureAnswer, DisclosureFinding, DisclosureReview
from campaigns.selectors.packs import packs_for, signed_off

LAYERS = {
    "connection": "Connection on file",
    "label": "Label",
    "placement": "Placement",
    "platform_tool": "Platform's own label",
    "advertiser": "Advertiser named",
    "duties": "Duties of goods, permits and contracts",
}


@dataclass(frozen=True)
class Line:
    """One item in one jurisdiction. `engine` is what the rules saw where a person answered."""

    key: str
    layer: str
    jurisdiction: str
    jurisdiction_name: str
    question: str
    result: str
    reason: str
    engine: str | None
    # Unknown or failed, it stands in the way of "sufficient"; failed, it stops the piece.
    blocks: bool
    is_hard: bool
    note: str
    confidence: str | None
    sources: Sequence[Mapping[str, Any]]
    answer: DisclosureAnswer | None

    @property
    def needs_look(self) -> bool:
        """Whether a reviewer reads it: not in order, not known, or answered by a person."""
        return self.result in {"fail", "unknown"} or self.answer is not None

    @property
    def answered_by(self) -> str:
        """Who answered; empty: the rules did."""
        if self.answer is None:
            return ""
        return self.answer.by.display_name if self.answer.by else "Somebody who has left"

    @property
    def answered_at(self) -> datetime | None:
        """When a person answered."""
        return self.answer.at if self.answer else None


@dataclass(frozen=True)
class Group:
    """The lines of one question in all jurisdictions, the strictest first."""

    key: str
    name: str
    lines: Sequence[Line]

    @property
    def settled(self) -> int:
        """How many lines nobody has to read."""
        return sum(not line.needs_look for line in self.lines)


@dataclass(frozen=True)
class Checklist:
    """All that the rules ask of a piece as it was captured."""

    groups: Sequence[Group]
    # Why nothing could be asked; empty: it could.
    problem: str
    # Jurisdictions whose rules the brand's counsel does not stand by (any more), in sentences.
    unsigned: Sequence[str]

    @property
    def lines(self) -> Iterator[Line]:
        """Each line once."""
        for group in self.groups:
            yield from group.lines


def checklist_of(review: DisclosureReview, finding: DisclosureFinding | None = None) -> Checklist:
    """The checklist by what the rules said last, or in an earlier finding of the review."""
    finding = finding or review.finding
    if finding is None:
        return Checklist((), "Nobody has asked the rules yet.", ())
    if finding.result is None:
        return Checklist((), finding.problem, ())
    given = {
        answer.key: answer
        for answer in review.answers.filter(at__lte=finding.made_at)
        .select_related("by")
        .order_by("at", "pk")
    }
    lines: dict[str, list[Line]] = {key: [] for key in LAYERS}
    for one in finding.result["per_jurisdiction"]:
        for item in one["items"]:
            answer = given.get(item["key"]) if item["decided_by"] == "person" else None
            lines[item["layer"]].append(_line(one, item, answer))
    return Checklist(
        groups=[Group(key, name, lines[key]) for key, name in LAYERS.items() if lines[key]],
        problem="",
        unsigned=_unsigned(review, finding),
    )


def _line(one: Mapping[str, Any], item: Mapping[str, Any], answer: DisclosureAnswer | None) -> Line:
    return Line(
        key=item["key"],
        layer=item["layer"],
        jurisdiction=one["key"],
        jurisdiction_name=one["name"],
        question=item["question"],
        result=item["result"],
        reason=item["reason"],
        engine=item["engine"],
        blocks=item["blocks"],
        is_hard=item["hard"],
        note=item["note"],
        confidence=item["confidence"],
        sources=item["sources"],
        answer=answer,
    )


def _unsigned(review: DisclosureReview, finding: DisclosureFinding) -> list[str]:
    packs = packs_for(review.brand, finding.on)
    names = [one["key"] for one in (finding.result or {})["per_jurisdiction"]]
    return [one.words for one in signed_off(review.brand, packs, names).values() if one.words]
