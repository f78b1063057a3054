"""What only some forms of content have: openings of effects, downloads of episodes, what is seen
to the end. A campaign without such pieces has no such figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.selectors.reports.cuts import Count, Group, sum_of
from campaigns.selectors.reports.figures import Figure
from campaigns.selectors.reports.sources import Piece
from campaigns.services.objectives import Unit
from crm.choices import PostKind

SEEN = frozenset({PostKind.SHORT_VIDEO, PostKind.VIDEO, PostKind.LIVE, PostKind.STORY})


def own_figures(group: Group, prefix: str) -> list[Figure]:
    """Figures of effects, of episodes, and of what runs, where such a piece is published."""
    published = [piece for part in group.parts for piece in part.published]
    effects = [piece for piece in published if piece.form == PostKind.AR_EFFECT]
    episodes = [piece for piece in published if piece.form == PostKind.AUDIO]
    running = [piece for piece in published if piece.form in SEEN]
    found = []
    if effects:
        found += [
            sum_of(f"{prefix}:opens", "Effects opened", effects, _opens, "openings"),
            sum_of(f"{prefix}:captures", "Captured with effects", effects, _captures, "captures"),
            _figure(f"{prefix}:capture_rate", effects, CAPTURED),
        ]
    if episodes:
        found += [
            sum_of(f"{prefix}:downloads", "Episodes downloaded", episodes, _downloads, "downloads"),
            _figure(f"{prefix}:listen_through", episodes, HEARD),
        ]
    if any(piece.completions is not None for piece in running):
        found.append(_figure(f"{prefix}:view_through", running, WATCHED))
    return found


def _opens(piece: Piece) -> int | None:
    return piece.opens


def _captures(piece: Piece) -> int | None:
    return piece.captures


def _downloads(piece: Piece) -> int | None:
    return piece.downloads


def _views(piece: Piece) -> int | None:
    return piece.views


def _completions(piece: Piece) -> int | None:
    return piece.completions


@dataclass(frozen=True)
class Share:
    """A part of a whole, over publications of which both are known."""

    label: str
    part: Count
    whole: Count
    formula: str


CAPTURED = Share("Captures per opening", _captures, _opens, "captures / openings")
HEARD = Share("Heard to the end", _completions, _downloads, "heard to the end / downloads")
WATCHED = Share("Seen to the end", _completions, _views, "seen to the end / views")


def _figure(key: str, pieces: Sequence[Piece], share: Share) -> Figure:
    known = [
        (part, whole)
        for piece in pieces
        if (part := share.part(piece)) is not None and (whole := share.whole(piece))
    ]
    total = sum(whole for _part, whole in known)
    return Figure(
        key,
        share.label,
        Unit.PERCENT,
        100 * sum(part for part, _whole in known) / total if total else None,
        len(known),
        len(pieces),
        "publications",
        f"{share.formula}, over publications of which both are known; version 1",
        absent="" if known else f"Of no publication is known: {share.formula}.",
        inputs=[("Publications with both", f"{len(known):,} of {len(pieces):,}")],
    )
