"""Pages of evidence of disclosures, below /<brand>/legal/evidence/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import evidence, looking_again, proof

urlpatterns = [
    path("", proof.proof, name="proof"),
    path("pieces/<int:pk>.zip", proof.of_piece, name="proof_of_piece"),
    path("of/<int:pk>/", evidence.add, name="evidence_add"),
    path("of/<int:pk>/again/", looking_again.again, name="disclosure_again"),
    path("files/<int:pk>/", evidence.file, name="evidence_file"),
]
