"""Pages of evidence of disclosures, below /<brand>/legal/evidence/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import evidence

urlpatterns = [
    path("of/<int:pk>/", evidence.add, name="evidence_add"),
    path("files/<int:pk>/", evidence.file, name="evidence_file"),
]
