"""What scores add to the list of creators and its files: a column and an order for each in use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from django.db.models import FilteredRelation, Q, QuerySet

from campaigns.selectors.engagements import Mark
from crm.fact_keys import OF_A_SCORE
from crm.filters import Relationships, Sort
from crm.lists.columns import Column, Loaded, Look
from crm.models import Brand, Relationship
from crm.paging import Order
from crm.selectors import CreatorRow
from segmentation.models import CreatorScore, ScoreModel

# By what name rows know the score that they are sorted by.
_HELD = "sorted_score"


def in_use(brand: Brand) -> QuerySet[ScoreModel]:
    """The scores that creators have: counted once, and not archived."""
    return ScoreModel.objects.filter(
        brand=brand, archived_at=None, active_version__isnull=False
    ).order_by("name", "pk")


def columns(brand: Brand) -> list[Column]:
    """A column for each, by the name that rules have for it."""
    held = _Scores(in_use(brand))
    return [
        Column(
            OF_A_SCORE + model.key,
            model.name,
            "Scores",
            Look.NUMBER,
            load=partial(held.cells, model),
            sort=OF_A_SCORE + model.key,
        )
        for model in held.models
    ]


def sorts(brand: Brand) -> list[Sort]:
    """Up and down by each; who has no score comes last."""
    found = []
    for model in in_use(brand):
        for sign, words in (("-", "Highest"), ("", "Lowest")):
            order = Order(
                f"{sign}{OF_A_SCORE}{model.key}",
                f"{_HELD}__score",
                f"{_HELD}__creator_id",
                descending=bool(sign),
                nullable=True,
                tie_of_unknown="creator_id",
            )
            found.append(Sort(order, f"{words} {model.name}", partial(_with_score, model.pk)))
    return found


def marks(brand: Brand, creators: Collection[int]) -> Mapping[int, Sequence[Mark]]:
    """Their scores, for a campaign's shortlist; none of who objects to being scored."""
    objecting = Relationship.objects.filter(brand=brand, unprofiled_at__isnull=False)
    held = CreatorScore.objects.filter(
        model__in=in_use(brand), creator__in=creators, replaced_at=None
    ).exclude(creator__in=objecting.values("creator"))
    found: dict[int, list[Mark]] = defaultdict(list)
    for creator, name, score in held.order_by("model__name", "model").values_list(
        "creator_id", "model__name", "score"
    ):
        found[creator].append(Mark(name, score))
    return found


def _with_score(model: int, rows: Relationships) -> Relationships:
    """The rows beside the score that holds, where there is one they do not object to."""
    holds = Q(
        creator__held_score__model=model, creator__held_score__replaced_at=None, unprofiled_at=None
    )
    return rows.alias(**{_HELD: FilteredRelation("creator__held_score", condition=holds)})


class _Scores:
    """The scores of a page of creators by all models: one query, whichever are shown."""

    def __init__(self, models: Iterable[ScoreModel]) -> None:
        self.models = list(models)
        self._of: tuple[int, ...] = ()
        self._cells: dict[int, dict[int, float]] = {}

    def cells(self, model: ScoreModel, _brand: Brand, rows: Sequence[CreatorRow]) -> Loaded:
        """Those of one model; none of who objects to being scored."""
        # Who objects has no score from the next counting on: until then it is not shown.
        known = {
            row.creator.pk: row.relationship.pk
            for row in rows
            if row.relationship.unprofiled_at is None
        }
        if self._of != tuple(known):
            self._of, self._cells = tuple(known), defaultdict(dict)
            held = CreatorScore.objects.filter(
                model__in=self.models, creator__in=known, replaced_at=None
            )
            for pk, creator, score in held.values_list("model_id", "creator_id", "score"):
                self._cells[pk][known[creator]] = round(score, 1)
        return self._cells.get(model.pk, {})
