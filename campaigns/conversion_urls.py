"""Pages of conversions, below /<brand>/conversions/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import conversion_feeds, conversions

urlpatterns = [
    path("", conversions.conversions, name="conversions"),
    path("export.<format:form>", conversions.export, name="conversions_export"),
    path("files/", conversions.upload, name="conversions_upload"),
    path("files/<int:pk>/undo/", conversions.undo, name="conversions_undo"),
    path("unknown/", conversions.unknown, name="conversions_unknown"),
    path("unknown/look/", conversions.settle, name="conversions_settle"),
    path("shops/", conversion_feeds.feeds, name="conversion_feeds"),
    path("shops/new/", conversion_feeds.new, name="conversion_feed_new"),
    path("shops/<int:pk>/", conversion_feeds.feed, name="conversion_feed"),
    path("shops/<int:pk>/archive/", conversion_feeds.archive, name="conversion_feed_archive"),
]
