"""What a pack would add to a brand, and how its segments compare with those that are there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from crm.models import Brand
from segmentation.choices import SegmentStatus
from segmentation.facts.catalogue import catalogue
from segmentation.models import Dimension, Segment, SegmentVersion
from segmentation.rules.errors import RuleInvalid
from segmentation.rules.facts import Catalogue
from segmentation.services.packs import files as pack_files
from segmentation.services.packs.files import Pack, SegmentDraft


class State(StrEnum):
    """How a segment of a pack and what the brand has under its key compare."""

    NEW = "new"
    # The pack asks for a fact that the brand has not got.
    IMPOSSIBLE = "impossible"
    SAME = "same"
    # Worded by an older version of the pack: the newer wording can be adopted.
    NEWER = "newer"
    # The newer wording waits as a draft.
    DRAFTED = "drafted"
    # The brand's own wording, or its own segment of that key.
    OWN = "own"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Line:
    """A segment of a pack beside what the brand has; `lacks` is what a pack could still fill in."""

    draft: SegmentDraft
    state: State
    segment: Segment | None = None
    version: SegmentVersion | None = None
    problem: str = ""
    lacks: tuple[str, ...] = ()

    @property
    def can_adopt(self) -> bool:
        """Whether adopting would change anything."""
        return self.state is State.NEWER or bool(self.lacks)


@dataclass(frozen=True)
class PackPlan:
    """What installing a pack adds to a brand, and what the brand has already and keeps."""

    pack: Pack
    dimension: Dimension | None
    lines: tuple[Line, ...]
    # Segments that the pack made once and no longer has.
    dropped: tuple[Segment, ...] = ()

    @property
    def adds(self) -> tuple[SegmentDraft, ...]:
        """The segments that installing makes."""
        return tuple(line.draft for line in self.lines if line.state is State.NEW)

    @property
    def keeps(self) -> tuple[str, ...]:
        """The keys that the brand has already."""
        return tuple(line.draft.key for line in self.lines if line.segment is not None)

    @property
    def adopts(self) -> tuple[Line, ...]:
        """What adopting the pack's newer version could change."""
        return tuple(line for line in self.lines if line.can_adopt)

    @property
    def adds_dimension(self) -> bool:
        """Whether installing makes the dimension; one that grows may have no segment yet."""
        return self.dimension is None and (bool(self.adds) or self.pack.grows)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to add."""
        return not (self.adds_dimension or self.adds)

    @property
    def is_installed(self) -> bool:
        """Whether the brand has the dimension from this pack."""
        return self.dimension is not None and self.pack.worded(self.dimension.origin)


def plan_pack(*, brand: Brand, name: str) -> list[PackPlan]:
    """What `install_pack` would do; `default` names the set for a new brand. Raises PackUnknown."""
    return plans_of(brand, pack_files.packs_named(name))


def plans_of(
    brand: Brand, packs: Collection[Pack], facts: Catalogue | None = None
) -> list[PackPlan]:
    """Plan several packs; what the brand has is asked for once, and `facts` only if need be."""
    dimensions = {one.key: one for one in Dimension.objects.filter(brand=brand)}
    segments = {
        one.key: one
        for one in Segment.objects.filter(brand=brand).select_related("active_version", "playbook")
    }
    newest = {
        version.segment_id: version
        for version in SegmentVersion.objects.filter(segment__brand=brand)
        .order_by("segment_id", "-number")
        .distinct("segment_id")
    }
    plans = []
    for pack in packs:
        drafts = pack_files.drafts(pack, brand)
        keys = {draft.key for draft in drafts}
        if facts is None and any(key not in segments for key in keys):
            facts = catalogue(brand)
        lines = tuple(
            _present(pack, draft, segments[draft.key], newest.get(segments[draft.key].pk))
            if draft.key in segments
            else _absent(draft, facts or catalogue(brand))
            for draft in drafts
        )
        dropped = tuple(
            segment
            for segment in segments.values()
            if pack.worded(segment.origin)
            and segment.key not in keys
            and segment.status != SegmentStatus.ARCHIVED
        )
        plans.append(PackPlan(pack, dimensions.get(pack.key), lines, dropped))
    return plans


def _absent(draft: SegmentDraft, facts: Catalogue) -> Line:
    try:
        draft.wording.require_valid(facts, segment=draft.key)
    except RuleInvalid as invalid:
        return Line(draft, State.IMPOSSIBLE, problem=invalid.errors[0].message)
    return Line(draft, State.NEW)


def _present(
    pack: Pack, draft: SegmentDraft, segment: Segment, newest: SegmentVersion | None
) -> Line:
    version = segment.active_version
    lacks = []
    if segment.status == SegmentStatus.ARCHIVED:
        state = State.ARCHIVED
    elif not pack.worded(segment.origin):
        state = State.OWN
    else:
        if draft.definition and not segment.definition:
            lacks.append("definition")
        if draft.playbook and not hasattr(segment, "playbook"):
            lacks.append("playbook")
        if version is not None and draft.wording.is_of(version):
            state = State.SAME
        elif version is None or not pack.worded(version.origin):
            state = State.OWN
        elif newest is not None and draft.wording.is_of(newest):
            state = State.DRAFTED
        else:
            state = State.NEWER
    return Line(draft, state, segment, version, lacks=tuple(lacks))
