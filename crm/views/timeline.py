"""A creator's timeline: its parts by kind, person and days, and the whole as a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.exports import Format, respond
from crm.models import Relationship, User
from crm.paging import BadCursor, Page
from crm.permissions import BrandRequest, Can, brand_page, may
from crm.selectors import people_of
from crm.services.mentions import handles
from crm.timeline import SOURCES, Asked, Day, Event, Source, by_day, timeline, whole_timeline
from crm.views.of_creator import of_creator

EVENTS_ON_PAGE = 20
TEMPLATE = "crm/creators/_timeline.html"


@dataclass(frozen=True)
class TimelinePart:
    """What the template shows: events under their days, and what they were narrowed by."""

    asked: Asked
    page: Page[Event]
    days: list[Day]
    sources: list[tuple[Source, bool]]
    people: list[User]
    # Whether it begins somewhere within the line, or adds to what is shown.
    is_older: bool
    # Beginning with one event: somebody sent its address.
    is_from: bool

    @property
    def handles(self) -> dict[str, User]:
        """Whom the texts may name."""
        return handles(self.people)


class AskedForm(forms.Form):
    """What to see of a timeline; what cannot be read is left out."""

    kind = forms.MultipleChoiceField(required=False)
    person = forms.ModelChoiceField(User.objects.none(), required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (source.key, source.label) for source in SOURCES
        ]

    def asked(self) -> Asked:
        """Everything that makes sense."""
        self.full_clean()
        data = self.cleaned_data
        return Asked(
            kinds=frozenset(data.get("kind") or ()),
            person=data.get("person"),
            since=data.get("since"),
            until=data.get("until"),
        )


def _asked(request: BrandRequest) -> Asked:
    """What the address asks for, as who asks may read it."""
    return replace(
        AskedForm(request.GET, people=people_of(request.brand)).asked(),
        reader=request.user,
        reads_restricted=may(request.role, Can.READ_RESTRICTED),
    )


def timeline_part(request: BrandRequest, relationship: Relationship) -> TimelinePart:
    """The part of the timeline that the address asks for."""
    people = people_of(request.brand)
    asked = _asked(request)
    cursor = request.GET.get("events") or None
    try:
        page = timeline(relationship, asked=asked, cursor=cursor, size=EVENTS_ON_PAGE)
    except BadCursor:
        cursor = None
        page = timeline(relationship, asked=asked, size=EVENTS_ON_PAGE)
    return TimelinePart(
        asked=asked,
        page=page,
        days=by_day(page.items, cursor),
        sources=[(source, asked.wants(source)) for source in SOURCES],
        people=list(people),
        is_older=cursor is not None,
        is_from=cursor is not None and not request.htmx,
    )


@require_safe
@brand_page(Can.VIEW)
@of_creator
def creator_timeline(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    """The timeline as a page of its own; with htmx its events, or older ones below those shown."""
    context = {
        "relationship": relationship,
        "creator": relationship.creator,
        "part": timeline_part(request, relationship),
    }
    if request.htmx and not request.htmx.boosted:
        target = request.htmx.target or ""
        name = f"{TEMPLATE}#older" if target.startswith("older") else TEMPLATE
        return render(request, name, context)
    return render(request, "crm/creators/timeline.html", context)


@require_safe
@brand_page(Can.VIEW)
@of_creator
def export(request: BrandRequest, relationship: Relationship, form: Format) -> HttpResponseBase:
    """What the address asks for, as a file."""
    asked = _asked(request)
    rows = (
        (event.at, SOURCES[event.kind].label, event.title, event.who, event.text)
        for event in whole_timeline(relationship, asked=asked)
    )
    today = timezone.localdate()
    return respond(
        f"timeline-{relationship.creator.uid}-{today:%Y-%m-%d}",
        ("when", "kind", "what", "who", "text"),
        rows,
        form=form,
        about=[("Creator", relationship.creator.name), ("Taken on", today)],
    )
