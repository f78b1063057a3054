"""How a ranking stands when its weights move: measured with each counting, by the worker."""

from __future__ import annotations

from typing import Any

from segmentation.scoring.definition import LEAVE_OUT, NO_SCORE, Definition

# Who stands below these cannot come to the top by weights that are a quarter off.
CANDIDATES = 5_000
# Among fewer, "the first 50" is everybody.
FEWEST = 20


def measure(cursor: Any, definition: Definition) -> dict[str, Any]:
    """What `rank_stability` finds of the table score_found; {} where there is nothing to rank."""
    # Heavy, and for workers only.
    import numpy as np  # noqa: PLC0415

    from segmentation.scoring.stability import TOP, rank_stability  # noqa: PLC0415

    cursor.execute(
        "SELECT points FROM score_found ORDER BY score DESC, creator_id LIMIT %s", [CANDIDATES]
    )
    rows = [row[0] for row in cursor.fetchall()]
    if len(rows) < FEWEST or len(definition.components) < 2:
        return {}
    assumed = [
        np.nan if one.missing in {LEAVE_OUT, NO_SCORE} else float(one.missing)
        for one in definition.components
    ]
    points = np.array(
        [
            [other if point is None else point for point, other in zip(row, assumed, strict=True)]
            for row in rows
        ],
        dtype=float,
    )
    weights = np.array([one.weight for one in definition.components])
    # The first half at most: else most of them cannot but stay.
    return rank_stability(points, weights, top=min(TOP, len(rows) // 2))
