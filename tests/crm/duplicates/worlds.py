"""One person who was entered twice, what a merge does to them, and all that it may touch."""

from __future__ import annotations

import json
from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from crm.models import Creator, DuplicatePair, Merge, Snooze
from crm.services import merge as merging
from crm.services.merge.tables import links_to
from tests.factories import NOW

DAY = timedelta(days=1)


def merge(ida, double, actor, **given):
    return merging.merge(
        **{
            "kept_id": ida.creator_id,
            "gone_id": double.creator_id,
            "brand": ida.brand,
            "choices": {},
            "actor": actor,
            "at": NOW,
            "allowed": {ida.brand_id},
            **given,
        }
    )


def walked():
    """Every foreign key that a merge follows: to creators, and on from rows that it joins."""
    waiting, seen = [Creator], []
    while waiting:
        for link in links_to(waiting.pop()):
            if link not in seen:
                seen.append(link)
                if can_clash(link):
                    waiting.append(link.model)
    return seen


def can_clash(link):
    return link.field.unique or any(
        isinstance(constraint, models.UniqueConstraint) and link.field.name in constraint.fields
        for constraint in link.model._meta.constraints
    )


def everything():
    """All rows of all tables that a merge may touch, as text: what an undo has to bring back."""
    touched = {DuplicatePair, Snooze, *(link.model for link in walked())} - {Creator, Merge}
    tables = sorted(model._meta.db_table for model in touched)
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")  # noqa: S608
            found[table] = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT to_jsonb(t) - 'updated_at' FROM crm_creator t ORDER BY id")
        found["crm_creator"] = [row[0] for row in cursor.fetchall()]
    return json.dumps(found, cls=DjangoJSONEncoder, sort_keys=True)
