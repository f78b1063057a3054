"""A brand's scores as facts: what a creator's score was at the moment of the row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crm.fact_keys import OF_A_SCORE
from segmentation.rules.facts import Fact, FactType

SOURCE = "Score"


# One row at most: the score that held at the moment.
_HELD = (
    "(SELECT x.score FROM segmentation_creatorscore x WHERE x.model_id = {model} "
    "AND x.creator_id = f.creator_id AND x.counted_at <= f.moment "
    "AND (x.replaced_at IS NULL OR x.replaced_at > f.moment))"
)


@dataclass(frozen=True)
class ScoreName:
    """A score of the brand, as the vocabulary tells it."""

    id: int
    key: str
    name: str
    is_archived: bool


def scores(named: Iterable[ScoreName]) -> Iterator[Fact]:
    """A fact for each score in use."""
    for score in named:
        if not score.is_archived:
            yield Fact(
                key=OF_A_SCORE + score.key,
                label=score.name,
                type=FactType.NUMBER,
                sql=_HELD.format(model=score.id),
                unit="points",
                description=f"The score “{score.name}”, 0 to 100, as it was last counted. Unknown "
                "where too little was known.",
                source=SOURCE,
                app="segmentation",
                minimum=0,
                maximum=100,
            )


def is_score(key: str) -> bool:
    """Whether the key of a fact is that of a score."""
    return key.startswith(OF_A_SCORE)


def archived_scores(named: Iterable[ScoreName]) -> dict[str, str]:
    """Why a rule cannot ask for a score any more, by key."""
    return {
        OF_A_SCORE + score.key: f"The score “{score.name}” is archived: bring it back, or ask for "
        "something else."
        for score in named
        if score.is_archived
    }
