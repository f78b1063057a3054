"""Answers to "how did you hear of us?": told once, taken for something by rules or by people.

A rule fits where its words stand in the answer as whole words, whatever the case and the accents;
of several the one with the longest words. What somebody decided, rules leave alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.db import connection, transaction

from campaigns.choices import SurveyChoice
from campaigns.models import SurveyAnswer, SurveyBatch, SurveyRule
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.importers.tables import Line, TableRefused, read_table
from crm.models import Brand, Relationship, User

ANSWERS_MAX = 50_000
FIRST_DAY = date(2000, 1, 1)
COLUMNS = {
    "key": ("key", "id", "response id", "answer id", "response"),
    "day": ("day", "date", "submitted at", "answered at", "created at"),
    "text": ("answer", "text", "how did you hear about us?", "how did you hear of us?", "heard"),
    "order": ("order", "order number", "order id", "order key", "name"),
}
_PLAIN = r"btrim(regexp_replace(crm_fold({}), '[^[:alnum:]]+', ' ', 'g'))"
_MAP = f"""
UPDATE campaigns_surveyanswer a
SET choice = coalesce(m.choice, 'unknown'), relationship_id = m.relationship_id,
  channel = coalesce(m.channel, ''), rule_id = m.rule_id
FROM (
  SELECT DISTINCT ON (x.id) x.id, r.id AS rule_id, r.choice, r.relationship_id, r.channel
  FROM campaigns_surveyanswer x
  LEFT JOIN campaigns_surveyrule r ON r.brand_id = x.brand_id
    AND strpos(' ' || {_PLAIN.format("x.text")} || ' ', ' ' || r.words || ' ') > 0
  WHERE x.brand_id = %(brand)s AND NOT x.is_decided
  ORDER BY x.id, length(r.words) DESC NULLS LAST, r.id
) m
WHERE m.id = a.id AND (a.choice, a.relationship_id, a.channel, a.rule_id) IS DISTINCT FROM
  (coalesce(m.choice, 'unknown'), m.relationship_id, coalesce(m.channel, ''), m.rule_id)
"""  # noqa: S608 - own SQL, values are parameters


@dataclass(frozen=True)
class Told:
    """An answer as it was given. `order` is the number that a conversion may have as its key."""

    key: str
    day: date
    text: str
    order: str = ""


@dataclass(frozen=True)
class Taken:
    """What an answer is taken for: a creator, another way in words, or nothing that is known."""

    choice: str
    relationship: Relationship | None = None
    channel: str = ""


@dataclass(frozen=True)
class Kept:
    """How many answers were new, and how many were there already."""

    new: int
    known: int


@transaction.atomic
def tell(
    *,
    brand: Brand,
    answers: Sequence[Told],
    actor: User | None,
    at: datetime,
    batch: SurveyBatch | None = None,
) -> Kept:
    """Keep answers, all or none; the same key with the same content is the same answer.

    Raises CampaignRefused.
    """
    _lock(brand)
    if not 0 < len(answers) <= ANSWERS_MAX:
        msg = f"Between one and {ANSWERS_MAX:,} answers at once."
        raise CampaignRefused(msg, code="too_many", field="answers")
    there = {
        key: rest
        for key, *rest in SurveyAnswer.objects.filter(
            brand=brand, key__in=[one.key for one in answers]
        ).values_list("key", "day", "text", "order_key")
    }
    today, new = today_of(brand, at), []
    for place, one in enumerate(answers):
        _check(one, today, at=f"answers/{place}/")
        content = [one.day, one.text, one.order]
        if one.key not in there:
            there[one.key] = content
            new.append(
                SurveyAnswer(
                    brand=brand,
                    key=one.key,
                    day=one.day,
                    text=one.text,
                    order_key=one.order,
                    batch=batch,
                    created_at=at,
                )
            )
        elif there[one.key] != content:
            msg = f"The answer {one.key} is known with another content."
            raise CampaignRefused(msg, code="known_differently")
    SurveyAnswer.objects.bulk_create(new, batch_size=1_000)
    _map(brand)
    if batch is None and new:
        audit.record(
            brand=brand,
            verb="campaigns.survey.told",
            target=brand,
            actor=actor,
            at=at,
            label="survey",
            data={"answers": len(new)},
        )
    return Kept(len(new), len(answers) - len(new))


@transaction.atomic
def import_answers(
    *, brand: Brand, upload: File[Any], actor: User | None, at: datetime
) -> SurveyBatch:
    """Take a file in, whole or not at all. Raises TableRefused, CampaignRefused."""
    lines = read_table(upload, COLUMNS, required=("key", "day", "text"))
    batch = SurveyBatch.objects.create(
        brand=brand, file_name=(upload.name or "answers")[:255], created_by=actor, created_at=at
    )
    kept = tell(
        brand=brand, answers=_read(lines, today_of(brand, at)), actor=actor, at=at, batch=batch
    )
    batch.answers_new, batch.answers_known = kept.new, kept.known
    batch.save(update_fields=["answers_new", "answers_known"])
    audit.record(
        brand=brand,
        verb="campaigns.survey.imported",
        target=batch,
        actor=actor,
        at=at,
        label=f"file #{batch.pk}",
        data={"answers": kept.new, "known": kept.known},
    )
    return batch


@transaction.atomic
def undo_import(*, batch_id: int, brand: Brand, actor: User | None, at: datetime) -> SurveyBatch:
    """Take a file back: its answers are gone. Raises CampaignRefused."""
    _lock(brand)
    batch = SurveyBatch.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=batch_id, brand=brand
    )
    if batch.undone_at is not None:
        msg = "This file was taken back already."
        raise CampaignRefused(msg, code="outdated")
    gone, _by_model = SurveyAnswer.objects.filter(batch=batch).delete()
    batch.undone_at = at
    batch.save(update_fields=["undone_at"])
    audit.record(
        brand=brand,
        verb="campaigns.survey.import_undone",
        target=batch,
        actor=actor,
        at=at,
        label=f"file #{batch.pk}",
        data={"answers": gone},
    )
    return batch


@transaction.atomic
def add_rule(
    *, brand: Brand, words: str, taken: Taken, actor: User | None, at: datetime
) -> SurveyRule:
    """From now on, and for all answers nobody decided about. Raises CampaignRefused."""
    _lock(brand)
    plain = _plain(words)
    if not plain:
        msg = "Give words, such as a name or “google”."
        raise CampaignRefused(msg, code="words_needed", field="words")
    if len(plain) > 100:
        raise CampaignRefused("At most 100 characters.", code="too_long", field="words")
    if SurveyRule.objects.filter(brand=brand, words=plain).exists():
        msg = f"There is a rule for “{plain}” already."
        raise CampaignRefused(msg, code="named_twice", field="words")
    made = SurveyRule.objects.create(
        brand=brand, words=plain, created_by=actor, created_at=at, **_columns(taken)
    )
    _map(brand)
    audit.record(
        brand=brand,
        verb="campaigns.survey.rule_added",
        target=made,
        actor=actor,
        at=at,
        label="rule of the survey",
        data={"kind": taken.choice},
        text={"words": plain},
    )
    return made


@transaction.atomic
def remove_rule(*, rule_id: int, brand: Brand, actor: User | None, at: datetime) -> None:
    """Answers that it told are taken by the other rules again."""
    _lock(brand)
    rule = SurveyRule.objects.get(pk=rule_id, brand=brand)
    audit.record(
        brand=brand,
        verb="campaigns.survey.rule_removed",
        target=rule,
        actor=actor,
        at=at,
        label="rule of the survey",
        data={"kind": rule.choice},
        text={"words": rule.words},
    )
    rule.delete()
    _map(brand)


@transaction.atomic
def decide(
    *, answer_id: int, brand: Brand, taken: Taken, actor: User | None, at: datetime
) -> SurveyAnswer:
    """Say what an answer is, whatever rules say. Raises CampaignRefused."""
    _lock(brand)
    answer = SurveyAnswer.objects.get(pk=answer_id, brand=brand)
    for name, value in _columns(taken).items():
        setattr(answer, name, value)
    answer.is_decided, answer.rule = True, None
    answer.save()
    audit.record(
        brand=brand,
        verb="campaigns.survey.decided",
        target=answer,
        actor=actor,
        at=at,
        label="answer",
        data={"kind": taken.choice},
    )
    return answer


def _lock(brand: Brand) -> None:
    """One writer at a time: rules and answers meet each other."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)


