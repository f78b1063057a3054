"""Pictures of how often something was right, by what was said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

# By band: the mean of what was said, the share that came true, and of how many.
Curve: TypeAlias = Sequence[tuple[float, float, int]]


def curve(told: Sequence[tuple[float, bool]], bands: Sequence[float]) -> Curve:
    """By bands between these limits; empty ones are left out."""
    limits = (0.0, *bands, float("inf"))
    kept = [[one for one in told if low <= one[0] < high] for low, high in pairwise(limits)]
    return [
        (
            sum(said for said, _came in band) / len(band),
            sum(came for _said, came in band) / len(band),
            len(band),
        )
        for band in kept
        if band
    ]


def picture(curves: Mapping[str, Curve], *, title: str, across: str, up: str) -> str:
    """The curves as SVG; on the diagonal a number means what it says."""
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-20 0 500 460" font-size="13">',
        f"<title>{title}</title>",
        '<rect x="-20" width="500" height="460" fill="#fff"/>',
        '<path d="M50 410H450M50 410V10" stroke="#667" fill="none"/>',
        '<path d="M50 410L450 10" stroke="#bbc" stroke-dasharray="4 4" fill="none"/>',
        f'<text x="250" y="448" text-anchor="middle">{across}</text>',
        f'<text x="-6" y="210" transform="rotate(-90 -6 210)" text-anchor="middle">{up}</text>',
    ]
    for place in range(0, 101, 20):
        lines.append(f'<text x="{50 + 4 * place}" y="428" text-anchor="middle">{place} %</text>')
        lines.append(f'<text x="44" y="{414 - 4 * place}" text-anchor="end">{place} %</text>')
    colours = ("#1c6ea4", "#b3541e")
    for place, ((name, told), colour) in enumerate(zip(curves.items(), colours, strict=False)):
        points = [(50 + 400 * sure, 410 - 400 * right, number) for sure, right, number in told]
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y, _number in points)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}"/>')
        lines += [
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="{colour}"><title>{name}: {number:,}'
            "</title></circle>"
            for x, y, number in points
        ]
        lines.append(
            f'<text x="440" y="{380 + 18 * place}" text-anchor="end" fill="{colour}">{name}</text>'
        )
    return "\n".join([*lines, "</svg>", ""])
