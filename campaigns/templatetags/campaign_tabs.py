"""The pages of one campaign under few headings, drawn above each of them."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.urls import reverse

from crm.permissions import Can, may

register = template.Library()


@dataclass(frozen=True)
class Tab:
    """A page: what pages call themselves (`here`), what people read, and its address."""

    key: str
    label: str
    name: str
    # Where somebody goes who may not run campaigns, if it is another page.
    otherwise: str = ""


@dataclass(frozen=True)
class Heading:
    """Pages of one thing. The heading leads to the first of them."""

    label: str
    tabs: tuple[Tab, ...]


# In the order in which a campaign is made.
HEADINGS = (
    Heading("Overview", (Tab("campaign", "Overview", "campaigns:campaign"),)),
    Heading(
        "Plan",
        (
            Tab("briefs", "Brief", "campaigns:briefs"),
            Tab("keywords", "Search words", "campaigns:campaign_keywords"),
            Tab("calendar", "Calendar", "campaigns:campaign_calendar"),
            Tab("events", "Events", "campaigns:events"),
            Tab("forecast", "Forecast", "segmentation:campaign_forecast"),
        ),
    ),
    Heading(
        "Creators",
        (
            Tab("shortlist", "Shortlist", "campaigns:shortlist"),
            Tab("matches", "Matches", "segmentation:matches"),
            Tab("activations", "From segments", "segmentation:activations"),
            Tab("board", "Board", "campaigns:campaign_board"),
        ),
    ),
    Heading(
        "Content",
        (
            Tab("content", "Pieces", "campaigns:deliverables"),
            Tab("publishing", "Publishing", "campaigns:publishing"),
            Tab(
                "submissions",
                "From the public",
                "campaigns:submissions",
                otherwise="campaigns:submission_chain",
            ),
        ),
    ),
    Heading(
        "Money",
        (
            Tab("budget", "Budget", "campaigns:campaign_budget"),
            Tab("budget_plans", "Plans", "segmentation:budget_plans"),
            Tab("money", "Payments", "campaigns:campaign_money"),
            Tab("returns", "Returns", "campaigns:campaign_returns"),
        ),
    ),
    Heading(
        "Results",
        (
            Tab("report", "Report", "campaigns:report"),
            Tab("tracking", "Tracking", "campaigns:campaign_tracking"),
            Tab("attribution", "Attribution", "segmentation:campaign_attribution"),
            Tab("lift", "Lift", "campaigns:lifts"),
        ),
    ),
)


@dataclass(frozen=True)
class Line:
    """A heading or a page as it is drawn."""

    label: str
    url: str
    is_here: bool
    lines: tuple[Line, ...] = ()


@register.simple_tag(takes_context=True)
def campaign_headings(context: template.Context, here: str) -> list[Line]:
    """All headings with their pages; `here` is the page that is shown."""
    return [_heading(one, here, context) for one in HEADINGS]


def _heading(heading: Heading, here: str, context: template.Context) -> Line:
    lines = tuple(Line(tab.label, _address(tab, context), tab.key == here) for tab in heading.tabs)
    return Line(heading.label, lines[0].url, any(line.is_here for line in lines), lines)


def _address(tab: Tab, context: template.Context) -> str:
    is_own = not tab.otherwise or may(context["role"], Can.RUN_CAMPAIGNS)
    name = tab.name if is_own else tab.otherwise
    return reverse(name, args=[context["brand"].slug, context["campaign"].key])
