"""What a brand holds about a creator, in lines fit for the creator's own eyes.

Values by which somebody could be reached are shown in part: whoever was handed the address of the
page should recognise them, and learn nothing new. What the team thinks (notes, reviews) is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from crm.choices import ContactKind
from crm.models import (
    Agent,
    Application,
    ContactPoint,
    Message,
    Note,
    Post,
    PostalAddress,
    Profile,
    Relationship,
    Vetting,
)
from crm.registry import Registry

_STAR = "…"


@dataclass(frozen=True)
class Held:
    """One kind of data: what it is, what of it there is, and where it came from."""

    what: str
    value: str
    source: str


# Upper apps add what they hold (docs/adr/0011).
SOURCES: Registry[Callable[[Relationship, datetime], Iterable[Held]]] = Registry()


def held_about(relationship: Relationship, at: datetime) -> list[Held]:
    """All kinds of data that the brand holds about the creator at `at`; what is empty is not."""
    lines = list(_own(relationship))
    for source in SOURCES:
        lines += source(relationship, at)
    return lines


def _own(relationship: Relationship) -> Iterator[Held]:
    brand, creator = relationship.brand, relationship.creator
    yield Held("Name", creator.name, "you, your accounts, or a list that the brand was given")
    for profile in Profile.objects.filter(creator=creator).select_related("platform"):
        text = f"@{profile.handle}"
        if profile.followers is not None:
            text += f", {profile.followers:,} followers"
            text += f" on {profile.metrics_at:%-d %B %Y}" if profile.metrics_at else ""
        source = profile.get_metrics_source_display().lower()
        yield Held(f"Account on {profile.platform.name}", text, f"public profile, {source}")
    for contact in ContactPoint.objects.filter(brand=brand, creator=creator).order_by("pk"):
        yield Held(contact.get_kind_display(), _partly(contact), _origin(contact))
    for address in PostalAddress.objects.filter(brand=brand, creator=creator):
        yield Held("Postal address", f"in {address.city}, {address.country}", _origin(address))
    for agent in Agent.objects.filter(brand=brand, creators=creator).order_by("pk"):
        yield Held("Who speaks for you", str(agent), _origin(agent))
    posts = Post.objects.filter(creator=creator)
    yield from count_of("Posts", posts, "posted_at", "public posts and their public numbers")
    mails = Message.objects.filter(thread__relationship=relationship)
    yield from count_of("E-mails between us", mails, "at", "our mailboxes")
    notes = Note.objects.filter(relationship=relationship)
    yield from count_of("Notes of our team", notes, "created_at", "people of our team")
    vettings = Vetting.objects.filter(relationship=relationship)
    yield from count_of("Reviews of your content", vettings, "requested_at", "people of our team")
    applications = Application.objects.filter(relationship=relationship)
    yield from count_of("Your application", applications, "submitted_at", "you")


def count_of(what: str, rows: QuerySet[Any], moment: str, source: str) -> Iterator[Held]:
    """How many rows there are and from when to when, unless there is none."""
    found = rows.aggregate(number=Count("pk"), first=Min(moment), last=Max(moment))
    if found["number"]:
        yield Held(what, _stretch(found["number"], found["first"], found["last"]), source)


def _stretch(number: int, first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return f"{number:,}"
    days = f"{first:%-d %B %Y}"
    return f"{number:,}, {days}" + ("" if first.date() == last.date() else f" to {last:%-d %B %Y}")


def _partly(contact: ContactPoint) -> str:
    if contact.kind == ContactKind.EMAIL:
        name, _, domain = contact.value.partition("@")
        return f"{name[:1]}{_STAR}@{domain}"
    return f"{_STAR}{contact.value[-3:]}"


def _origin(row: ContactPoint | PostalAddress | Agent) -> str:
    parts = [part for part in (row.found_in, row.given_by) if part]
    if row.basis:
        parts.append(f"kept for: {row.get_basis_display().lower()}")
    return ", ".join(parts) or "nobody wrote down where it came from"
