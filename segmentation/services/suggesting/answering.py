"""What people answer to suggested values: that is when a value becomes a fact, and not before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from crm import audit
from crm.choices import Source
from crm.field_types import ValueRefused, clean
from crm.importers.numbers import BadValue
from crm.importers.values import parse_language
from crm.models import Brand, User
from segmentation.choices import AnswerStatus
from segmentation.models import SuggestedValue
from segmentation.selectors.suggested_values import Past, past_from
from segmentation.services.suggesting import facts, reading
from segmentation.services.suggesting.subjects import LANGUAGE, Subject, subjects_of

# Nobody is asked again so soon whose posts did not tell.
QUIET = timedelta(days=90)
NOTE_MAX = 200
# Accepting many at once: how sure, how many of them people must have looked at before, how many go.
BULK_LEAST, BULK_LOOKED_AT, BULK_MOST = 0.8, 20, 500


class AnswerRefused(Exception):
    """Nothing was changed; the message is fit for the user, `code` for a program.

    `field` names the input that is at fault, empty where it is none of them.
    """

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field


@transaction.atomic
def accept(*, suggestion_id: int, at: datetime, actor: User, note: str = "") -> SuggestedValue:
    """Take the suggested value over as a fact: estimated. Raises AnswerRefused."""
    found, subject = _locked(suggestion_id, at)
    if not subject.allows(found.value):
        raise AnswerRefused(
            f"“{found.value}” is no value of {subject.label} any more: say what it is instead.",
            code="invalid",
        )
    facts.write(
        brand=found.brand,
        subject=subject,
        creator_ids=[found.creator_id],
        values=[found.value],
        at=at,
        actor=actor,
        source=Source.ESTIMATED,
        note=_origin(found),
    )
    return _close(
        found, AnswerStatus.ACCEPTED, at=at, actor=actor, note=_note(note), chosen=[found.value]
    )


@transaction.atomic
def override(
    *, suggestion_id: int, values: Sequence[str], at: datetime, actor: User, note: str = ""
) -> SuggestedValue:
    """Say what it is instead: entered by hand. Of a set it may be several, the suggested one too.

    Raises AnswerRefused.
    """
    found, subject = _locked(suggestion_id, at)
    chosen = _cleaned(subject, values)
    if chosen == [found.value]:
        return accept(suggestion_id=suggestion_id, at=at, actor=actor, note=note)
    facts.write(
        brand=found.brand,
        subject=subject,
        creator_ids=[found.creator_id],
        values=chosen,
        at=at,
        actor=actor,
        source=Source.MANUAL,
        note=_note(note),
    )
    return _close(
        found, AnswerStatus.OVERRIDDEN, at=at, actor=actor, note=_note(note), chosen=chosen
    )


@transaction.atomic
def not_enough(*, suggestion_id: int, at: datetime, actor: User, note: str = "") -> SuggestedValue:
    """Say that nobody could tell from this; it is not asked again for 90 days."""
    found, _subject = _locked(suggestion_id, at)
    found.quiet_until = at + QUIET
    return _close(found, AnswerStatus.NOT_ENOUGH, at=at, actor=actor, note=_note(note), chosen=[])


@transaction.atomic
def take_back(*, suggestion_id: int, at: datetime, actor: User) -> SuggestedValue:
    """Undo an answer: the value is unknown again, and the question waits. Raises AnswerRefused."""
    found = (
        SuggestedValue.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand")
        .get(pk=suggestion_id)
    )
    subject = _subject(found)
    if found.status in {AnswerStatus.OPEN, AnswerStatus.WITHDRAWN} or found.closed_at is None:
        raise AnswerRefused("There is no answer to take back.", code="closed")
    again = SuggestedValue.objects.filter(
        brand=found.brand_id, creator=found.creator_id, fact=found.fact
    ).open()
    if again.exists():
        raise AnswerRefused("The question waits again already.", code="closed")
    if found.chosen and not facts.take_away(
        brand=found.brand,
        subject=subject,
        creator_id=found.creator_id,
        values=found.chosen,
        said_at=found.closed_at,
        at=at,
        actor=actor,
    ):
        raise AnswerRefused(
            "The value was changed since: change it on the creator's page.", code="closed"
        )
    _refuse_known(found, subject, at)
    found.status, found.chosen, found.note, found.in_bulk = AnswerStatus.OPEN, [], "", False
    found.closed_at = found.closed_by = found.quiet_until = None
    found.save()
    _record(found, "segmentation.suggested_value.reopened", at, actor)
    return found


@transaction.atomic
def accept_all(
    *, brand: Brand, fact: str, least: float, at: datetime, actor: User
) -> tuple[int, Past]:
    """Accept what waits with a confidence of at least `least`; returns how many, and the record.

    Only from 80 % on, and only where people have looked at 20 such suggestions one by one. Those
    accepted here prove nothing: they count neither in the record nor in what is learned from.
    Raises AnswerRefused.
    """
    subject = subjects_of(brand).get(fact)
    if subject is None:
        raise AnswerRefused(
            f"Nothing is suggested for “{fact}”.", code="unknown_fact", field="fact"
        )
    if not BULK_LEAST <= least <= 1:
        raise AnswerRefused(
            "Many at once are accepted from 80 % on.", code="too_unsure", field="least_confidence"
        )
    past = past_from(brand, fact, least)
    if past.looked_at < BULK_LOOKED_AT:
        raise AnswerRefused(
            f"People have looked at {past.looked_at} suggestions of this kind that were as sure. "
            f"Look at {BULK_LOOKED_AT} of them first: nobody knows yet how many are right.",
            code="unproven",
        )
    rows = SuggestedValue.objects.filter(brand=brand, fact=fact, confidence__gte=least).open()
    found = list(rows.order_by("-confidence", "pk").select_for_update(no_key=True)[:BULK_MOST])
    unknown = reading.still_unknown(brand, subject, [one.creator_id for one in found], at)
    found = [one for one in found if one.creator_id in unknown and subject.allows(one.value)]
    for value in sorted({one.value for one in found}):
        facts.write(
            brand=brand,
            subject=subject,
            creator_ids=[one.creator_id for one in found if one.value == value],
            values=[value],
            at=at,
            actor=actor,
            source=Source.ESTIMATED,
            note=f"Suggested, accepted with all from {least * 100:.0f} % on",
        )
    for one in found:
        one.status, one.chosen, one.in_bulk = AnswerStatus.ACCEPTED, [one.value], True
        one.closed_at, one.closed_by = at, actor
    SuggestedValue.objects.bulk_update(
        found, ["status", "chosen", "in_bulk", "closed_at", "closed_by"], batch_size=500
    )
    if found:
        audit.record(
            brand=brand,
            verb="segmentation.suggested_value.accepted_many",
            target=brand,
            actor=actor,
            at=at,
            data={"field": fact, "least": least, "creators": len(found)},
        )
    return len(found), past


def _locked(suggestion_id: int, at: datetime) -> tuple[SuggestedValue, Subject]:
    """A suggestion that waits, for this transaction alone, and its fact, which is not known."""
    found = (
        SuggestedValue.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "creator", "classifier")
        .get(pk=suggestion_id)
    )
    if found.status != AnswerStatus.OPEN:
        who = f" by {found.closed_by.display_name}" if found.closed_by else ""
        word = AnswerStatus(found.status).label.lower()
        raise AnswerRefused(f"This was answered{who} by now: {word}.", code="closed")
    subject = _subject(found)
    _refuse_known(found, subject, at)
    return found, subject


def _refuse_known(found: SuggestedValue, subject: Subject, at: datetime) -> None:
    if not reading.still_unknown(found.brand, subject, [found.creator_id], at):
        raise AnswerRefused(
            f"{subject.label} of {found.creator} is known by now, or they objected to being "
            "sorted: look at their page.",
            code="known",
        )


def _subject(found: SuggestedValue) -> Subject:
    subject = subjects_of(found.brand).get(found.fact)
    if subject is None:
        raise AnswerRefused(f"The field “{found.fact}” is not in use.", code="unknown_fact")
    return subject


def _cleaned(subject: Subject, values: Sequence[str]) -> list[str]:
    """What the person said, as the fact holds it. Raises AnswerRefused."""
    given = [" ".join(value.split()) for value in values if value.strip()]
    if not given:
        raise AnswerRefused("Say what it is.", code="required", field="values")
    if len(given) > 1 and not subject.is_set:
        raise AnswerRefused("It can be one of these only.", code="invalid", field="values")
    if subject.field is not None:
        try:
            held = clean(subject.field, given if subject.is_set else given[0])
        except ValueRefused as refusal:
            raise AnswerRefused(str(refusal), code="invalid", field="values") from refusal
        return [str(one) for one in held] if isinstance(held, list) else [str(held)]
    if subject.fact == LANGUAGE:
        return [_language(given[0])]
    strange = [one for one in given if one not in subject.values]
    if strange:
        raise AnswerRefused(
            f"“{strange[0][:60]}” is none of the niches.", code="invalid", field="values"
        )
    return sorted(set(given))


def _language(given: str) -> str:
    try:
        found = parse_language(given)
    except BadValue as error:
        raise AnswerRefused(str(error), code="invalid", field="values") from error
    if found is None:  # "n/a" and the like
        raise AnswerRefused("Say what it is.", code="required", field="values")
    return found


def _origin(found: SuggestedValue) -> str:
    """What stands beside the value: who suggested it, how sure, and by which words."""
    sure = "" if found.confidence is None else f" at {found.confidence * 100:.0f} %"
    words = ", ".join(f"“{term[:30]}”" for term, _share in found.evidence.get("terms", [])[:4])
    kind = found.classifier.get_kind_display().lower()
    told = f"Suggested by {kind} {found.classifier.number}{sure}" + (f": {words}" if words else "")
    return "".join(letter for letter in told if letter.isprintable())[:300]


def _note(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > NOTE_MAX or not text.isprintable():
        raise AnswerRefused(
            f"A note is one line of at most {NOTE_MAX} characters.", code="too_long", field="note"
        )
    return text


def _close(
    found: SuggestedValue,
    status: AnswerStatus,
    *,
    at: datetime,
    actor: User,
    note: str,
    chosen: Any,
) -> SuggestedValue:
    found.status, found.note, found.chosen = status, note, chosen
    found.closed_at, found.closed_by = at, actor
    found.save()
    _record(found, f"segmentation.suggested_value.{status.value}", at, actor)
    return found


def _record(found: SuggestedValue, verb: str, at: datetime, actor: User) -> None:
    audit.record(
        brand=found.brand,
        verb=verb,
        target=found,
        actor=actor,
        at=at,
        data={"field": found.fact, "classifier": found.classifier_id},
        text={"value": found.value, "chosen": found.chosen, "note": found.note},
        label=found.creator.name,
    )
