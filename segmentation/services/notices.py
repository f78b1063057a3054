"""Mails about runs: to those who asked for one, own what it moves, or can decide on it.

A mail is sent by a task of its own, after the commit: no run waits for a mail server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from crm.models import Brand, User, UserRole
from crm.outreach.headers import in_header
from crm.permissions import CAPABILITIES, Can
from crm.services.promised_tasks import promise
from segmentation.choices import ErrandStatus, OrderKind, RunStatus
from segmentation.models import Run, RunOrder, RunSegment, Segment

# By name: tasks are above services.
RUN_TASK = "segmentation.tasks.tell_about_run"
BROKEN_TASK = "segmentation.tasks.tell_about_broken"
ORDER_TASK = "segmentation.tasks.tell_about_order"
DRIFT_TASK = "segmentation.tasks.tell_about_drift"
MOVEMENTS = 5


def about_run(run_id: int) -> None:
    """Once this transaction is through, tell people that the run waits or has failed."""
    promise(RUN_TASK, run_id=run_id)


def about_order(order_id: int) -> None:
    """Tell who had a run applied or rolled back that it failed."""
    promise(ORDER_TASK, order_id=order_id)


def broken_segments(segment_ids: Sequence[int]) -> None:
    """Once this transaction is through, tell people that these can no longer be evaluated."""
    promise(BROKEN_TASK, segment_ids=list(segment_ids))


def about_drift(run_id: int) -> None:
    """Once this transaction is through, tell people that a run moved more than is usual."""
    promise(DRIFT_TASK, run_id=run_id)


def tell_about_run(*, run_id: int) -> int:
    """Send the mail about a run that waits or has failed; returns to how many people."""
    run = Run.objects.select_related("brand", "requested_by", "dimension").get(pk=run_id)
    moved = list(run.segments.exclude(joined=0, left=0).select_related("segment__owner", "segment"))
    who = [run.requested_by, *(row.segment.owner for row in moved)]
    to = _people(run.brand, [user for user in who if user is not None])
    link = _link("segmentation:run", run.brand, run.pk)
    if run.status == RunStatus.WAITING:
        subject = f"{run.brand}: run {run.pk} waits for a decision"
        share = f"{run.moved:,} of {run.population:,} creators"
        words = [
            f"Run {run.pk} as of {run.as_of:%d %B %Y} would move {share}. Nobody has moved yet.",
            "",
            *_movements(moved),
            "",
            f"Apply it, apply a part of it, or reject it: {link}",
        ]
    elif run.status == RunStatus.FAILED:
        subject = f"{run.brand}: run {run.pk} failed"
        words = [
            f"Run {run.pk} as of {run.as_of:%d %B %Y} failed; nobody moved.",
            "",
            run.error,
            "",
            f"See it: {link}",
        ]
    else:
        return 0  # somebody was quicker than the mail
    return _send(to, subject, words)


def tell_about_order(*, order_id: int) -> int:
    """Send the mail about an order that failed; returns to how many people."""
    orders = RunOrder.objects.select_related("run__brand", "requested_by")
    order = orders.filter(pk=order_id, status=ErrandStatus.FAILED).first()
    if order is None:
        return 0  # somebody asked for it once more, or the run is gone
    run, who = order.run, order.requested_by
    was = "applied" if order.kind == OrderKind.APPLY else "rolled back"
    words = [
        f"Run {run.pk} as of {run.as_of:%d %B %Y} was to be {was}, and was not: nobody moved.",
        "",
        order.error,
        "",
        f"See it: {_link('segmentation:run', run.brand, run.pk)}",
    ]
    return _send(
        _people(run.brand, [] if who is None else [who]),
        f"{run.brand}: run {run.pk} was not {was}",
        words,
    )


def tell_about_broken(*, segment_ids: Sequence[int]) -> int:
    """Send each owner a mail about their broken segments; returns to how many people."""
    segments = Segment.objects.filter(pk__in=segment_ids).exclude(broken_reason="")
    sent = 0
    for segment in segments.select_related("brand", "owner").order_by("pk"):
        to = _people(segment.brand, [segment.owner] if segment.owner else [])
        words = [
            f"The rule of {segment} can no longer be evaluated: {segment.broken_reason}",
            "",
            f"Its {segment.members_count:,} members stay as they are until the rule is mended.",
            "",
            f"Mend it: {_link('segmentation:segment', segment.brand, segment.key)}",
        ]
        sent += _send(to, f"{segment.brand}: the segment {segment} is broken", words)
    return sent


def tell_about_drift(*, run_id: int) -> int:
    """Send the owners a mail about dimensions of which a run moved more than it may unseen."""
    run = Run.objects.select_related("brand").get(pk=run_id)
    alerts = list(run.alerts.select_related("dimension").order_by("dimension__position", "pk"))
    owned = Segment.objects.filter(dimension__in=[one.dimension_id for one in alerts])
    owners = [one.owner for one in owned.select_related("owner") if one.owner is not None]
    if not alerts:
        return 0
    words = [
        f"Run {run.pk} as of {run.as_of:%d %B %Y} moved more creators than is usual:",
        "",
        *(
            f"  {one.dimension}: {one.moved:,} of {one.known:,} creators "
            f"({one.moved / one.known:.0%}; the limit is {one.threshold_percent} %)"
            for one in alerts
        ),
        "",
        "Either many creators have changed, or their data have.",
        f"See who moved where: {_page('segmentation:drift', run.brand)}",
        f"The run itself, which can be rolled back: {_link('segmentation:run', run.brand, run.pk)}",
    ]
    return _send(_people(run.brand, owners), f"{run.brand}: segments have drifted", words)


def _movements(moved: Iterable[RunSegment]) -> list[str]:
    biggest = sorted(moved, key=lambda row: (-(row.joined + row.left), row.segment.key))
    return [
        f"  {row.segment}: {row.joined:,} join, {row.left:,} leave" for row in biggest[:MOVEMENTS]
    ]


def _people(brand: Brand, users: Collection[User]) -> list[str]:
    """The addresses of those who still have a role; where none is left, of those who can decide."""
    roles = UserRole.objects.filter(brand=brand, user__is_active=True).select_related("user")
    concerned = roles.filter(user__in=[user.pk for user in users])
    deciding = [role for role, can in CAPABILITIES.items() if Can.APPLY_RUNS in can]
    found = concerned or roles.filter(role__in=deciding)
    return sorted({role.user.email for role in found})


def _page(name: str, brand: Brand) -> str:
    return f"{settings.RAPPORT_URL}{reverse(name, args=[brand.slug])}"


def _link(name: str, brand: Brand, item: object) -> str:
    return f"{settings.RAPPORT_URL}{reverse(name, args=[brand.slug, item])}"


def _send(to: Collection[str], subject: str, words: Sequence[str]) -> int:
    """One mail for each address: nobody sees who else got it."""
    subject = in_header(subject)
    mails = [EmailMessage(subject, "\n".join(words), to=[address]) for address in to]
    return get_connection().send_messages(mails) or 0 if mails else 0
