"""Pages of incidents, pauses and risk, below /<brand>/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import (
    authenticity,
    holds,
    incident_acts,
    incidents,
    reliability,
    risk,
    runbooks,
    trust,
)

urlpatterns = [
    path("legal/incidents/", incidents.incidents, name="incidents"),
    path("legal/incidents/export.<format:form>", incidents.export, name="incidents_export"),
    path("legal/incidents/new/", incidents.new, name="incident_new"),
    path("legal/incidents/<int:pk>/", incidents.incident, name="incident"),
    path("legal/incidents/<int:pk>/change/", incidents.change, name="incident_change"),
    path("legal/incidents/<int:pk>/note/", incident_acts.note, name="incident_note"),
    path("legal/incidents/<int:pk>/files/", incident_acts.attach, name="incident_files"),
    path("legal/incidents/<int:pk>/files/<int:file>/", incident_acts.file, name="incident_file"),
    path("legal/incidents/<int:pk>/campaigns/", incident_acts.affect, name="incident_campaigns"),
    path(
        "legal/incidents/<int:pk>/steps/<int:position>/", incident_acts.step, name="incident_step"
    ),
    path("legal/incidents/<int:pk>/<slug:act>/", incident_acts.move, name="incident_move"),
    path("legal/runbooks/", runbooks.runbooks, name="runbooks"),
    path("legal/runbooks/<slug:kind>/", runbooks.runbook, name="runbook"),
    path("legal/pauses/", holds.holds, name="holds"),
    path("legal/pauses/new/", holds.new, name="hold_new"),
    path("legal/pauses/<slug:kind>/<int:pk>/lift/", holds.lift, name="hold_lift"),
    path("campaigns/<slug:key>/pause/", holds.of_campaign, name="campaign_hold"),
    path("legal/risk/", risk.risk, name="risk"),
    path("legal/risk/export.<format:form>", risk.export, name="risk_export"),
    path("legal/flags/", authenticity.flags, name="flags"),
    path("legal/flags/export.<format:form>", authenticity.export, name="flags_export"),
    path("creators/<uuid:uid>/flags/", authenticity.of_creator, name="creator_flags"),
    path("creators/<uuid:uid>/flags/now/", authenticity.look, name="creator_flags_now"),
    path("creators/<uuid:uid>/flags/explain/", authenticity.explain, name="creator_flag_explain"),
    path(
        "creators/<uuid:uid>/flags/explained/<int:pk>/end/",
        authenticity.count_again,
        name="creator_flag_count",
    ),
    path("legal/reliability/", reliability.reliability, name="reliability"),
    path("legal/reliability/export.<format:form>", reliability.export, name="reliability_export"),
    path("creators/<uuid:uid>/reliability/", reliability.of_creator, name="creator_reliability"),
    path("creators/<uuid:uid>/reliability/now/", reliability.read, name="creator_reliability_now"),
    path("legal/authenticity/", trust.authenticity, name="authenticity"),
    path(
        "legal/authenticity/export.<format:form>",
        trust.export_authenticity,
        name="authenticity_export",
    ),
    path("legal/trust/", trust.trust, name="trust"),
    path("legal/trust/export.<format:form>", trust.export, name="trust_export"),
    path("legal/trust/weights/", trust.weights, name="trust_weights"),
    path("creators/<uuid:uid>/trust/", trust.of_creator, name="creator_trust"),
    path("creators/<uuid:uid>/trust/now/", trust.read, name="creator_trust_now"),
    path("creators/<uuid:uid>/risk/", risk.of_creator, name="creator_risk"),
    path("creators/<uuid:uid>/risk/now/", risk.assess, name="creator_risk_now"),
    path("creators/<uuid:uid>/risk/override/", risk.override, name="creator_risk_override"),
    path("creators/<uuid:uid>/risk/override/end/", risk.end, name="creator_risk_end"),
]
