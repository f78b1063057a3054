"""Rules with every kind of condition: the SQL says what the reference says, in PostgreSQL."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.rules import tree
from segmentation.rules.compile import compile_rule
from segmentation.rules.context import Context, NormKey, NormValue, Peers
from segmentation.rules.evaluate import truth
from segmentation.rules.reads import Reads, Scope
from segmentation.rules.sql import Sql
from segmentation.rules.validate import validate
from tests.segmentation.rules.sample import AS_OF, CATALOGUE, COLUMNS, COPENHAGEN, POSTS_TABLE
from tests.segmentation.rules.strategies import (
    make_context,
    make_norms,
    make_rows,
    random_leaf,
    random_rule,
)

RULES, EXAMPLES, ROWS = 21, 100, 20  # 2,100 rules
SEGMENTS = {"known": 1, "big": 2, "risk-high": 3}
MEMBERS = {key: f"f.m{number}" for key, number in SEGMENTS.items()}
Norms = Mapping[NormKey, Mapping[Peers, NormValue]]


def in_database(
    rules: Sequence[tree.Node],
    rows: Sequence[Mapping[str, object]],
    contexts: Sequence[Context],
    norms: Norms,
) -> list[tuple[object, ...]]:
    """Return, for each row, the result of each rule as PostgreSQL sees it."""
    reads = Reads(CATALOGUE)
    compiled = [compile_rule(rule, CATALOGUE, AS_OF, COPENHAGEN, reads) for rule in rules]
    named = ["creator_id", *(f"m{number}" for number in SEGMENTS.values()), *COLUMNS]
    kinds = ["bigint", "boolean", "boolean", "boolean", *COLUMNS.values()]
    cells = ", ".join(f"%s::{kind}" for kind in kinds)
    values: list[object] = []
    for number, (row, context) in enumerate(zip(rows, contexts, strict=True)):
        values += [number, *(context.members[key] for key in SEGMENTS)]
        values += [_adapted(row[key]) for key in COLUMNS]
    table = ", ".join([f"({cells})"] * len(rows))
    given = Sql(f"(VALUES {table}) f ({', '.join(named)})", tuple(values))
    creators = Sql("{} = ANY(%s)", (list(range(len(rows))),))
    source = reads.enrich(
        given, Scope(1, AS_OF, creators), norms=norms, segment_ids=SEGMENTS, members=MEMBERS
    )
    wanted = ", ".join(one.text for one in compiled)
    params = [param for one in compiled for param in one.params]
    with transaction.atomic(), connection.cursor() as cursor:
        _write(cursor, contexts)
        cursor.execute(
            f"SELECT {wanted} FROM {source.text} ORDER BY f.creator_id",  # noqa: S608
            [*params, *source.params],
        )
        found = cursor.fetchall()
        transaction.set_rollback(True)
    return found


def _write(cursor, contexts: Sequence[Context]) -> None:
    cursor.execute(POSTS_TABLE)
    for number, context in enumerate(contexts):
        for post in context.records["posts"]:
            fields = post.fields
            cursor.execute(
                "INSERT INTO sample_posts VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    post.order,
                    number,
                    post.moment,
                    post.known,
                    fields["kind"],
                    fields["likes"],
                    fields["rate"],
                    fields["is_paid"],
                    fields["title"],
                ],
            )
        for segment, stays in context.stays.items():
            begun = {stay.entered_at: stay for stay in stays}
            for stay in begun.values():
                cursor.execute(
                    "INSERT INTO segmentation_membership (segment_id, creator_id, entered_at, "
                    "left_at, version_id, entered_run_id) VALUES (%s, %s, %s, %s, 1, 1) "
                    "ON CONFLICT DO NOTHING",
                    [SEGMENTS[segment], number, stay.entered_at, stay.left_at],
                )


def _adapted(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict) else value


def compare(rng: random.Random, rules: Sequence[tree.Node], rows: int = ROWS) -> Counter[object]:
    """Assert that both meanings agree; returns how often each result came out."""
    facts = make_rows(rng.randrange(2**32), rows)
    norms = make_norms(rng)
    contexts = [_one_open_stay(make_context(rng)) for _ in facts]
    seen: Counter[object] = Counter()
    for row, context, found in zip(
        facts, contexts, in_database(rules, facts, contexts, norms), strict=True
    ):
        whole = Context(context.records, norms, context.members, context.stays)
        for rule, result in zip(rules, found, strict=True):
            expected = truth(rule, row, CATALOGUE, AS_OF, COPENHAGEN, context=whole)
            assert result is expected, (rule, row, whole)
            seen[result] += 1
    return seen


def _one_open_stay(context: Context) -> Context:
    """The ledger knows one open stay in a segment, and no two that begin together."""
    stays = {}
    for segment, given_stays in context.stays.items():
        kept = {stay.entered_at: stay for stay in given_stays if stay.left_at is not None}
        still = [stay for stay in given_stays if stay.left_at is None]
        kept |= {stay.entered_at: stay for stay in still[:1]}
        stays[segment] = list(kept.values())
    return Context(context.records, context.norms, context.members, stays)


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_sql_agrees_with_the_reference_on_2100_rules(seed: int) -> None:
    rng = random.Random(seed)
    rules = [
        rule
        for rule in (random_rule(rng) for _ in range(RULES * 3))
        if validate(rule, CATALOGUE).ok
    ][:RULES]
    assert len(rules) == RULES
    compare(rng, rules)


@pytest.mark.django_db
def test_every_kind_of_leaf_comes_out_every_way() -> None:
    rng = random.Random(1)
    seen: dict[type, Counter[object]] = {}
    for _ in range(12):
        leaves = [random_leaf(rng) for _ in range(60)]
        for kind in (tree.Comparison, tree.Aggregate, tree.StageFor, tree.SegmentRef):
            alike = [leaf for leaf in leaves if isinstance(leaf, kind)]
            if alike:
                seen[kind] = seen.get(kind, Counter()) + compare(rng, alike)
    assert set(seen) == {tree.Comparison, tree.Aggregate, tree.StageFor, tree.SegmentRef}
    assert all(set(results) == {True, False, None} for results in seen.values())
