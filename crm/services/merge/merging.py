"""Make two creators one: everything in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from crm import audit
from crm.models import Brand, Creator, DuplicatePair, FieldValue, Merge, Relationship, User
from crm.services import facts
from crm.services.merge.fields import (
    GONE,
    Difference,
    Pair,
    choose,
    differences,
    overruled,
)
from crm.services.merge.parts import PARTS
from crm.services.merge.recording import Recorder
from crm.services.merge.refusals import (
    AlreadyMerged,
    BusyImporting,
    MergeRefused,
    NotTwo,
    OthersInvolved,
)
from crm.services.merge.settling import RESOLVING, Settling
from crm.services.merge.tables import Counts, Walk, clashes, links_to
from crm.services.metrics import refresh_metrics

REASON_MAX = 300
_OF_CREATOR = (
    "name",
    "creator_type",
    "country",
    "language",
    "timezone",
    "profession",
    "is_celebrity",
)


@dataclass(frozen=True)
class Plan:
    """What a merge would do: shown before anybody says yes."""

    kept: Creator
    gone: Creator
    differences: Sequence[Difference]
    counts: Mapping[str, Counts]
    # Brands that know only the one that goes.
    handed_over: Sequence[Brand]


def plan(
    *, kept: Creator, gone: Creator, brand: Brand, allowed: Collection[int], at: datetime
) -> Plan:
    """What would happen. Raises what `merge` would raise, and changes nothing."""
    _refuse_unless_two(kept, gone)
    pairs, alone = _known_by(kept, gone, brand, allowed)
    _refuse_where_it_takes_a_person(pairs)
    walk = Walk(None, settlers=Settling({}, at).settlers(), resolving=RESOLVING)
    walk.join(Creator, gone.pk, kept.pk)
    counts = dict(walk.counts)
    for part in PARTS:
        for words, number in part.count(gone.pk).items():
            counts[words] = Counts(moved=number)
    return Plan(
        kept=kept,
        gone=gone,
        differences=differences(kept=kept, gone=gone, pairs=pairs, brand=brand, at=at),
        counts=dict(sorted(counts.items())),
        handed_over=[relationship.brand for relationship in alone],
    )


def merge(
    *,
    kept_id: int,
    gone_id: int,
    brand: Brand,
    choices: Mapping[str, str],
    actor: User | None,
    at: datetime,
    allowed: Collection[int],
    reason: str = "",
) -> Merge:
    """Let `kept` be both creators from now on. `choices` say, by key of a difference, what stays.

    `allowed` are the brands in which the actor may do this: every brand that knows the one that
    goes has to be among them. Raises MergeRefused (AlreadyMerged, OthersInvolved, BusyImporting,
    Outdated), and changes nothing then.
    """
    act = _Act(brand, actor, at, allowed, reason.strip()[:REASON_MAX])
    with transaction.atomic():
        merged = _merge(kept_id, gone_id, choices, act)
    # After the commit: a worker that drains the outbox holds rows of metrics and waits for locks
    # that a merge holds.
    refresh_metrics(creator_ids=[kept_id], as_of=at)
    return merged


@dataclass(frozen=True)
class _Act:
    """Who does it, for which brand, when, with a say in which brands, and why."""

    brand: Brand
    actor: User | None
    at: datetime
    allowed: Collection[int]
    reason: str


def _merge(kept_id: int, gone_id: int, choices: Mapping[str, str], act: _Act) -> Merge:
    brand, actor, at = act.brand, act.actor, act.at
    kept, gone = lock_both(kept_id, gone_id)
    _refuse_unless_two(kept, gone)
    pairs, alone = _known_by(kept, gone, brand, act.allowed)
    _refuse_where_it_takes_a_person(pairs)
    found = differences(kept=kept, gone=gone, pairs=pairs, brand=brand, at=at)
    chosen = choose(found, choices)
    said_again = overruled(kept=kept, gone=gone, brand=brand, at=at, chosen=chosen)
    concerned = [*(pair.brand for pair in pairs), *(row.brand for row in alone)]
    merged = Merge.objects.create(
        brand=brand,
        kept=kept,
        gone=gone,
        actor=actor,
        at=at,
        reason=act.reason,
        brands=sorted({brand.pk, *(one.pk for one in concerned)}),
    )
    recorder = Recorder(merged)
    for part in PARTS:
        recorder.keep(part.key, part.move(kept.pk, gone.pk, at))
    settling = Settling(chosen, at)
    walk = Walk(recorder, settlers=settling.settlers(), resolving=RESOLVING)
    _hand_over_decisions(recorder, kept.pk, gone.pk)
    walk.join(Creator, gone.pk, kept.pk)
    recorder.change(
        kept, {name: getattr(gone, name) for name in _OF_CREATOR if chosen.get(name) == GONE}
    )
    recorder.change(gone, {"merged_into": kept})
    for value in said_again:
        recorder.add(_said_now(value, kept, actor, at))
    merged.former_relationships = settling.former
    merged.save(update_fields=["former_relationships"])
    facts.mark_changed(brand=None, creator_ids=[kept.pk, gone.pk], cause="merge")
    moved = {words: count.moved for words, count in walk.counts.items() if count.moved}
    for one in sorted({brand, *concerned}, key=lambda one: one.pk):
        audit.record(
            brand=one,
            verb="crm.creator.merged",
            target=kept,
            actor=actor,
            at=at,
            data={"gone": gone.name, "gone_uid": str(gone.uid), "merge": merged.pk, "moved": moved},
        )
    return merged


def lock_both(kept_id: int, gone_id: int) -> tuple[Creator, Creator]:
    """Both creators and their relationships, locked; parts of upper apps are locked first.

    Raises BusyImporting while an import writes: merges wait for none, and imports for merges.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(hashtextextended('crm.import', 0))")
        if not cursor.fetchone()[0]:
            raise BusyImporting(
                "An import is being written this moment and may concern these creators. "
                "Try again when it is done: nothing was changed."
            )
    for part in PARTS:
        part.lock(kept_id, gone_id)
    # Not the key: rows that refer to them may be written meanwhile.
    rows = Creator.objects.select_for_update(no_key=True).filter(pk__in=[kept_id, gone_id])
    locked = {row.pk: row for row in rows.order_by("pk")}
    held = Relationship.objects.select_for_update(no_key=True).filter(creator__in=locked)
    list(held.order_by("pk"))
    if kept_id not in locked or gone_id not in locked:
        raise AlreadyMerged("One of the two creators is not there any more.")
    return locked[kept_id], locked[gone_id]


