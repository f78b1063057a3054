"""What is usual among peers: percentiles computed once per run, and kept for single creators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from crm.models import Brand
from segmentation.choices import RunStatus
from segmentation.models import Run, RunNorm
from segmentation.rules import tree
from segmentation.rules.context import MINIMUM_PEERS, NormKey, NormValue, Peers
from segmentation.rules.facts import Catalogue
from segmentation.rules.reads import Norms, peer_sql
from segmentation.rules.sql import Sql, escaped


def asked(rule: tree.Node) -> set[NormKey]:
    """The norms that a rule compares with."""
    return {
        NormKey.of(leaf.fact, leaf.value)
        for leaf in tree.leaves(rule)
        if isinstance(leaf, tree.Comparison) and isinstance(leaf.value, tree.Norm)
    }


def compute(rows: Sql, facts: Catalogue, keys: Sequence[NormKey]) -> Norms:
    """The norms of all peers among the rows `f` whom the brand knows: a pass for each grouping.

    A group with fewer than MINIMUM_PEERS creators whose value is known is left out.
    """
    together: defaultdict[tuple[str, tuple[str, ...]], list[NormKey]] = defaultdict(list)
    for key in keys:
        together[key.fact, key.by].append(key)
    found: dict[NormKey, dict[Peers, NormValue]] = {key: {} for key in keys}
    for (fact, by), alike in together.items():
        value = f"({escaped(facts[fact].sql)})::double precision"
        groups = [peer_sql(facts[key]) for key in by]
        known = " AND ".join(f"{sql} IS NOT NULL" for sql in [*groups, value])
        places = ", ".join(str(place + 1) for place in range(len(by)))
        statement = (
            f"SELECT {', '.join(groups)}, count(*), "  # noqa: S608 - SQL of facts is ours
            f"percentile_cont(%s::double precision[]) WITHIN GROUP (ORDER BY {value}) "
            f"FROM {rows.text} WHERE f.known_since IS NOT NULL AND {known} "
            f"GROUP BY {places} HAVING count(*) >= %s"
        )
        shares = [key.percentile / 100 for key in alike]
        with connection.cursor() as cursor:
            cursor.execute(statement, [shares, *rows.params, MINIMUM_PEERS])
            for *peers, creators, values in cursor.fetchall():
                for key, norm in zip(alike, values, strict=True):
                    found[key][tuple(peers)] = NormValue(norm, creators)
    return found


def store(run: Run, norms: Norms) -> None:
    """Keep the norms with the run that computed them."""
    RunNorm.objects.bulk_create(
        RunNorm(
            brand=run.brand,
            run=run,
            fact=key.fact,
            percentile=key.percentile,
            by=list(key.by),
            peers=list(peers),
            value=norm.value,
            creators=norm.creators,
        )
        for key, groups in norms.items()
        for peers, norm in groups.items()
    )


def stored(brand: Brand, keys: Sequence[NormKey], *, as_of: datetime | None = None) -> Norms:
    """The norms of the last applied run that computed each; one that none did is absent.

    With `as_of` the last one not later.
    """
    moment: dict[str, Any] = {} if as_of is None else {"run__as_of__lte": as_of}
    found: dict[NormKey, dict[Peers, NormValue]] = {}
    for key in keys:
        rows = RunNorm.objects.filter(
            brand=brand,
            fact=key.fact,
            percentile=key.percentile,
            by=list(key.by),
            run__status=RunStatus.APPLIED,
            **moment,
        )
        newest = rows.order_by("-run").values("run")[:1]
        groups = {
            tuple(peers): NormValue(value, creators)
            for peers, value, creators in rows.filter(run=newest).values_list(
                "peers", "value", "creators"
            )
        }
        if groups:
            found[key] = groups
    return found
