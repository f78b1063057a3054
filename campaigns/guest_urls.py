"""Pages behind a guest's link, below /guest/<token>/."""

from __future__ import annotations

from django.urls import path

from campaigns.views import guests

app_name = "guest"
urlpatterns = [
    path("", guests.home, name="home"),
    path("ask/", guests.ask, name="ask"),
]
