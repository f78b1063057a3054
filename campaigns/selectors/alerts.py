"""Alerts with the rule that each one stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from campaigns.disclosure.packs import Datum, Packs
from campaigns.models import RuleAlert


@dataclass(frozen=True)
class Ruled:
    """An alert, and the datum of the pack; None: the pack has changed, or it is about a paper."""

    alert: RuleAlert
    rule: Datum | None


def with_rules(rows: Iterable[RuleAlert], packs: Packs) -> list[Ruled]:
    """Each with its rule, its source and how sure it is."""
    data = rules_by_key(packs)
    return [Ruled(row, data.get(row.rule)) for row in rows]


def due_first(rows: QuerySet[RuleAlert]) -> QuerySet[RuleAlert]:
    """What is due before what is to be seen to, the newest first."""
    return rows.order_by("-level", "-pk")


def rules_by_key(packs: Packs) -> Mapping[str, Datum]:
    """The data that alerts can stand on."""
    return {
        datum.key: datum
        for pack in packs.jurisdictions.values()
        for datum in (*pack.contract, *pack.registration)
    }
