"""What a report says besides its figures: lifts of daily series, and events with what came of them.

No names of creators: a report is shared by link.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, Sum

from campaigns.choices import EventPart, InvitationState
from campaigns.models import Campaign, EventPost
from campaigns.selectors.events import events_of
from campaigns.selectors.series.lifts import Answered, lifts_of


def lifts_part(campaign: Campaign) -> list[dict[str, Any]]:
    """Each lift that was asked for, as known now; without an answer, why not. Two queries."""
    return [_lift(one) for one in lifts_of(campaign)]


def events_part(campaign: Campaign) -> list[dict[str, Any]]:
    """Who was invited, said yes and was there, and posts of it that were confirmed. Two queries."""
    there = Count("invitations", filter=Q(invitations__state=InvitationState.ATTENDED))
    absent = Count("invitations", filter=Q(invitations__state=InvitationState.ABSENT))
    come = Count("invitations", filter=Q(invitations__state=InvitationState.ACCEPTED))
    events: list[Any] = list(events_of(campaign).annotate(there=there, absent=absent, come=come))
    if not events:
        return []
    posts: dict[int, Any] = {
        row["invitation__event"]: row
        for row in EventPost.objects.filter(
            invitation__event__campaign=campaign, verdict=EventPart.YES
        )
        .order_by()
        .values("invitation__event")
        .annotate(posts=Count("pk"), reach=Sum("post__reach"), known=Count("post__reach"))
    }
    found = []
    for event in events:
        row = posts.get(event.pk, {"posts": 0, "reach": None, "known": 0})
        # Those who were there, or were not, had said that they come.
        said_yes = event.come + event.there + event.absent
        found.append(
            {
                "name": event.name,
                "place": event.place,
                "day": event.starts_at.astimezone(event.tz).date().isoformat(),
                "is_cancelled": event.cancelled_at is not None,
                "invited": event.invited,
                "unanswered": event.unanswered,
                "said_yes": said_yes,
                "there": event.there,
                "absent": event.absent,
                "posts": row["posts"],
                "reach": row["reach"],
                "reach_known_of": row["known"],
                "words": _words(event.cancelled_at is not None, event, said_yes, row),
            }
        )
    return found


def _words(is_cancelled: bool, event: Any, said_yes: int, row: dict[str, Any]) -> str:
    if is_cancelled:
        return f"Called off; {event.invited:,} were invited."
    words = f"{event.invited:,} invited, {said_yes:,} said yes"
    if event.unanswered:
        words += f", {event.unanswered:,} {'has' if event.unanswered == 1 else 'have'} not answered"
    if event.there or event.absent:
        words += f"; {event.there:,} {'was' if event.there == 1 else 'were'} there"
    number = row["posts"]
    if not number:
        return f"{words}. No post of it is confirmed."
    reach = "of no one of them is the reach known"
    if row["known"]:
        reach = f"reach {row['reach']:,}, known of {row['known']:,}"
    return f"{words}. {number:,} post{'s'[: number != 1]} of it: {reach}."


def _lift(one: Answered) -> dict[str, Any]:
    asked, lift = one.asked, one.lift
    return {
        "series": str(asked.series),
        "kind": asked.series.kind,
        "before": [asked.before_first.isoformat(), asked.before_last.isoformat()],
        "after": [asked.after_first.isoformat(), asked.after_last.isoformat()],
        "control": one.control,
        "lift": None if lift is None else lift.lift,
        "low": None if lift is None else lift.low,
        "high": None if lift is None else lift.high,
        "level": None if lift is None else lift.level,
        "words": list(one.words),
        "reason_if_absent": one.why_not or None,
        "method": one.method,
    }
