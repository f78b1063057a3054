"""Pages of events, below /<brand>/campaigns/<key>/events/."""

from __future__ import annotations

from django.urls import path

from campaigns.views.events import door, inviting, pages

urlpatterns = [
    path("", pages.events, name="events"),
    path("new/", pages.new, name="event_new"),
    path("<int:pk>/", pages.event, name="event"),
    path("<int:pk>/edit/", pages.edit, name="event_edit"),
    path("<int:pk>/cancel/", pages.cancel, name="event_cancel"),
    path("<int:pk>/invite/", inviting.invite, name="event_invite"),
    path("<int:pk>/send/", inviting.send, name="event_send"),
    path("<int:pk>/links/", inviting.links, name="event_links"),
    path("<int:pk>/links.<format:form>", inviting.links_file, name="event_links_file"),
    path("<int:pk>/invitations/<int:number>/", inviting.answer, name="event_answer"),
    path("<int:pk>/posts/<int:number>/<slug:verdict>/", inviting.cover, name="event_cover"),
    path("<int:pk>/door/", door.door, name="event_door"),
    path("<int:pk>/door.<format:form>", door.door_file, name="event_door_file"),
    path("<int:pk>/door/<int:number>/", door.tick, name="event_tick"),
]
