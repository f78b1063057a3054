"""Versions of what a brand's own decisions taught, with how well each did, over REST."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.pagination import PageQuery, Row
from crm.choices import LearnedStatus, LearnedTask, Scope
from crm.models import LearnedModel
from crm.paging import Order

ORDER = Order("learned-models", key="trained_at", descending=True)
COLUMNS = (
    *("id", "task", "number", "is_used", "labels", "held_out", "score", "score_before"),
    "trained_at",
)


class LearnedModelSerializer(serializers.Serializer[Any]):
    """One version of what was learned, and how it did on what it never learned from."""

    id = serializers.IntegerField()
    task = serializers.ChoiceField(choices=LearnedTask.choices)
    number = serializers.IntegerField(help_text="Its version, among those of its task.")
    status = serializers.ChoiceField(choices=LearnedStatus.choices)
    learned_from = serializers.IntegerField(help_text="Decisions; of advertising posts, too.")
    tried_on = serializers.IntegerField(help_text="Others, which no version learns from.")
    score = serializers.FloatField(help_text="Macro-F1 on these.")
    score_before = serializers.FloatField(help_text="That of what was in use till then.")
    trained_at = serializers.DateTimeField()


class LearnedModelsQuery(PageQuery):
    """Which versions."""

    task = serializers.ChoiceField(choices=LearnedTask.choices, required=False)


class LearnedModelViewSet(BrandViewSet[LearnedModel]):
    """Versions of what tells comments, and posts that read like advertising."""

    scope = Scope.CREATORS_READ
    queryset = LearnedModel.objects.none()
    serializer_class = LearnedModelSerializer
    queries = {"list": LearnedModelsQuery}

    def get_queryset(self) -> QuerySet[LearnedModel]:
        """Those of the token's brand."""
        return LearnedModel.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Versions, newest first; none where what ships is in use."""
        rows = self.get_queryset()
        if task := self.query.get("task"):
            rows = rows.filter(task=task)
        return self.page(rows.values(*COLUMNS), order=ORDER, represent=learned)


def learned(rows: list[Row]) -> list[Row]:
    """Rows of COLUMNS as the API shows them."""
    return [
        {name: row[name] for name in ("id", "task", "number", "score", "score_before")}
        | {
            "status": LearnedStatus.of(row["score"], row["score_before"], is_used=row["is_used"]),
            "learned_from": row["labels"],
            "tried_on": row["held_out"],
            "trained_at": row["trained_at"],
        }
        for row in rows
    ]
