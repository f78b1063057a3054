"""What every page's frame shows: the brand, the user's role in it, the other brands, the rail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from crm.models import Application, Brand, Hold, Job, Notification, UserRole
from crm.permissions import Can, may

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from crm.models import User


@dataclass(frozen=True)
class RailItem:
    """A line of the left rail; `key` follows "g" on the keyboard."""

    label: str
    icon: str
    url: str
    key: str
    is_here: bool
    group: str = ""


HOME = "crm:day"
# Label, icon, URL name, key, what a role needs to see it. Pages of upper apps by name only.
RAIL = (
    ("My day", "sunrise", HOME, "d", Can.VIEW),
    ("Overview", "layout-dashboard", "crm:overview", "", Can.VIEW),
    ("Creators", "users", "crm:creators", "c", Can.VIEW),
    ("Board", "layout-kanban", "crm:board", "b", Can.VIEW),
    ("Applications", "user-plus", "crm:applications", "a", Can.TRIAGE),
    ("Mail", "mail", "crm:inbox", "e", Can.READ_MAIL),
    ("Outreach", "send", "crm:outreach", "m", Can.VIEW),
    ("Campaigns", "speakerphone", "campaigns:campaigns", "p", Can.VIEW),
    ("Approvals", "checklist", "campaigns:approvals", "v", Can.VIEW),
    ("Offers", "heart-handshake", "campaigns:offers", "f", Can.VIEW),
    ("Payments", "coins", "campaigns:payments", "", Can.VIEW),
    ("Library", "photo", "campaigns:assets", "l", Can.VIEW),
    ("Rules", "book", "campaigns:policies", "", Can.VIEW),
    ("Review queue", "scale", "campaigns:disclosures", "q", Can.VIEW),
    ("Incidents", "alert-triangle", "campaigns:incidents", "", Can.VIEW),
    ("Registers", "license", "campaigns:registers", "", Can.VIEW),
    ("Privacy", "user-shield", "crm:privacy", "", Can.HANDLE_PRIVACY),
    ("Audit ledger", "shield-check", "crm:ledger", "", Can.READ_AUDIT),
    ("Segments", "target", "segmentation:segments", "s", Can.VIEW),
    ("Runs", "player-play", "segmentation:runs", "r", Can.VIEW),
    ("Scorecards", "report-analytics", "segmentation:scorecards", "o", Can.VIEW),
    ("Tracking", "link", "campaigns:tracking", "", Can.VIEW),
    ("Watch", "activity", "campaigns:post_alerts", "", Can.VIEW),
    ("Attribution", "chart-dots", "segmentation:attribution", "", Can.VIEW),
    ("Daily series", "timeline", "campaigns:series_list", "", Can.VIEW),
    ("Experiments", "flask", "segmentation:experiments", "", Can.VIEW),
    ("Imports", "file-import", "crm:imports", "i", Can.VIEW),
    ("Settings", "settings", "crm:settings", "", Can.MANAGE_BRAND),
)

# Lines that stand together below a heading; the group is where its first line is.
GROUPS = {
    "Legal": (
        "campaigns:disclosures",
        "campaigns:incidents",
        "campaigns:registers",
        "crm:privacy",
        "crm:ledger",
    ),
    "Segmentation": ("segmentation:segments", "segmentation:runs", "segmentation:scorecards"),
    "Results": (
        "campaigns:tracking",
        "campaigns:post_alerts",
        "segmentation:attribution",
        "campaigns:series_list",
        "segmentation:experiments",
    ),
    "Set-up": ("crm:imports", "crm:settings"),
}
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}

# Pages that belong to a line of the rail although their addresses do not begin with its own.
BELONGING = {
    "segmentation:experiments": ("segmentation:content_tests",),
    "campaigns:campaigns": ("segmentation:match_lessons",),
    "campaigns:incidents": (
        "campaigns:holds",
        "campaigns:risk",
        "campaigns:flags",
        "campaigns:authenticity",
        "campaigns:reliability",
        "campaigns:trust",
        "campaigns:runbooks",
    ),
    "crm:creators": ("crm:reviews",),
    HOME: ("crm:tasks", "crm:notifications", "crm:me"),
    "campaigns:offers": ("campaigns:gifts", "campaigns:contracts"),
    "campaigns:payments": (
        "campaigns:concentration",
        "campaigns:channels",
        "campaigns:media_values",
    ),
    "campaigns:policies": ("campaigns:claims",),
    "campaigns:post_alerts": ("crm:post_comments",),
    "campaigns:disclosures": ("campaigns:remediations",),
    "segmentation:attribution": ("campaigns:conversions", "campaigns:survey"),
    "campaigns:registers": ("campaigns:packs",),
    "segmentation:segments": (
        "segmentation:matrix",
        "segmentation:suggestions",
        "segmentation:scores",
        "segmentation:score_comparisons",
        "segmentation:clusters",
        "segmentation:audiences",
        "segmentation:forecasts",
        "segmentation:hygiene",
        "segmentation:personas",
        "segmentation:drift",
        "segmentation:tiers",
        "segmentation:packs",
        "segmentation:dimension_new",
    ),
}

# Pages whose address is that of another line's record.
ELSEWHERE = {
    "segmentation:scorecard": "segmentation:scorecards",
    "segmentation:kpis": "segmentation:scorecards",
}


def rail(request: HttpRequest, brand: Brand, role: str | None) -> list[RailItem]:
    """The rail of `brand` for a user with `role`; what the role cannot use is not there."""
    items = []
    match = request.resolver_match
    line = ELSEWHERE.get(match.view_name) if match else None
    for label, icon, name, key, can in RAIL:
        if may(role, can):
            url, *others = _addresses(name, brand.slug)
            # The day is at the brand's own address, with which all others begin.
            is_here = request.path == url if name == HOME else request.path.startswith(url)
            is_here = is_here or request.path.startswith(tuple(others))
            is_here = is_here if line is None else name == line
            items.append(RailItem(label, icon, url, key, is_here, _GROUP_OF.get(name, "")))
    return items


@lru_cache(maxsize=10_000)
def _addresses(name: str, slug: str) -> tuple[str, ...]:
    """The address of a line, and those that belong to it: some sixty for each page."""
    return tuple(reverse(page, args=[slug]) for page in (name, *BELONGING.get(name, ())))


def brand_frame(request: HttpRequest) -> dict[str, Any]:
    """The frame's context for a logged-in user on a brand's page; empty elsewhere.

    `request.brand` and `request.role` are set by crm.permissions.brand_page.
    """
    brand: Brand | None = getattr(request, "brand", None)
    user = request.user
    if brand is None or not user.is_authenticated:
        return {}
    role = getattr(request, "role", None)
    # A fragment has no frame, and does not pay for it.
    return {
        "brand": brand,
        "role": role,
        "brands": SimpleLazyObject(lambda: _brands(user)),
        "rail": SimpleLazyObject(lambda: rail(request, brand, role)),
    }


def _brands(user: User) -> QuerySet[UserRole]:
    """The brands of the switcher, with how much waits in each, by one statement."""
    unread = Notification.objects.filter(user=user, brand=OuterRef("brand")).unread()
    counted = unread.order_by().values("brand").annotate(number=Count("*")).values("number")
    told = Job.objects.filter(asked_by=user, brand=OuterRef("brand"), seen_at=None)
    applied = Application.objects.filter(brand=OuterRef("brand")).waiting().order_by()
    paused = Hold.objects.filter(brand=OuterRef("brand"), relationship=None)
    waiting = applied.values("brand").annotate(number=Count("*")).values("number")
    return (
        UserRole.objects.filter(user=user)
        .select_related("brand")
        .annotate(
            unread=Coalesce(Subquery(counted), 0),
            has_jobs=Exists(told),
            is_paused=Exists(paused.in_force(timezone.now())),
            applications=Coalesce(Subquery(waiting), 0),
        )
        .order_by("brand__name")
    )
