"""Pages of legal's review of disclosures, below /<brand>/legal/reviews/."""

from __future__ import annotations

from django.urls import path

from campaigns.views.disclosures import queue, workbench

urlpatterns = [
    path("", queue.disclosures, name="disclosures"),
    path("<int:pk>/", workbench.disclosure, name="disclosure"),
    path("<int:pk>/decide/", workbench.decide, name="disclosure_decide"),
    path("<int:pk>/answer/", workbench.answer, name="disclosure_answer"),
]
