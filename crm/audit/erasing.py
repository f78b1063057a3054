"""Erasing the personal part of entries, in an entry that tells of it. The chain stays whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, models, transaction
from django.db.models import Q

from crm.audit.subjects import about_creator
from crm.audit.writing import record
from crm.models import AuditEntry, Brand, Creator, User

# Where it is changed, the triggers and the index of crm_auditentry ask for it, too.
VERB = "crm.ledger.text_erased"


@transaction.atomic
def forget(
    *,
    brand: Brand,
    targets: Iterable[models.Model],
    at: datetime,
    actor: User | None,
) -> int:
    """Erase the texts of all that the ledger has on these rows; of how many entries.

    An entry tells which texts are gone. The facts stay: that something was done, when, by which
    account, to which number.
    """
    asked = Q(pk=None)
    for target in targets:
        asked |= Q(target_type=target._meta.label_lower, target_id=target.pk)
    return _erase(brand, AuditEntry.objects.filter(asked, brand=brand), at=at, actor=actor)


@transaction.atomic
def forget_creator(*, brand: Brand, creator: Creator, at: datetime, actor: User | None) -> int:
    """Erase the texts of all acts about a creator; of how many entries.

    Call it while their rows are still there: what belongs to them is found through these.
    """
    return _erase(brand, about_creator(brand, creator), at=at, actor=actor)


def _erase(
    brand: Brand, entries: models.QuerySet[AuditEntry], *, at: datetime, actor: User | None
) -> int:
    there = entries.filter(text__isnull=False).order_by("number").values_list("number", flat=True)
    numbers = list(there)
    if not numbers:
        return 0
    told = record(
        brand=brand,
        verb=VERB,
        target=brand,
        actor=actor,
        at=at,
        data={"entries": numbers},
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT crm_ledger_erase_texts(%s)", [told.pk])
        erased: int = cursor.fetchone()[0]
    return erased
