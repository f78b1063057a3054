"""Say what fields hold for creators. Nothing is overwritten: a newer row counts, history stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from crm import audit
from crm.choices import Source
from crm.field_types import ValueRefused, clean, shown
from crm.models import Brand, Creator, CustomField, FieldValue, User
from crm.models.fields import Value
from crm.services import facts

NOTE_MAX = 300
# Up to this many creators are re-evaluated one by one; above, the whole brand is.
SINGLE_FACTS_MAX = 5_000

_INSERT = """
INSERT INTO crm_fieldvalue AS v
  (field_id, creator_id, since, number, text, flag, day, tags, source, note, author_id, created_at)
SELECT %(field)s, r.creator_id, %(at)s, new.number, new.text, new.flag, new.day, new.tags,
  %(source)s, %(note)s, %(author)s, %(at)s
FROM crm_relationship r
CROSS JOIN (VALUES (%(number)s::double precision, %(text)s::varchar, %(flag)s::boolean,
  %(day)s::date, %(tags)s::varchar[])) AS new (number, text, flag, day, tags)
LEFT JOIN LATERAL (
  SELECT o.* FROM crm_fieldvalue o
  WHERE o.field_id = %(field)s AND o.creator_id = r.creator_id AND o.since <= %(at)s
  ORDER BY o.since DESC LIMIT 1
) old ON true
WHERE r.brand_id = %(brand)s AND r.creator_id = ANY(%(creators)s)
  AND (old.number, old.text, old.flag, old.day, old.tags, old.source, old.note)
    IS DISTINCT FROM (new.number, new.text, new.flag, new.day, new.tags, %(source)s, %(note)s)
  -- What was never known cannot be taken away.
  AND num_nonnulls(new.number, new.text, new.flag, new.day, new.tags,
    old.number, old.text, old.flag, old.day, old.tags) > 0
ORDER BY r.creator_id
ON CONFLICT (field_id, creator_id, since) DO UPDATE
SET number = excluded.number, text = excluded.text, flag = excluded.flag, day = excluded.day,
  tags = excluded.tags, source = excluded.source, note = excluded.note,
  author_id = excluded.author_id, import_batch_id = NULL
RETURNING creator_id"""


class FieldValuesRefused(Exception):
    """Nothing was written; `problems` has a sentence fit for the user for each key at fault."""

    def __init__(self, problems: Mapping[str, ValueRefused]) -> None:
        super().__init__(" ".join(str(problem) for problem in problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True)
class _Act:
    """Who says it, of what brand, when and why."""

    brand: Brand
    at: datetime
    actor: User | None
    source: Source
    note: str


@transaction.atomic
def set_values(
    *,
    brand: Brand,
    creator_ids: Sequence[int],
    values: Mapping[str, object],
    at: datetime,
    actor: User | None,
    source: Source = Source.MANUAL,
    note: str = "",
) -> int:
    """Give fields, by key, a value for creators whom the brand knows; None takes it away.

    Returns for how many creators something changed: what is equal, source and note included, is
    not written. Raises FieldValuesRefused, and then nothing is.
    """
    act = _Act(brand, at, actor, source, " ".join(note.split()))
    fields = _shared(brand, values)
    wanted = _cleaned(fields, values, act.note)
    before = _before(fields, creator_ids, at)
    changed: set[int] = set()
    moved: dict[str, list[object]] = {}
    for key, value in wanted.items():
        field = fields[key]
        ids = _write(act, field, value, creator_ids)
        if ids:
            changed.update(ids)
            moved[key] = [shown(field, before.get(field.pk)) or None, shown(field, value) or None]
    if not changed:
        return 0
    some = sorted(changed) if len(changed) <= SINGLE_FACTS_MAX else None
    facts.mark_changed(brand=brand, creator_ids=some, cause="field")
    _record(act, sorted(changed), moved)
    return len(changed)


def named(key: str) -> str:
    """A key that somebody sent as it can be shown, whatever it holds."""
    return key[:60] if key.isprintable() else ascii(key[:60])[1:-1]


def _shared(brand: Brand, values: Mapping[str, object]) -> dict[str, CustomField]:
    """The fields in use, by key; nobody rewords their lists until this is written."""
    found = CustomField.objects.raw(
        "SELECT * FROM crm_customfield WHERE brand_id = %s AND key = ANY(%s)"
        " AND archived_at IS NULL ORDER BY position, id FOR SHARE",
        # No field has another key, and the database takes no NUL.
        [brand.pk, [key for key in values if key.isascii() and key.isprintable()]],
    )
    return {field.key: field for field in found}


def _cleaned(
    fields: Mapping[str, CustomField], values: Mapping[str, object], note: str
) -> dict[str, Value | None]:
    wanted: dict[str, Value | None] = {}
    problems: dict[str, ValueRefused] = {}
    for key, given in values.items():
        if key not in fields:
            problems[key] = ValueRefused(f"There is no field “{named(key)}”.", "unknown_field")
            continue
        try:
            wanted[key] = None if given is None else clean(fields[key], given)
        except ValueRefused as refusal:
            problems[key] = refusal
    if len(note) > NOTE_MAX or not note.isprintable():
        problems["note"] = ValueRefused(f"A note is one line of at most {NOTE_MAX} characters.")
    if problems:
        raise FieldValuesRefused(problems)
    return wanted


def _before(
    fields: Mapping[str, CustomField], creator_ids: Sequence[int], at: datetime
) -> dict[int, Value | None]:
    """What one creator's fields held; of many it is not told."""
    if len(creator_ids) != 1:
        return {}
    rows = FieldValue.objects.filter(field__in=fields.values(), creator=creator_ids[0])
    return {row.field_id: row.value for row in rows.as_of(at)}


def _write(
    act: _Act, field: CustomField, value: Value | None, creator_ids: Sequence[int]
) -> list[int]:
    """Write the rows; the creators for whom it says something new."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "brand": act.brand.pk,
                "field": field.pk,
                "creators": list(creator_ids),
                "at": act.at,
                "source": act.source,
                "note": act.note,
                "author": None if act.actor is None else act.actor.pk,
                **dict.fromkeys(("number", "text", "flag", "day", "tags")),
                field.column: value,
            },
        )
        return [row[0] for row in cursor.fetchall()]


def _record(act: _Act, changed: Sequence[int], moved: Mapping[str, list[object]]) -> None:
    """One entry: of one creator what it was before, of many how many they are."""
    one = len(changed) == 1
    target = Creator.objects.get(pk=changed[0]) if one else act.brand
    values = moved if one else {key: after for key, (_before, after) in moved.items()}
    count = {} if one else {"creators": len(changed)}
    audit.record(
        brand=act.brand,
        verb="crm.field_value.set" if one else "crm.field_value.set_for_many",
        target=target,
        actor=act.actor,
        at=act.at,
        data=count,
        text={"values": values, "note": act.note},
    )
