"""The wordings of a segment, and what each changed: in words and in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst

from segmentation.choices import UnknownPolicy
from segmentation.models import Segment, SegmentVersion
from segmentation.rules import json_form, prose, tree
from segmentation.rules.difference import Difference, Piece, differences, text_pieces
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.facts import Catalogue

VERSIONS_SHOWN = 10
# Column and its name in words: what a version says besides its rules.
_SETTINGS = {
    "minimum_stay_days": "shortest stay in days",
    "near_percent": "near misses within percent",
    "unknown_policy": "when a fact is missing",
}


@dataclass(frozen=True)
class Comparison:
    """What `after` says that `before` (None: nothing) did not."""

    before: SegmentVersion | None
    after: SegmentVersion
    rule: list[Difference]
    stay_rule: list[Difference]
    settings: list[str]
    pieces: list[Piece] = field(repr=False)
    stay_pieces: list[Piece] = field(repr=False)

    @property
    def sentences(self) -> list[str]:
        """All that changed, a sentence each."""
        stay = [f"To stay in: {_lowered(one.words)}" for one in self.stay_rule]
        return [*(one.words for one in self.rule), *stay, *self.settings]


@dataclass(frozen=True)
class VersionLine:
    """A version in the list, with what it changed in the version before it."""

    version: SegmentVersion
    is_active: bool
    changes: list[str]

    @property
    def is_draft(self) -> bool:
        """Whether it was never in use."""
        return self.version.activated_at is None


def compare(before: SegmentVersion | None, after: SegmentVersion, facts: Catalogue) -> Comparison:
    """Return what `after` changes in `before`."""
    old_stay = before.stay_rule_text if before else ""
    return Comparison(
        before=before,
        after=after,
        rule=_rule_differences(before.rule if before else None, after.rule, facts),
        stay_rule=_rule_differences(before.stay_rule if before else None, after.stay_rule, facts),
        settings=_settings(before, after),
        pieces=text_pieces(before.rule_text if before else "", after.rule_text),
        stay_pieces=text_pieces(old_stay, after.stay_rule_text),
    )


def version_lines(segment: Segment, facts: Catalogue) -> list[VersionLine]:
    """Return the newest versions, each with what it changed. One statement."""
    found = list(segment.versions.select_related("author")[: VERSIONS_SHOWN + 1])
    before: Sequence[SegmentVersion | None] = [*found[1:], None]
    return [
        VersionLine(
            version,
            version.pk == segment.active_version_id,
            compare(older, version, facts).sentences if older else [],
        )
        for version, older in zip(found[:VERSIONS_SHOWN], before, strict=False)
    ]


def find_version(segment: Segment, number: int) -> SegmentVersion | None:
    """Return the segment's version of this number."""
    return segment.versions.select_related("author").filter(number=number).first()


def version_prose(version: SegmentVersion, facts: Catalogue) -> str:
    """Return the version's rule as a sentence; empty where it cannot be read."""
    node = _loaded(version.rule)
    return "" if node is None else prose.in_words(node, facts)


def _rule_differences(before: Any, after: Any, facts: Catalogue) -> list[Difference]:
    return differences(_loaded(before), _loaded(after), facts)


def _loaded(stored: Any) -> tree.Node | None:
    """A stored rule; None for none, and for one of a notation that is read no more."""
    if stored is None:
        return None
    try:
        return json_form.load(stored)
    except RuleInvalid:
        return None


def _settings(before: SegmentVersion | None, after: SegmentVersion) -> list[str]:
    if before is None:
        return []
    found = []
    for name, label in _SETTINGS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            found.append(f"{capfirst(label)}: {_shown(name, old)} becomes {_shown(name, new)}")
    return found


def _shown(name: str, value: Any) -> str:
    if name == "unknown_policy":
        return UnknownPolicy(value).label.lower()
    return str(value)


def _lowered(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}"


def comparison_row(found: Comparison) -> dict[str, Any]:
    """A comparison as the API shows it."""
    return {
        "before": found.before.number if found.before else None,
        "after": found.after.number,
        "changes": found.sentences,
        "rule_text": [{"part": one.part.value, "text": one.text} for one in found.pieces],
        "stay_rule_text": [{"part": one.part.value, "text": one.text} for one in found.stay_pieces],
    }
