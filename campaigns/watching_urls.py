"""Pages of the watch over posts and platforms and of the survey, below /<brand>/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import survey
from campaigns.views.watching import alerts, platforms, posts, settings

urlpatterns = [
    path("watch/", alerts.alerts, name="post_alerts"),
    path("watch/<int:pk>/dismiss/", alerts.dismiss, name="post_alert_dismiss"),
    path("watch/platforms/", platforms.platform_weeks, name="platform_weeks"),
    path("watch/platforms/<int:pk>/<slug:act>/", platforms.act, name="platform_week_act"),
    path("watch/posts/<int:pk>/", posts.post, name="post_counts"),
    path("watch/times/", posts.posting_times, name="posting_times"),
    path("watch/settings/", settings.settings, name="watch_settings"),
    path("survey/", survey.survey, name="survey"),
    path("survey/files/", survey.take_file, name="survey_upload"),
    path("survey/files/<int:pk>/undo/", survey.undo_file, name="survey_undo"),
    path("survey/rules/", survey.rule_new, name="survey_rule_new"),
    path("survey/rules/<int:pk>/remove/", survey.rule_remove, name="survey_rule_remove"),
    path("survey/answers/<int:pk>/", survey.answer, name="survey_answer"),
]
