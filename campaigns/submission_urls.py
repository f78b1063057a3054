"""Pages of what the public hands in, below /<brand>/campaigns/<key>/submissions/."""

from __future__ import annotations

from django.urls import path

from campaigns.views.submissions import acts, inbox

urlpatterns = [
    path("", inbox.submissions, name="submissions"),
    path("export.<format:form>", inbox.export, name="submissions_export"),
    path("page/", acts.page, name="submission_page"),
    path("posts/", inbox.posts, name="submission_posts"),
    path("chain/", inbox.chain, name="submission_chain"),
    path("<int:pk>/", inbox.submission, name="submission"),
    path("<int:pk>/file/", inbox.file, name="submission_file"),
    path("<int:pk>/<slug:name>/", acts.act, name="submission_act"),
]
