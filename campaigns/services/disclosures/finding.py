"""What the rules make of a review's content now: a row for each different answer of theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.serializers.json import DjangoJSONEncoder

from campaigns.choices import DisclosureVerdict, ItemResult, ReviewStage
from campaigns.disclosure.case import Case, CaseRefused
from campaigns.disclosure.check import check
from campaigns.models import Deliverable, DisclosureFinding, DisclosureReview, Evidence
from campaigns.selectors.disclosures.cases import (
    answers_of,
    case_json,
    case_of,
    evidence_of,
    shown_of,
)
from campaigns.selectors.packs import packs_for
from campaigns.services.documents import digest_of

PROBLEM_MAX = 1_000


@dataclass(frozen=True)
class Looked:
    """What went in and what came out, as it is kept."""

    case: Case
    on: date
    evidence: Evidence | None
    sources: Mapping[str, int]
    verdict: DisclosureVerdict
    strictest: str
    result: dict[str, Any] | None
    problem: str
    packs: Mapping[str, Any]

    def row(self) -> dict[str, Any]:
        """The columns of a finding, and the digest over them."""
        case = _plain(case_json(self.case) | {"captured": dict(self.sources)})
        made = {
            "on": self.on,
            "verdict": self.verdict.value,
            "strictest": self.strictest,
            "case": case,
            "result": _plain(self.result),
            "problem": self.problem,
            "packs": _plain(self.packs),
        }
        return made | {"digest": digest_of(made)}


def day_of(piece: Deliverable, stage: str, at: datetime) -> date:
    """The brand's day whose rules count: that of publication, planned or real; else today."""
    moment = piece.published_at if stage == ReviewStage.LIVE else piece.publish_at
    return (moment or at).astimezone(ZoneInfo(piece.engagement.campaign.brand.timezone)).date()


def look(review: DisclosureReview, piece: Deliverable, at: datetime) -> Looked:
    """Ask the rules about what was captured; nothing is written."""
    on = day_of(piece, review.stage, at)
    packs = packs_for(piece.engagement.campaign.brand, on)
    shown = shown_of(evidence_of(piece, review.stage, review.draft))
    case = case_of(piece, shown, packs=packs, on=on, answers=answers_of(review))
    problem, found = "", None
    if piece.platform_id not in packs.platforms:
        problem = f"The rule packs do not know {piece.platform}: a person reads the rules for it."
    else:
        try:
            found = check(case, packs, on)
        except CaseRefused as refused:
            problem = str(refused)[:PROBLEM_MAX]
    if found is None:
        is_empty = shown["text"] is None and not case.has_media and case.title is None
        return Looked(
            case=case,
            on=on,
            evidence=shown.newest,
            sources=shown.sources,
            verdict=DisclosureVerdict.NOT_REVIEWED if is_empty else DisclosureVerdict.UNCLEAR,
            strictest="",
            result=None,
            problem=problem,
            packs={},
        )
    used = {
        one.key: {"version": one.pack.version, "digest": one.pack.digest}
        for one in found.per_jurisdiction
        if one.pack
    }
    return Looked(
        case=case,
        on=on,
        evidence=shown.newest,
        sources=shown.sources,
        verdict=DisclosureVerdict(found.verdict.value),
        strictest=found.strictest[:8],
        result=found.as_json(),
        problem="",
        packs={"jurisdictions": used, "lexicon": found.lexicon},
    )


def refresh(review: DisclosureReview, piece: Deliverable, at: datetime) -> DisclosureFinding:
    """Ask the rules again; the same answer makes no second row. The caller holds the review."""
    looked = look(review, piece, at)
    row = looked.row()
    if review.finding is not None and review.finding.digest == row["digest"]:
        return review.finding
    made = DisclosureFinding.objects.create(
        review=review, evidence=looked.evidence, made_at=at, **row
    )
    review.finding = made
    review.version += 1
    review.save(update_fields=["finding", "version"])
    return made


def refresh_open(piece: Deliverable, stage: ReviewStage, at: datetime) -> DisclosureReview | None:
    """As `refresh`, of the review of the piece that waits for somebody; the caller holds it."""
    review = (
        DisclosureReview.objects.select_for_update(no_key=True, of=("self",))
        .open()
        .filter(deliverable=piece, stage=stage)
        .select_related("finding", "draft")
        .first()
    )
    if review is not None:
        refresh(review, piece, at)
    return review


def items(finding: DisclosureFinding) -> dict[str, dict[str, Any]]:
    """The lines of all jurisdictions, by key."""
    return {
        item["key"]: item
        for one in (finding.result or {}).get("per_jurisdiction", ())
        for item in one["items"]
    }


def open_items(finding: DisclosureFinding) -> list[dict[str, Any]]:
    """What counts and nobody knows, where it stands in the way of a verdict."""
    return [
        item
        for one in (finding.result or {}).get("per_jurisdiction", ())
        if one["verdict"]
        not in {DisclosureVerdict.SUFFICIENT.value, DisclosureVerdict.NOT_REQUIRED.value}
        for item in one["items"]
        if item["blocks"] and item["result"] == ItemResult.UNKNOWN
    ]


def hard_stops(finding: DisclosureFinding) -> list[dict[str, Any]]:
    """What stops the post whatever its label says."""
    return [
        item
        for one in (finding.result or {}).get("per_jurisdiction", ())
        for item in one["items"]
        if item["key"] in one["blocked_by"]
    ]


def says_the_same(one: DisclosureFinding, other: DisclosureFinding) -> bool:
    """Whether a person who saw one of them saw the other: verdicts and all lines are equal."""
    return (one.verdict, one.problem, _lines(one)) == (other.verdict, other.problem, _lines(other))


def _lines(finding: DisclosureFinding) -> dict[str, tuple[str, bool]]:
    return {key: (item["result"], item["blocks"]) for key, item in items(finding).items()}


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
