"""Pages of pieces of content, below /<brand>/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import approvals, deliverables, draft_comments, drafts

urlpatterns = [
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/hours/", approvals.working_week, name="working_week"),
    path("approvals/standing-in/", approvals.standing_in, name="standing_in"),
    path("approvals/standing-in/<int:pk>/end/", approvals.take_back, name="standing_in_end"),
    path("deliverables/<int:pk>/", deliverables.deliverable, name="deliverable"),
    path("deliverables/<int:pk>/change/", deliverables.change, name="deliverable_change"),
    path("deliverables/<int:pk>/draft/", drafts.submit, name="draft_submit"),
    path("deliverables/<int:pk>/withdraw/", drafts.withdraw, name="draft_withdraw"),
    path("deliverables/<int:pk>/gates/<int:turn>/", drafts.decide, name="gate_decide"),
    path("deliverables/<int:pk>/corrections/", drafts.confirm, name="corrections_confirm"),
    path("deliverables/<int:pk>/reviewers/", deliverables.invite, name="reviewer_invite"),
    path("deliverables/<int:pk>/cancel/", deliverables.cancel, name="deliverable_cancel"),
    path("deliverables/<int:pk>/restore/", deliverables.restore, name="deliverable_restore"),
    path("deliverables/<int:pk>/reopen/", deliverables.reopen, name="deliverable_reopen"),
    path("deliverables/<int:pk>/fast-lane/", deliverables.shorten, name="deliverable_shorten"),
    path(
        "deliverables/<int:pk>/versions/<int:number>/remarks/",
        draft_comments.write,
        name="remark_write",
    ),
    path("deliverables/remarks/<int:pk>/settle/", draft_comments.settle, name="remark_settle"),
    path("deliverables/remarks/<int:pk>/show/", draft_comments.reveal, name="remark_show"),
    path("deliverables/files/<int:pk>/", drafts.file, name="draft_file"),
    path("campaigns/<slug:key>/content/", deliverables.of_campaign, name="deliverables"),
    path("campaigns/<slug:key>/content/gates/", approvals.review_plan, name="review_plan"),
    path(
        "campaigns/<slug:key>/creators/<int:pk>/content/",
        deliverables.of_engagement,
        name="engagement_deliverables",
    ),
    path(
        "campaigns/<slug:key>/creators/<int:pk>/content/new/",
        deliverables.plan,
        name="deliverable_plan",
    ),
]
