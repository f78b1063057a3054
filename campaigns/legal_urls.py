"""Pages of legal's review of disclosures, below /<brand>/legal/."""

from __future__ import annotations

from django.urls import path

from campaigns.views.disclosures import (
    hints,
    queue,
    remediation,
    statistics,
    together,
    workbench,
)

urlpatterns = [
    path("reviews/", queue.disclosures, name="disclosures"),
    path("reviews/together/", together.together, name="disclosures_together"),
    path("reviews/statistics/", statistics.statistics, name="disclosures_statistics"),
    path(
        "reviews/statistics.<format:form>",
        statistics.export,
        name="disclosures_statistics_export",
    ),
    path("reviews/<int:pk>/", workbench.disclosure, name="disclosure"),
    path("reviews/<int:pk>/decide/", workbench.decide, name="disclosure_decide"),
    path("reviews/<int:pk>/answer/", workbench.answer, name="disclosure_answer"),
    path("reviews/<int:pk>/put-right/", remediation.new, name="remediation_new"),
    path("hints/", hints.hints, name="hints"),
    path("hints/record/", hints.record, name="hints_record"),
    path("hints/look/", hints.look, name="hints_look"),
    path("hints/<int:pk>/", hints.answer, name="hint_answer"),
    path("remediations/", remediation.remediations, name="remediations"),
    path("remediations/<int:pk>/", remediation.remediation, name="remediation"),
    path("remediations/<int:pk>/again/", remediation.again, name="remediation_again"),
    path("remediations/<int:pk>/done/", remediation.done, name="remediation_done"),
    path("remediations/<int:pk>/withdraw/", remediation.withdraw, name="remediation_withdraw"),
]
