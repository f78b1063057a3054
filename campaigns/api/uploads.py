"""Uploads of conversions, visits, answers and daily numbers."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import ConversionBatch, SeriesBatch, SurveyBatch, VisitBatch
from campaigns.services import survey, visits
from campaigns.services.conversions import batches
from campaigns.services.refusals import CampaignRefused
from campaigns.services.series import importing
from campaigns.services.series.keeping import SeriesRefused
from crm.api.uploads import Kind
from crm.choices import Scope
from crm.models import Brand, User


def _undo_series(*, batch_id: int, brand: Brand, actor: User, at: datetime) -> None:
    importing.undo_import(
        batch_id=SeriesBatch.objects.get(pk=batch_id, brand=brand).pk, actor=actor, at=at
    )


KINDS = (
    Kind(
        "conversions",
        "conversions",
        ConversionBatch,
        ("counts",),
        batches.undo,
        CampaignRefused,
        Scope.CAMPAIGNS_READ,
        Scope.CONVERSIONS_WRITE,
    ),
    Kind(
        "visits",
        "visits by link and code",
        VisitBatch,
        ("days_new", "days_known"),
        visits.undo,
        visits.VisitsRefused,
        Scope.SERIES_READ,
        Scope.SERIES_WRITE,
    ),
    Kind(
        "survey",
        "answers to how people heard of you",
        SurveyBatch,
        ("answers_new", "answers_known"),
        survey.undo_import,
        CampaignRefused,
        Scope.SERIES_READ,
        Scope.SERIES_WRITE,
    ),
    Kind(
        "series",
        "numbers by day",
        SeriesBatch,
        ("values_new",),
        _undo_series,
        SeriesRefused,
        Scope.SERIES_READ,
        Scope.SERIES_WRITE,
    ),
)
