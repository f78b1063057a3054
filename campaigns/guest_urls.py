"""Pages behind a guest's link, below /guest/<token>/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import (
    briefs_guest,
    contracts_guest,
    deliverables_guest,
    evidence,
    guests,
    held_guest,
    policies_guest,
    remediations_guest,
    reviewer_guest,
    rights_guest,
    whereabouts_guest,
)
from campaigns.views.events import guest as events_guest
from campaigns.views.payments import guest as payments_guest
from campaigns.views.publishing import guest as publishing_guest
from campaigns.views.reports import guest as report_guest
from campaigns.views.tracking import guest as tracking_guest

app_name = "guest"
urlpatterns = [
    path("", guests.home, name="home"),
    path("ask/", guests.ask, name="ask"),
    path("my-data/", held_guest.my_data, name="my_data"),
    path("brief/", briefs_guest.brief, name="brief"),
    path("brief/brief.pdf", briefs_guest.brief_pdf, name="brief_pdf"),
    path("rights/", rights_guest.rights, name="rights"),
    path("payments/", payments_guest.payments, name="payments"),
    path("payments/<int:pk>/", payments_guest.statement, name="statement"),
    path("policies/<int:pk>/", policies_guest.policy, name="policy"),
    path("contracts/<int:pk>/", contracts_guest.contract, name="contract"),
    path("contracts/<int:pk>/contract.pdf", contracts_guest.pdf, name="contract_pdf"),
    path("contracts/<int:pk>/accept/", contracts_guest.accept, name="contract_accept"),
    path("contracts/<int:pk>/decline/", contracts_guest.decline, name="contract_decline"),
    path("publishing/<int:pk>/", publishing_guest.piece, name="publication"),
    path("publishing/<int:pk>/evidence/", evidence.of_guest, name="evidence"),
    path("to-put-right/<int:pk>/", remediations_guest.remediation, name="remediation"),
    path("content/<int:pk>/", deliverables_guest.piece, name="deliverable"),
    path("content/<int:pk>/draft/", deliverables_guest.submit, name="draft_submit"),
    path("content/<int:pk>/withdraw/", deliverables_guest.withdraw, name="draft_withdraw"),
    path("content/<int:pk>/corrections/", deliverables_guest.confirm, name="corrections"),
    path("content/<int:pk>/remarks/", deliverables_guest.remark, name="draft_remark"),
    path("content/files/<int:pk>/", deliverables_guest.file, name="draft_file"),
    path("where-am-i/", whereabouts_guest.whereabouts, name="whereabouts"),
    path("event/", events_guest.own, name="event"),
    path("tracking/", tracking_guest.tracking, name="tracking"),
    path("event/event.ics", events_guest.own_file, name="event_file"),
    path("events/<int:pk>/", events_guest.in_portal, name="campaign_event"),
    path("events/<int:pk>/event.ics", events_guest.portal_file, name="campaign_event_file"),
    path("review/", reviewer_guest.review, name="reviewer"),
    path("review/opinion/", reviewer_guest.opinion, name="opinion"),
    path("review/remarks/", reviewer_guest.remark, name="reviewer_remark"),
    path("report/", report_guest.report, name="report"),
    path("report/report.pdf", report_guest.pdf, name="report_pdf"),
]
