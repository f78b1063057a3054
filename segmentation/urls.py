"""Pages of this app, below /<brand>/."""

from __future__ import annotations

from django.urls import path

from segmentation.views import (
    audiences,
    builder,
    creators,
    decisions,
    dimensions,
    hygiene,
    matrix,
    overrides,
    runs,
    scorecards,
    segment_edit,
    segments,
    versions,
)

app_name = "segmentation"

urlpatterns = [
    path("segments/", segments.segments, name="segments"),
    path("segments/install/", segments.install_packs, name="install_packs"),
    path("segments/new/", builder.builder_new, name="builder_new"),
    path("segments/builder/check/", builder.builder_check, name="builder_check"),
    path("segments/builder/preview/", builder.builder_preview, name="builder_preview"),
    path("segments/builder/values/", builder.builder_values, name="builder_values"),
    path("segments/<slug:key>/rule/", builder.builder, name="builder"),
    path("segments/<slug:key>/", segments.segment, name="segment"),
    path("segments/<slug:key>/members.csv", segments.members_csv, name="members_csv"),
    path("segments/<slug:key>/overlap/", segments.overlap, name="overlap"),
    path("segments/<slug:key>/edit/", segment_edit.edit, name="segment_edit"),
    path("segments/<slug:key>/playbook/", segment_edit.playbook, name="playbook"),
    path("segments/<slug:key>/examples/", segment_edit.examples, name="examples"),
    path(
        "segments/<slug:key>/examples/<int:pk>/remove/",
        segment_edit.remove_example,
        name="remove_example",
    ),
    path("segments/<slug:key>/archive/", segment_edit.archive, name="archive"),
    path("segments/<slug:key>/versions/<int:number>/", versions.version, name="version"),
    path("segments/<slug:key>/overrides/", overrides.overrides, name="overrides"),
    path("overrides/<int:pk>/withdraw/", overrides.withdraw, name="withdraw"),
    path("dimensions/new/", dimensions.new, name="dimension_new"),
    path("dimensions/<slug:key>/", dimensions.dimension, name="dimension"),
    path("dimensions/<slug:key>/order/", dimensions.order, name="dimension_order"),
    path("hygiene/", hygiene.report, name="hygiene"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("matrix/creators/", matrix.cell, name="matrix_cell"),
    path("matrix.csv", matrix.matrix_csv, name="matrix_csv"),
    path("audiences/", audiences.audiences, name="audiences"),
    path("audiences/new/", audiences.new, name="audience_new"),
    path("audiences/<slug:key>/", audiences.audience, name="audience"),
    path("audiences/<slug:key>/edit/", audiences.edit, name="audience_edit"),
    path("audiences/<slug:key>/delete/", audiences.delete, name="audience_delete"),
    path("segments/<slug:key>/scorecard/", scorecards.scorecard, name="scorecard"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/history/", runs.history, name="history"),
    path("runs/<int:pk>/decide/", decisions.decide, name="decide"),
    path("runs/<int:pk>/cancel/", decisions.cancel, name="cancel"),
    path("runs/<int:pk>/roll-back/", decisions.roll_back, name="roll_back"),
    path("runs/<int:pk>/movers/", runs.movers, name="movers"),
    path("runs/<int:pk>/changes.csv", runs.changes_csv, name="changes_csv"),
    path("runs/<int:pk>/<slug:key>/<slug:kind>/", runs.changes, name="changes"),
    path("scorecards/", scorecards.scorecards, name="scorecards"),
    path("creators/<uuid:uid>/segments/", creators.panel, name="creator_panel"),
    path("creators/<uuid:uid>/segments/<slug:key>/why/", creators.why, name="why"),
    path("creators/<uuid:uid>/segments/<slug:key>/override/", overrides.override, name="override"),
]