def _refuse_unless_two(kept: Creator, gone: Creator) -> None:
    if kept.pk == gone.pk:
        raise NotTwo("This is one creator already. Choose two.")
    for one in (kept, gone):
        if one.merged_into is not None:
            raise AlreadyMerged(f"{one} is part of {one.merged_into} already.")


def _known_by(
    kept: Creator, gone: Creator, brand: Brand, allowed: Collection[int]
) -> tuple[list[Pair], list[Relationship]]:
    """The relationships of brands that know both, and of those that know only the one that goes.

    Raises MergeRefused where `brand` does not know both, OthersInvolved where the actor has no say.
    """
    rows = Relationship.objects.filter(creator__in=[kept, gone]).select_related("brand", "owner")
    by_brand: dict[int, dict[int, Relationship]] = {}
    for row in rows.order_by("brand"):
        by_brand.setdefault(row.brand_id, {})[row.creator_id] = row
    if len(by_brand.get(brand.pk, ())) < 2:
        raise MergeRefused("Your brand has to know both creators.")
    pairs, alone = [], []
    strangers = 0
    for brand_id, known in by_brand.items():
        if gone.pk not in known:
            continue
        if brand_id not in allowed:
            strangers += 1
        elif kept.pk in known:
            pairs.append(Pair(kept=known[kept.pk], gone=known[gone.pk]))
        else:
            alone.append(known[gone.pk])
    if strangers:
        raise OthersInvolved(
            f"{gone} cannot go: another brand of this installation works with them, and you have "
            f"no say there. Keep {gone} and let {kept} go instead, or ask somebody who may change "
            "creators in every brand."
        )
    return pairs, alone


def _refuse_where_it_takes_a_person(pairs: Sequence[Pair]) -> None:
    """Two sequences that run would become one creator who gets mails of both."""
    for link in links_to(Relationship):
        if link.model._meta.label != "crm.Enrolment":
            continue
        for pair in pairs:
            if clashes(link, pair.gone.pk, pair.kept.pk):
                raise MergeRefused(
                    f"Both are in a running sequence of {pair.brand}. Stop one of them first, "
                    "so that nobody gets the mails of both."
                )


def _hand_over_decisions(recorder: Recorder, kept: int, gone: int) -> None:
    """That somebody is not the one who goes holds for the one who stays, too."""
    pairs = list(DuplicatePair.objects.filter(Q(first=gone) | Q(second=gone)))
    recorder.drop(DuplicatePair, [pair.pk for pair in pairs])
    for pair in pairs:
        other = pair.second_id if pair.first_id == gone else pair.first_id
        if pair.decided_at is None or other == kept:
            continue
        first, second = sorted((other, kept))
        found = DuplicatePair.objects.filter(brand=pair.brand_id, first=first, second=second)
        if not found.exists():
            pair.pk, pair.first_id, pair.second_id = None, first, second
            recorder.add(pair)


def _said_now(value: FieldValue, kept: Creator, actor: User | None, at: datetime) -> FieldValue:
    """A field's value once more, so that it counts again."""
    return FieldValue(
        field_id=value.field_id,
        creator=kept,
        since=at,
        number=value.number,
        text=value.text,
        flag=value.flag,
        day=value.day,
        tags=value.tags,
        source=value.source,
        note="Kept when two creators became one.",
        author=actor,
    )
