"""A ranking as a file: every creator with the score, their place, and what each part brought."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from segmentation.models import ScoreModel
from segmentation.selectors.scores import ranking_rows

_HEAD = (
    "place",
    "uid",
    "name",
    "platform",
    "handle",
    "followers",
    "stage",
    "score",
    "known",
    "version",
    "counted_at",
)


def ranking_file(model: ScoreModel) -> tuple[list[str], Iterator[list[object]]]:
    """The head and the lines of the ranking, the highest score first.

    The points of a component stand in the column of its key, as `points.KEY`; a component that the
    creator's version does not have, and one whose fact was not known, are empty.
    """
    parts = {
        version.pk: [component["key"] for component in version.definition["components"]]
        for version in model.versions.all()
    }
    keys = list(dict.fromkeys(key for keys in parts.values() for key in keys))
    return [*_HEAD, *(f"points.{key}" for key in keys)], _lines(model, parts, keys)


def _lines(
    model: ScoreModel, parts: dict[int, list[str]], keys: list[str]
) -> Iterator[list[object]]:
    numbers = {version.pk: version.number for version in model.versions.all()}
    rows = ranking_rows(model).annotate(of_version=F("version_id"), brought=F("points"))
    ordered = rows.order_by("-score", "-creator_id")
    for place, row in enumerate(ordered.iterator(chunk_size=1_000), 1):
        version = row["of_version"]
        points = dict(zip(parts.get(version, ()), row["brought"], strict=False))
        yield [
            place,
            row["uid"],
            row["name"],
            row["platform"],
            row["handle"],
            row["followers"],
            row["stage"],
            round(row["score"], 2),
            round(row["known"], 4),
            numbers.get(version),
            row["counted_at"],
            *(points.get(key) for key in keys),
        ]
