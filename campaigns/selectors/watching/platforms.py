"""Platforms week by week, with what was noted on the days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from campaigns.models import DayNote, PlatformWeek
from campaigns.services.watching.words import moved
from crm.models import Brand, Platform

WEEKS_SHOWN = 53


@dataclass(frozen=True)
class Line:
    """A week in words, with the notes of its days."""

    week: PlatformWeek
    words: str
    notes: Sequence[DayNote]


@dataclass(frozen=True)
class Timeline:
    """A platform's weeks, the newest first."""

    platform: Platform
    lines: Sequence[Line]

    @property
    def chart(self) -> dict[str, Any]:
        """The change of each week with its interval; a week without one is a gap."""
        weeks = {line.week.week: line for line in self.lines}
        first, last = min(weeks), max(weeks)
        days = [first + timedelta(days=7 * n) for n in range((last - first).days // 7 + 1)]
        rows = [weeks[day].week if day in weeks else None for day in days]
        return {
            "type": "line",
            "unit": "fraction",
            "x": [day.isoformat() for day in days],
            "series": [
                {
                    "name": f"{self.platform.name}, median over creators",
                    "data": [row.change if row else None for row in rows],
                    "low": [row.low if row else None for row in rows],
                    "high": [row.high if row else None for row in rows],
                }
            ],
            "marks": [
                {"x": day.isoformat(), "name": weeks[day].notes[0].title}
                for day in days
                if day in weeks and weeks[day].notes
            ],
        }


def weeks_shown(brand: Brand) -> QuerySet[PlatformWeek]:
    """The brand's weeks, the newest first."""
    return (
        PlatformWeek.objects.filter(brand=brand)
        .select_related("platform", "decided_by", "note")
        .order_by("-week", "platform", "pk")
    )


def timelines(brand: Brand, today: date) -> list[Timeline]:
    """Each platform of which a week is known in the last year: two queries."""
    since = today - timedelta(days=7 * WEEKS_SHOWN)
    rows = list(weeks_shown(brand).filter(week__gte=since))
    notes = list(DayNote.objects.filter(brand=brand, day__gte=since).order_by("day", "pk"))
    found: dict[str, list[Line]] = {}
    platforms: dict[str, Platform] = {}
    for row in rows:
        platforms[row.platform_id] = row.platform
        mine = [
            note
            for note in notes
            if row.week <= note.day < row.week + timedelta(days=7)
            and note.platform_id in {None, row.platform_id}
        ]
        found.setdefault(row.platform_id, []).append(Line(row, moved(row), mine))
    return [
        Timeline(platforms[key], lines)
        for key, lines in sorted(found.items(), key=lambda item: platforms[item[0]].name)
    ]
