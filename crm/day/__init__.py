"""My day: what waits for a person, in four short lists whose rows come from many sources.

A source is added to SOURCES once, in AppConfig.ready() of the app that owns its tables (ADR 11).
"""

from crm.day.aside import PutAside
from crm.day.pages import SectionPage, find, section_page
from crm.day.parts import (
    DAY_AT,
    LINES,
    SOURCES,
    Asker,
    Asks,
    DayRefused,
    Line,
    Row,
    Section,
    Source,
)

__all__ = (
    "DAY_AT",
    "LINES",
    "SOURCES",
    "Asker",
    "Asks",
    "DayRefused",
    "Line",
    "PutAside",
    "Row",
    "Section",
    "SectionPage",
    "Source",
    "find",
    "section_page",
)
