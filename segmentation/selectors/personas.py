"""Which persona of a creator counts, which it suppresses and why, and how to work with them.

Personas are the segments of a dimension with precedence: the first that a creator is in is the
effective one, and the others stay visible (F163 to F168).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from segmentation.models import Dimension, Membership, Playbook, Segment


@dataclass(frozen=True)
class Suppressed:
    """A tag that does not count, since another comes first."""

    segment: Segment
    reason: str


@dataclass(frozen=True)
class EffectivePersona:
    """The persona that counts, with what its playbook recommends (None: it has none)."""

    dimension: Dimension
    segment: Segment
    suppressed: list[Suppressed]
    playbook: Playbook | None

    @property
    def do_not_pitch(self) -> bool:
        """Whether these creators are to be left in peace."""
        return self.playbook is not None and self.playbook.do_not_pitch

    @property
    def campaign_type(self) -> str:
        """What to recommend to them; empty where the playbook says nothing."""
        return self.playbook.campaign_type if self.playbook else ""


def effective_personas(
    stays: Iterable[tuple[Dimension, list[Membership]]],
) -> list[EffectivePersona]:
    """Return the effective persona of each dimension with precedence that has a stay.

    `stays` are a creator's, in order of precedence. One statement.
    """
    held = [(dimension, found) for dimension, found in stays if dimension.has_precedence and found]
    playbooks = Playbook.objects.in_bulk([found[0].segment_id for _, found in held])
    return [
        EffectivePersona(
            dimension=dimension,
            segment=found[0].segment,
            suppressed=[
                Suppressed(stay.segment, f"{found[0].segment.name} comes first")
                for stay in found[1:]
            ],
            playbook=playbooks.get(found[0].segment_id),
        )
        for dimension, found in held
    ]
