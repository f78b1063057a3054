"""When an amount becomes ready: from what is written down, with the evidence and its day.

A round over many amounts is a handful of queries; nothing of it is guessed. What becomes ready is
moved once, and stays so: that a post is gone later does not undo it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from campaigns.choices import (
    ContractState,
    DeliverableAct,
    DeliverableState,
    PayAct,
    PayMetric,
    PayState,
    PayTrigger,
)
from campaigns.models import ContractAcceptance, Deliverable, Payable
from campaigns.models.payments import PayableQuerySet
from campaigns.services.days import today_of
from campaigns.services.payments import results
from campaigns.services.payments.record import act_on
from crm.models import Brand

_COUNTS = ("likes", "comments", "saves", "shares", "views", "reach", "impressions")
_SAID_YES = (DeliverableAct.APPROVE, DeliverableAct.CORRECT, DeliverableAct.CONFIRM)
# Of a round: each amount is a row that is locked and saved.
BATCH = 500


@dataclass(frozen=True)
class Piece:
    """A piece of content of the creator that is not called off."""

    pk: int
    title: str
    is_approved: bool
    is_published: bool
    approved_at: datetime | None
    published_at: datetime | None
    post: int | None
    counts: Mapping[str, int | None]


@dataclass(frozen=True)
class Reached:
    """Whether a milestone is reached: on which day, in words, and what shows it."""

    on: date | None
    words: str
    shown: Sequence[Mapping[str, Any]] = ()
    # Of a result that was counted.
    amount: Decimal | None = None

    @property
    def evidence(self) -> dict[str, Any]:
        """As the row keeps it."""
        return {"words": self.words, "shown": [dict(one) for one in self.shown]}


@transaction.atomic
def look_at(rows: PayableQuerySet, *, brand: Brand, at: datetime) -> int:
    """Move what has reached its milestone; how many. A round that somebody else does is left."""
    waiting = list(
        rows.filter(brand=brand, state=PayState.COMMITTED)
        .exclude(trigger=PayTrigger.HAND)
        .select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("brand", "campaign", "engagement__relationship__creator")
        .order_by("pk")[:BATCH]
    )
    found = reached(waiting, brand=brand, at=at)
    moved = 0
    for payable in waiting:
        one = found[payable.pk]
        if one.on is None:
            continue
        if one.amount is not None:
            payable.amount = one.amount
        payable.ready_on = one.on
        payable.due_on = one.on + timedelta(days=payable.net_days)
        payable.evidence = one.evidence
        if one.amount == 0:
            act_on(payable, PayAct.CANCEL, actor=None, at=at, note=f"Nothing is due: {one.words}.")
        else:
            act_on(payable, PayAct.REACH, actor=None, at=at, note=one.words[:500])
            moved += 1
    return moved


def reached(payables: Sequence[Payable], *, brand: Brand, at: datetime) -> dict[int, Reached]:
    """How far each amount is from its milestone: three queries, whatever the number."""
    today = today_of(brand, at)
    pieces = _pieces({one.engagement_id for one in payables if one.engagement_id})
    signed = _signed(one for one in payables if one.trigger == PayTrigger.SIGNING)
    found = {}
    for one in payables:
        theirs = pieces.get(one.engagement_id or 0, [])
        match PayTrigger(one.trigger):
            case PayTrigger.SIGNING:
                found[one.pk] = _on_signing(one, signed)
            case PayTrigger.APPROVAL:
                found[one.pk] = _on_approval(theirs, brand)
            case PayTrigger.PUBLICATION:
                found[one.pk] = _on_publication(theirs, brand)
            case PayTrigger.RESULT:
                found[one.pk] = _on_result(one, theirs, brand, today)
            case PayTrigger.DATE:
                found[one.pk] = _on_day(one, today)
            case PayTrigger.HAND:
                found[one.pk] = Reached(None, "Somebody has to mark it as ready.")
    return found


def _on_signing(one: Payable, signed: Mapping[int, tuple[date, str]]) -> Reached:
    if one.engagement_id is None or one.engagement_id not in signed:
        return Reached(None, "No contract in force was accepted yet.")
    on, name = signed[one.engagement_id]
    words = f"The contract was accepted on {on:%-d %B %Y}"
    return Reached(on, words, [{"what": "Accepted by", "value": name, "on": on.isoformat()}])


def _on_day(one: Payable, today: date) -> Reached:
    on = one.trigger_on
    if on is None or on > today:
        return Reached(None, f"It is due on {on:%-d %B %Y}." if on else "No day is named.")
    return Reached(on, f"The agreed day, {on:%-d %B %Y}, has come")


def _on_approval(pieces: Sequence[Piece], brand: Brand) -> Reached:
    if not pieces:
        return Reached(None, "No content is planned.")
    done = [piece for piece in pieces if piece.is_approved]
    if len(done) < len(pieces):
        return Reached(None, f"{len(done)} of {len(pieces)} pieces of content are approved.")
    days = [today_of(brand, piece.approved_at) for piece in done if piece.approved_at]
    if not days:
        return Reached(None, "It is not known when the content was approved.")
    on = max(days)
    words = f"All {len(done)} pieces of content were approved by {on:%-d %B %Y}"
    return Reached(on, words, [_shown(piece, piece.approved_at) for piece in done])


def _on_publication(pieces: Sequence[Piece], brand: Brand) -> Reached:
    if not pieces:
        return Reached(None, "No content is planned.")
    done = [piece for piece in pieces if piece.is_published]
    if len(done) < len(pieces):
        return Reached(None, f"{len(done)} of {len(pieces)} pieces of content are published.")
    on = max(today_of(brand, piece.published_at) for piece in done if piece.published_at)
    words = f"All {len(done)} pieces of content were published by {on:%-d %B %Y}"
    return Reached(on, words, [_shown(piece, piece.published_at) for piece in done])


def _on_result(one: Payable, pieces: Sequence[Piece], brand: Brand, today: date) -> Reached:
    rule = results.rule_of(one.rule or {})
    published = _on_publication(pieces, brand)
    counts = {piece.pk: results.count_of(rule.metric, piece.counts) for piece in pieces}
    known = [count for count in counts.values() if count is not None]
    if isinstance(rule, results.Goal) and sum(known) >= rule.threshold:
        # Counts only grow: what is not known yet cannot take it back.
        done = results.reached_by(rule, known, one.currency)
        live = [piece for piece in pieces if counts[piece.pk] is not None]
        shown = [_counted(piece, rule.metric, counts[piece.pk]) for piece in live]
        return Reached(today, done.words, shown, done.amount)
    if published.on is None:
        return published
    on = published.on + timedelta(days=rule.days)
    if on > today:
        return Reached(None, f"It is counted on {on:%-d %B %Y}.")
    if len(known) < len(pieces):
        return Reached(
            None,
            f"The {results.things(rule.metric)} of {len(known)} of {len(pieces)} posts are known: "
            "import the others.",
        )
    counted = (
        results.reached_by(rule, known, one.currency)
        if isinstance(rule, results.Goal)
        else results.pay_for(rule, known, one.currency)
    )
    shown = [_counted(piece, rule.metric, counts[piece.pk]) for piece in pieces]
    # It is known when it is counted, which may be later than agreed: no day of the past is due.
    return Reached(max(on, today), counted.words, shown, counted.amount)


def _counted(piece: Piece, metric: PayMetric, count: int | None) -> dict[str, Any]:
    found = _shown(piece, piece.published_at)
    return found | {"post": piece.post, "metric": metric.value, "count": count}


def _shown(piece: Piece, moment: datetime | None) -> dict[str, Any]:
    return {
        "what": piece.title,
        "deliverable": piece.pk,
        "on": moment.isoformat() if moment else None,
    }


def _signed(payables: Iterable[Payable]) -> dict[int, tuple[date, str]]:
    """When the newest contract in force of each place in a campaign was accepted, and by whom."""
    places = {one.engagement_id for one in payables}
    if not places:
        return {}
    # While it is being accepted the acceptance is there, and the contract's state follows.
    rows = (
        ContractAcceptance.objects.filter(version__contract__engagement__in=places)
        .exclude(version__contract__state__in=[ContractState.SUPERSEDED, ContractState.TERMINATED])
        .order_by("on", "pk")
    )
    return {
        place: (on, name)
        for place, on, name in rows.values_list("version__contract__engagement", "on", "name")
    }


def _pieces(places: Iterable[int]) -> dict[int, list[Piece]]:
    """What each place in a campaign has to show, of what is not called off."""
    wanted = set(places)
    if not wanted:
        return {}
    rows = (
        Deliverable.objects.filter(engagement__in=wanted)
        .exclude(state=DeliverableState.CANCELLED)
        .annotate(yes_at=Max("events__at", filter=Q(events__act__in=_SAID_YES)))
        .order_by("pk")
        .values(
            "pk", "engagement", "title", "state", "state_since", "yes_at", "published_at", "post",
            *(f"post__{name}" for name in _COUNTS),
        )
    )  # fmt: skip
    found: dict[int, list[Piece]] = defaultdict(list)
    for row in rows:
        is_published = row["state"] == DeliverableState.PUBLISHED
        found[row["engagement"]].append(
            Piece(
                pk=row["pk"],
                title=row["title"],
                is_approved=is_published or row["state"] == DeliverableState.APPROVED,
                is_published=is_published,
                approved_at=row["yes_at"] or row["published_at"] or row["state_since"],
                published_at=row["published_at"],
                post=row["post"],
                counts={name: row[f"post__{name}"] for name in _COUNTS},
            )
        )
    return found
