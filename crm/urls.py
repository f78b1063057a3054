"""Pages of this app, below /<brand>/."""

from __future__ import annotations

from django.urls import path

from crm.views import board, brands, creator, creators, fields, imports

app_name = "crm"

urlpatterns = [
    path("creators/", creators.creators, name="creators"),
    path("creators/export.csv", creators.export, name="creators_export"),
    path("creators/new/", creators.new, name="creator_new"),
    path("creators/<uuid:uid>/", creator.creator, name="creator"),
    path("creators/<uuid:uid>/edit/", creator.edit, name="creator_edit"),
    path("creators/<uuid:uid>/relationship/", creator.relationship, name="relationship"),
    path("creators/<uuid:uid>/notes/", creator.notes, name="notes"),
    path("creators/<uuid:uid>/profiles/", creator.profiles, name="profiles"),
    path("creators/<uuid:uid>/fields/<slug:key>/", fields.value, name="field_value"),
    path("board/", board.board, name="board"),
    path("board/<slug:stage>/", board.column, name="board_column"),
    path("board/cards/<int:pk>/move/", board.move, name="board_move"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.show, name="import"),
    path("imports/<int:pk>/columns/", imports.columns, name="import_columns"),
    path("imports/<int:pk>/columns/<int:number>/", imports.column, name="import_column"),
    path("imports/<int:pk>/apply/", imports.apply, name="import_apply"),
    path("imports/<int:pk>/undo/", imports.undo, name="import_undo"),
    path("imports/<int:pk>/rejected.csv", imports.rejects, name="import_rejects"),
    path("settings/", brands.settings, name="settings"),
    path("settings/fields/", fields.fields, name="fields"),
    path("settings/fields/<slug:key>/", fields.field, name="field"),
    path("settings/fields/<slug:key>/archive/", fields.archive, name="field_archive"),
    path("settings/fields/<slug:key>/restore/", fields.restore, name="field_restore"),
    path("settings/people/", brands.add_person, name="person_new"),
    path("settings/people/<int:pk>/", brands.change_person, name="person"),
    path("settings/tokens/", brands.add_token, name="token_new"),
    path("settings/tokens/<int:pk>/revoke/", brands.revoke_token, name="token_revoke"),
]
