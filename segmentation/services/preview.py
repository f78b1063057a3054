"""What a rule would do, before anybody saves it: one pass over the facts, nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from crm.models import Brand
from segmentation.choices import UnknownPolicy
from segmentation.facts.catalogue import rows
from segmentation.metrics.periods import calendar_of
from segmentation.models import CreatorFacts, Segment
from segmentation.rules import tree
from segmentation.rules.compile import compile_rule
from segmentation.rules.facts import Catalogue
from segmentation.services.masks import flag_of, word_of

SAMPLE = 20


@dataclass(frozen=True)
class Preview:
    """How many creators a rule takes, each number of creators whom the brand knows.

    population      all of them
    members         for whom the rule is true
    unknown         for whom a missing fact leaves it open
    joined, left    who would move, were this the rule of `segment` alone; None without a segment
    sample          ids of members, most followers first
    facts_as_of     when the newest of the facts changed; None where the brand has no facts yet
    """

    population: int
    members: int
    unknown: int
    joined: int | None
    left: int | None
    sample: tuple[int, ...]
    facts_as_of: datetime | None


def preview_rule(
    *,
    brand: Brand,
    rule: tree.Node,
    as_of: datetime,
    facts: Catalogue,
    segment: Segment | None = None,
) -> Preview:
    """Evaluate `rule` over the brand's facts as they stand; relative dates count from `as_of`.

    Precedence within the segment's dimension is left out: other segments may take a creator first.
    Raises RuleInvalid.
    """
    compiled = compile_rule(rule, facts, as_of, calendar_of(brand))
    was_in, keeps = "FALSE", False
    if segment is not None:
        word, flag = word_of(segment.bit), flag_of(segment.bit)
        was_in = f"coalesce(f.member_bits[{word}], 0) & {flag} <> 0"
        keeps = segment.unknown_policy != UnknownPolicy.LEAVE_OUT
    is_member = "coalesce(takes, was_in)" if keeps else "coalesce(takes, FALSE)"
    judged = f"""SELECT f.creator_id, f.followers, {was_in} AS was_in, {compiled.text} AS takes
FROM {rows()} WHERE f.known_since IS NOT NULL OFFSET 0"""  # noqa: S608 - values are parameters
    params: list[Any] = [*compiled.params, as_of, brand.pk]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*),
  count(*) FILTER (WHERE takes), count(*) FILTER (WHERE takes IS NULL),
  count(*) FILTER (WHERE {is_member} AND NOT was_in),
  count(*) FILTER (WHERE was_in AND NOT {is_member})
FROM ({judged}) judged""",  # noqa: S608 - see `judged`
            params,
        )
        population, members, unknown, joined, left = cursor.fetchone()
        cursor.execute(
            f"SELECT creator_id FROM ({judged}) judged WHERE takes"  # noqa: S608 - see `judged`
            " ORDER BY followers DESC NULLS LAST, creator_id LIMIT %s",
            [*params, SAMPLE],
        )
        sample = tuple(creator for (creator,) in cursor.fetchall())
    newest = CreatorFacts.objects.filter(brand=brand).aggregate(newest=Max("as_of"))["newest"]
    return Preview(
        population=population,
        members=members,
        unknown=unknown,
        joined=None if segment is None else joined,
        left=None if segment is None else left,
        sample=sample,
        facts_as_of=newest,
    )
