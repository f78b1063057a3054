"""Pages of legal's review of disclosures, below /<brand>/legal/reviews/."""

from __future__ import annotations

from django.urls import path

from campaigns.views.disclosures import queue

urlpatterns = [
    path("", queue.disclosures, name="disclosures"),
]
