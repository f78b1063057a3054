"""Whom an act is about: which rows belong to a creator, so that their acts are found together."""

from __future__ import annotations

import heapq
from collections import defaultdict
from functools import cache

from django.apps import apps
from django.db import connection, models
from django.db.models.base import ModelBase

from crm.models import AuditEntry, Brand, Creator, User

_APPS = frozenset({"crm", "campaigns", "segmentation"})
# What these point to is not what the act is about.
_PASS_OVER = frozenset({Brand, User})
# A way that may lead nowhere is taken only where there is no other.
_SURE, _UNSURE = 1, 10
# The kinds of rows that the ledger of a brand knows: a look into the index for each.
_KINDS = """
WITH RECURSIVE kinds(kind) AS (
  (SELECT target_type FROM crm_auditentry WHERE brand_id = %(brand)s
   ORDER BY target_type LIMIT 1)
  UNION ALL
  SELECT (SELECT target_type FROM crm_auditentry
          WHERE brand_id = %(brand)s AND target_type > kind ORDER BY target_type LIMIT 1)
  FROM kinds WHERE kind IS NOT NULL
)
SELECT kind FROM kinds WHERE kind IS NOT NULL
"""


def kinds_of_targets(brand: Brand) -> list[str]:
    """What acts of the ledger were done to: "crm.relationship" and so on."""
    with connection.cursor() as cursor:
        cursor.execute(_KINDS, {"brand": brand.pk})
        return [kind for (kind,) in cursor.fetchall()]


@cache
def ways_to_creators() -> dict[str, tuple[str, ...]]:
    """How each kind of row leads to its creator: {"crm.note": ("relationship__creator",)}."""
    ours = (model for model in apps.get_models() if model.__module__.split(".")[0] in _APPS)
    found = ((model._meta.label_lower, _ways(model)) for model in ours)
    return {label: ways for label, ways in found if ways}


def _ways(model: type[models.Model]) -> tuple[str, ...]:
    """The surest and shortest ways over foreign keys from `model` to its creator."""
    waiting: list[tuple[int, str, type[models.Model]]] = [(0, "", model)]
    cheapest: dict[type[models.Model], int] = {}
    while waiting:
        # No two have the same way, so that models need no order.
        cost, way, here = heapq.heappop(waiting)
        if cheapest.setdefault(here, cost) < cost:
            continue
        if here is Creator:
            others = [one for price, one, there in waiting if there is here and price == cost]
            return tuple(sorted([way or "pk", *others]))
        for field in here._meta.concrete_fields:
            there = field.related_model
            if there in _PASS_OVER or not isinstance(there, ModelBase):
                continue
            step = _UNSURE if field.null else _SURE
            onward = f"{way}__{field.name}" if way else field.name
            heapq.heappush(waiting, (cost + step, onward, there))
    return ()


def about_creator(brand: Brand, creator: Creator) -> models.QuerySet[AuditEntry]:
    """The acts in `brand` done to a creator, or to any row that belongs to them."""
    asked = models.Q(facts__creator=str(creator.uid))
    for label, ids in _rows_of(creator, kinds_of_targets(brand)).items():
        asked |= models.Q(target_type=label, target_id__in=ids)
    return AuditEntry.objects.filter(asked, brand=brand)


def _rows_of(creator: Creator, kinds: list[str]) -> dict[str, list[int]]:
    """The ids of what belongs to a creator, of these kinds: one query."""
    parts = [
        apps.get_model(kind)
        ._base_manager.filter(**{way: creator.pk})
        .annotate(kind_of_row=models.Value(kind))
        .order_by()
        .values_list("kind_of_row", "pk")
        for kind in kinds
        for way in ways_to_creators().get(kind, ())
    ]
    found: dict[str, list[int]] = defaultdict(list)
    if parts:
        for kind, pk in parts[0].union(*parts[1:], all=True):
            found[kind].append(pk)
    return found
