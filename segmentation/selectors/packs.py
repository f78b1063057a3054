"""The list of packs and the preview of one: what it would add, keep, and word differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from crm.models import Brand
from segmentation.choices import SegmentStatus
from segmentation.facts.catalogue import catalogue
from segmentation.metrics.catalogue import kpi_label
from segmentation.models import Dimension, Playbook, Segment, SegmentVersion
from segmentation.rules import prose
from segmentation.rules.facts import Catalogue
from segmentation.selectors.versions import Comparison, compare
from segmentation.services.packs import files as pack_files
from segmentation.services.packs.files import Pack
from segmentation.services.packs.plans import Line, PackPlan, State, plans_of

GROUPS = {
    "sizes": "Size schemes",
    "dimensions": "Dimensions",
    "examples": "Worked examples",
}
STATES = {
    State.NEW: "will be added",
    State.IMPOSSIBLE: "cannot be added",
    State.SAME: "there, as the pack words it",
    State.NEWER: "there, the pack words it differently now",
    State.DRAFTED: "there, the newer wording waits as a draft",
    State.OWN: "there, in your own words: it stays so",
    State.ARCHIVED: "archived by you: it stays so",
}


@dataclass(frozen=True)
class PackCard:
    """A pack in the list."""

    pack: Pack
    # The version that the brand's dimension was installed or last adopted from; empty: not there.
    installed: str
    segments: int

    @property
    def is_older(self) -> bool:
        """Whether the brand has an older version than there is."""
        return bool(self.installed) and self.installed != self.pack.origin


@dataclass(frozen=True)
class PackGroup:
    """Packs of a kind."""

    title: str
    cards: list[PackCard]


@dataclass(frozen=True)
class SegmentPreview:
    """A segment of the pack in words, beside what the brand has."""

    line: Line
    state: str
    rule_text: str
    rule_words: str
    primary_kpi: str
    playbook: list[tuple[str, str]]
    # Between the brand's wording and the pack's, where they differ.
    comparison: Comparison | None


@dataclass(frozen=True)
class PackPage:
    """The preview of a pack."""

    plan: PackPlan
    segments: list[SegmentPreview]
    changes: list[tuple[int, str]]


def pack_groups(brand: Brand) -> list[PackGroup]:
    """All packs by kind, and which of them the brand has. Two statements."""
    origins = dict(Dimension.objects.filter(brand=brand).values_list("key", "origin"))
    segments = Segment.objects.filter(brand=brand).exclude(status=SegmentStatus.ARCHIVED)
    made = Counter(
        origin.rpartition(" v")[0] for origin in segments.values_list("origin", flat=True)
    )
    order = list(GROUPS)
    packs = sorted(
        (pack_files.read(name) for name in pack_files.names()),
        key=lambda pack: (order.index(pack.group), pack.dimension["position"], pack.key),
    )
    return [
        PackGroup(
            GROUPS[group],
            [PackCard(pack, _installed(pack, origins), made[pack.key]) for pack in found],
        )
        for group, found in groupby(packs, key=lambda pack: pack.group)
    ]


def pack_page(brand: Brand, name: str) -> PackPage:
    """The preview of a pack. Raises pack_files.PackUnknown."""
    pack = pack_files.read(name)
    facts = catalogue(brand)
    [plan] = plans_of(brand, [pack], facts)
    return PackPage(
        plan=plan,
        segments=[_preview(line, facts) for line in plan.lines],
        changes=sorted(pack.changes.items(), reverse=True),
    )


def _installed(pack: Pack, origins: Mapping[str, str]) -> str:
    origin = origins.get(pack.key, "")
    return origin if pack.worded(origin) else ""


def _preview(line: Line, facts: Catalogue) -> SegmentPreview:
    draft = line.draft
    is_readable = line.state is not State.IMPOSSIBLE
    words = SegmentVersion(**draft.wording.columns(facts))
    differs = line.version is not None and not draft.wording.is_of(line.version)
    return SegmentPreview(
        line=line,
        state=STATES[line.state],
        rule_text=words.rule_text,
        rule_words=prose.in_words(draft.rule, facts) if is_readable else "",
        primary_kpi=kpi_label(draft.primary_kpi),
        playbook=_playbook_words(draft.playbook),
        comparison=compare(line.version, words, facts) if differs and is_readable else None,
    )


def _playbook_words(playbook: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The entries of a playbook as label and words, in the order of its columns."""
    found = []
    for column in Playbook._meta.concrete_fields:
        value = playbook.get(column.name)
        if value is None or value == "" or value is False:
            continue
        if column.name == "maximum_share":
            words = f"{value:.0%} of a campaign's creators"
        elif value is True:
            words = "yes"
        else:
            words = dict(column.flatchoices).get(value, str(value))
        found.append((str(column.verbose_name).capitalize(), words))
    return found
