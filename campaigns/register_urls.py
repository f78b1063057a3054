"""Pages of connections, registers and rule packs, below /<brand>/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import connections, packs, permits, registers, virtual

urlpatterns = [
    path("creators/<uuid:uid>/connections/", connections.connections, name="connections"),
    path("creators/<uuid:uid>/connections/panel/", connections.panel, name="creator_connections"),
    path("creators/<uuid:uid>/connections/new/", connections.new, name="connection_new"),
    path("creators/<uuid:uid>/connections/none/", connections.none, name="connection_none"),
    path("creators/<uuid:uid>/connections/facts/", connections.fact, name="rule_fact"),
    path(
        "creators/<uuid:uid>/connections/export.<format:form>",
        connections.export,
        name="connections_export",
    ),
    path("creators/<uuid:uid>/connections/<int:pk>/", connections.replace, name="connection"),
    path(
        "creators/<uuid:uid>/connections/<int:pk>/take-back/",
        connections.take_back,
        name="connection_take_back",
    ),
    path("creators/<uuid:uid>/virtual/", virtual.virtual, name="virtual"),
    path("creators/<uuid:uid>/virtual/people/new/", virtual.new, name="likeness_new"),
    path("creators/<uuid:uid>/virtual/people/<int:pk>/", virtual.likeness, name="likeness"),
    path(
        "creators/<uuid:uid>/virtual/people/<int:pk>/put-away/",
        virtual.away,
        name="likeness_away",
    ),
    path(
        "creators/<uuid:uid>/virtual/people/<int:pk>/consent/",
        virtual.paper,
        name="likeness_paper",
    ),
    path("creators/<uuid:uid>/permits/new/", permits.new, name="permit_new"),
    path("legal/registers/", registers.registers, name="registers"),
    path("legal/registers/alerts/<int:pk>/<slug:act>/", registers.alert, name="rule_alert"),
    path("legal/registers/goods/", registers.goods, name="category_rules"),
    path("legal/registers/permits/", permits.register, name="permits"),
    path("legal/registers/permits/export.<format:form>", permits.export, name="permits_export"),
    path("legal/registers/permits/import/", permits.take, name="permits_import"),
    path("legal/registers/permits/<int:pk>/", permits.permit, name="permit"),
    path("legal/registers/permits/<int:pk>/put-away/", permits.away, name="permit_away"),
    path("legal/registers/permits/<int:pk>/paper/", permits.paper, name="permit_paper"),
    path("legal/packs/", packs.packs, name="packs"),
    path("legal/packs/changes/", packs.changes, name="pack_changes"),
    path("legal/packs/<slug:jurisdiction>/", packs.pack, name="pack"),
    path("legal/packs/<slug:jurisdiction>/sign/", packs.sign, name="pack_sign"),
    path("legal/packs/<slug:jurisdiction>/additions/", packs.add, name="pack_add"),
    path(
        "legal/packs/<slug:jurisdiction>/additions/<int:pk>/end/",
        packs.end,
        name="pack_addition_end",
    ),
]
