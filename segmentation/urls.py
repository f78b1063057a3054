"""Pages of this app, below /<brand>/."""

from __future__ import annotations

from django.urls import path

from segmentation.views import creators, runs, scorecards, segments

app_name = "segmentation"

urlpatterns = [
    path("segments/", segments.segments, name="segments"),
    path("segments/install/", segments.install_packs, name="install_packs"),
    path("segments/<slug:key>/", segments.segment, name="segment"),
    path("segments/<slug:key>/members.csv", segments.members_csv, name="members_csv"),
    path("segments/<slug:key>/scorecard/", scorecards.scorecard, name="scorecard"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/decide/", runs.decide, name="decide"),
    path("runs/<int:pk>/<slug:key>/<slug:kind>/", runs.changes, name="changes"),
    path("scorecards/", scorecards.scorecards, name="scorecards"),
    path("creators/<uuid:uid>/segments/", creators.panel, name="creator_panel"),
    path("creators/<uuid:uid>/segments/<slug:key>/why/", creators.why, name="why"),
]
