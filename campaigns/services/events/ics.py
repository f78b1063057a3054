"""An event as a file for the creator's calendar."""

from __future__ import annotations

from icalendar import Calendar
from icalendar import Event as Component

from campaigns.models import Event


def calendar_file(event: Event) -> bytes:
    """The event and nothing of anybody who is invited."""
    calendar = Calendar()
    calendar.add("prodid", "-//Rapport//Events//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    entry = Component()
    entry.add("uid", f"event-{event.pk}@rapport")
    entry.add("dtstamp", event.created_at)
    # In the zone of the place, so that a calendar shows its hour when clocks change.
    entry.add("dtstart", event.starts_at.astimezone(event.tz))
    entry.add("dtend", event.ends_at.astimezone(event.tz))
    entry.add("summary", event.name)
    entry.add("location", ", ".join(filter(None, (event.place, " ".join(event.address.split())))))
    if event.notes:
        entry.add("description", event.notes)
    entry.add("status", "CANCELLED" if event.cancelled_at else "CONFIRMED")
    entry.add("sequence", event.version)
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    made: bytes = calendar.to_ical()
    return made