def _map(brand: Brand) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MAP, {"brand": brand.pk})


def _plain(words: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_PLAIN.format('%s')}", [words])
        return str(cursor.fetchone()[0])


def _columns(taken: Taken) -> dict[str, Any]:
    channel = " ".join(taken.channel.split())
    if len(channel) > 60:
        raise CampaignRefused("At most 60 characters.", code="too_long", field="channel")
    if taken.choice not in SurveyChoice.values:
        msg = f"One of: {', '.join(SurveyChoice.values)}."
        raise CampaignRefused(msg, code="invalid_choice", field="choice")
    if taken.choice == SurveyChoice.CREATOR and taken.relationship is None:
        raise CampaignRefused("Say which creator.", code="creator_needed", field="creator")
    if taken.choice == SurveyChoice.CHANNEL and not channel:
        msg = "Say which way: search, a friend, a shop."
        raise CampaignRefused(msg, code="channel_needed", field="channel")
    is_creator = taken.choice == SurveyChoice.CREATOR
    return {
        "choice": taken.choice,
        "relationship": taken.relationship if is_creator else None,
        "channel": channel if taken.choice == SurveyChoice.CHANNEL else "",
    }


def _check(one: Told, today: date, *, at: str = "") -> None:
    """Raises CampaignRefused, with the field below `at`."""
    if not one.key or len(one.key) > 100:
        msg = "An answer has a key, of 100 characters at most."
        raise CampaignRefused(msg, code="key_needed", field=f"{at}key")
    if not FIRST_DAY <= one.day <= today:
        msg = f"{one.day:%-d %B %Y} is not between {FIRST_DAY:%-d %B %Y} and today."
        raise CampaignRefused(msg, code="out_of_range", field=f"{at}day")
    if len(one.text) > 500 or len(one.order) > 100:
        msg = "An answer has 500 characters at most, the number of an order 100."
        raise CampaignRefused(msg, code="too_long", field=f"{at}text")


def _read(lines: Sequence[Line], today: date) -> list[Told]:
    """The rows. Raises TableRefused with every fault."""
    found, faults = [], []
    for line in lines:
        cells = {name: str(cell or "").strip() for name, cell in line.cells.items()}
        try:
            day = date.fromisoformat(cells["day"][:10])
        except ValueError:
            faults.append(f"Line {line.number}: “{cells['day'][:40]}” is no day: write 2026-11-22.")
            continue
        text, order = " ".join(cells["text"].split()), cells.get("order", "")
        told = Told(cells["key"], day, text, order)
        try:
            _check(told, today)
        except CampaignRefused as refusal:
            faults.append(f"Line {line.number}: {refusal}")
            continue
        found.append(told)
    if faults:
        raise TableRefused(faults)
    return found
