"""What happened between a brand and a creator, newest first: many sources, one line of time."""

from crm.timeline import acts, applications, imports, mails, notes, posts, stages, tasks, vettings
from crm.timeline.events import SOURCES, Asked, Event, Place, Source, Window, name_of
from crm.timeline.line import Day, by_day, timeline, whole_timeline

for source in (
    notes.SOURCE,
    mails.SOURCE,
    stages.SOURCE,
    tasks.SOURCE,
    vettings.SOURCE,
    posts.SOURCE,
    imports.SOURCE,
    applications.SOURCE,
    acts.SOURCE,
):
    SOURCES.add(source.key, source)

__all__ = (
    "SOURCES",
    "Asked",
    "Day",
    "Event",
    "Place",
    "Source",
    "Window",
    "by_day",
    "name_of",
    "timeline",
    "whole_timeline",
)
