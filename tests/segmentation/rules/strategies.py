"""Generated rules: any tree the language can write, and rules that pass validation."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, combinations, product

from hypothesis import strategies as st

from segmentation.rules import tree
from segmentation.rules.context import Context, NormKey, NormValue, Peers, Stay, lower
from segmentation.rules.facts import (
    KNOWN_OPS,
    NUMERIC_OPS,
    OPERATORS,
    Fact,
    FactType,
    is_fact_key,
)
from segmentation.rules.json_values import DAYS_IN, MAX_NUMBER, MAX_WINDOW_DAYS, NUMBER_OPS
from segmentation.rules.records import TAKES, Record
from segmentation.rules.tree import Comparison, Op, Period, Span, Unit
from tests.segmentation.rules.sample import AS_OF, CATALOGUE, COPENHAGEN, POSTS, ROLES, THEMES

# Few values, so that rows and thresholds meet; with everything that is special to SQL, LIKE,
# format strings, quoting and upper case.
NUMBERS = [0, 1, 5, 9_999, 10_000, 10_001, 99_999, 100_000, 2_500_000, 2.5, 0.1]
SHARES = [0.0, 0.025, 0.1, 0.25, 0.5, 1.0]
TEXTS = [
    "vegan",
    "VEGAN",
    "100%",
    "%s",
    "_",
    "a\\b",
    "it's",
    '"q"',
    "ΣΑΣ",
    "σας",
    "İ",
    "ß",
    "K",
    "é",
]
TAGS = ["a", "b", "A", "50%", "o'hara", "{x}", "NULL"]
LANGUAGES = ["da", "en", "DA", "'; drop table f; --"]
COUNTRIES = ["DK", "SE", "25-34"]
SPANS = [
    Span(1, Unit.DAY),
    Span(90, Unit.DAY),
    Span(2, Unit.WEEK),
    Span(3, Unit.MONTH),
    Span(1, Unit.QUARTER),
    Span(2, Unit.YEAR),
]
PERIODS = [
    *(Period(unit, offset) for unit in Unit for offset in (-2, -1, 0, 1)),
    *(
        Period(unit, offset, fiscal=True)
        for unit in (Unit.QUARTER, Unit.YEAR)
        for offset in (-1, 0)
    ),
]


# --- any tree, valid or not: for round trips -------------------------------------------------

_keys = st.from_regex(r"[a-z][a-z0-9_]{0,8}(\.[a-z0-9_]{1,4})?", fullmatch=True).filter(is_fact_key)
_texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
) | st.sampled_from(["known", "true", "Is", "a-b", "and", "not", "1x", "last", *TEXTS])
_numbers = st.integers(-MAX_NUMBER, MAX_NUMBER) | st.floats(
    -MAX_NUMBER, MAX_NUMBER, allow_nan=False
)


@st.composite
def _spans(draw: st.DrawFn) -> Span:
    unit = draw(st.sampled_from(Unit))
    return Span(draw(st.integers(1, MAX_WINDOW_DAYS // DAYS_IN[unit])), unit)


@st.composite
def _periods(draw: st.DrawFn) -> Period:
    unit = draw(st.sampled_from(Unit))
    furthest = MAX_WINDOW_DAYS // DAYS_IN[unit]
    fiscal = unit in (Unit.QUARTER, Unit.YEAR) and draw(st.booleans())
    return Period(unit, draw(st.integers(-furthest, furthest) | st.integers(-2, 2)), fiscal)


_windows = _spans() | _periods()
_norms = st.builds(
    tree.Norm, st.integers(1, 99), st.lists(_keys, min_size=1, max_size=3).map(tuple)
)


def _values(op: Op) -> st.SearchStrategy[tree.Value]:
    if op in NUMBER_OPS:
        return _numbers | _norms
    lists = st.lists(_texts, min_size=1, max_size=4).map(tuple)
    by_op: dict[Op, st.SearchStrategy[tree.Value]] = {
        Op.BETWEEN: st.tuples(_numbers, _numbers),
        Op.IS: _texts | st.booleans(),
        Op.IS_NOT: _texts,
        Op.CONTAINS: _texts,
        Op.STARTS_WITH: _texts,
        Op.IN: lists | _periods(),
        Op.ANY_OF: lists,
        Op.ALL_OF: lists,
        Op.NONE_OF: lists,
        Op.WITHIN: _spans(),
        Op.OLDER_THAN: _spans(),
    }
    return by_op.get(op, st.none())


@st.composite
def _any_comparison(draw: st.DrawFn) -> Comparison:
    op = draw(st.sampled_from(Op))
    return Comparison(draw(_keys), op, draw(_values(op)), draw(st.none() | _texts))


@st.composite
def _aggregates(draw: st.DrawFn, inner: st.SearchStrategy[tree.Node]) -> tree.Aggregate:
    function = draw(st.sampled_from(tree.Function))
    op = draw(st.sampled_from(Op))
    return tree.Aggregate(
        function,
        draw(_keys),
        op,
        draw(_values(op)),
        None if function is tree.Function.COUNT else draw(_keys),
        draw(st.none() | inner),
        draw(st.none() | _windows),
    )


_stages = st.builds(tree.StageFor, _texts, at_least=_spans()) | st.builds(
    tree.StageFor, _texts, entered=_windows
)
_segments = st.builds(tree.SegmentRef, _texts, st.none() | _periods())
_any_leaf = _any_comparison() | _stages | _segments


def _groups(inner: st.SearchStrategy[tree.Node]) -> st.SearchStrategy[tree.Node]:
    items = st.lists(inner, max_size=4).map(tuple)
    return (
        st.builds(tree.All, items)
        | st.builds(tree.Any, items)
        | st.builds(tree.Not, inner)
        | _aggregates(inner)
    )


any_rules = st.recursive(_any_leaf, _groups, max_leaves=12)


# --- rules that pass validation, over the sample catalogue -----------------------------------


def comparisons_of(fact: Fact) -> list[Comparison]:
    """Return every comparison of a fact with the values above (lists of one and of two)."""
    found = []
    for op in fact.operators:
        shares: list[str | None] = [None]
        if fact.type is FactType.DISTRIBUTION:
            shares = [*shares, *COUNTRIES] if op in KNOWN_OPS else list(COUNTRIES)
        found += [
            Comparison(fact.key, op, value, share)
            for value in _fitting(fact, op)
            for share in shares
        ]
    return found


def _fitting(fact: Fact, op: Op) -> list[tree.Value]:
    """Return the values an operator is tried with."""
    if op in KNOWN_OPS or op is Op.EMPTY:
        return [None]
    if op in NUMERIC_OPS:
        is_share = fact.type in (FactType.PERCENT, FactType.DISTRIBUTION)
        numbers = SHARES if is_share else NUMBERS
        return [*combinations(sorted(numbers), 2)] if op is Op.BETWEEN else [*numbers]
    if fact.type is FactType.BOOLEAN:
        return [True, False]
    if fact.type in (FactType.DATE, FactType.MOMENT):
        return [*PERIODS] if op is Op.IN else [*SPANS]
    open_values = {"bio": TEXTS, "language": LANGUAGES, "tags": TAGS}
    named = open_values.get(fact.key) or list(fact.allowed or ())
    if op in (Op.IS, Op.IS_NOT, Op.CONTAINS, Op.STARTS_WITH):
        return [*named]
    return [*((name,) for name in named), *combinations(named, 2)]


_valid_comparisons = st.sampled_from(list(CATALOGUE.values())).flatmap(
    lambda fact: st.sampled_from(comparisons_of(fact))
)


def _valid_groups(inner: st.SearchStrategy[tree.Node]) -> st.SearchStrategy[tree.Node]:
    items = st.lists(inner, min_size=1, max_size=4).map(tuple)
    return st.builds(tree.Any, items) | st.builds(tree.All, items) | st.builds(tree.Not, inner)


valid_rules = st.recursive(_valid_comparisons, _valid_groups, max_leaves=8)


# --- rows ------------------------------------------------------------------------------------


def _instants() -> list[object]:
    """Moments on, just before and just after every edge a window of SPANS or PERIODS has."""
    bounds = [COPENHAGEN.bounds(window, AS_OF) for window in (*SPANS, *PERIODS)]
    edges = sorted(set(chain.from_iterable((found.start, found.end) for found in bounds)))
    step = timedelta(microseconds=1)
    return [moment for edge in edges for moment in (edge - step, edge, edge + step)]


def _days() -> list[date]:
    bounds = [COPENHAGEN.date_bounds(window, AS_OF) for window in (*SPANS, *PERIODS)]
    edges = sorted(set(chain.from_iterable((found.start, found.end) for found in bounds)))
    return [edge + timedelta(days=shift) for edge in edges for shift in (-1, 0)]


INSTANTS, DAYS = _instants(), _days()


def _some(rng: random.Random, values: list[object]) -> list[object]:
    return rng.sample(values, rng.randint(0, len(values)))


_MAKERS: dict[str, Callable[[random.Random], object]] = {
    "followers": lambda rng: rng.choice([n for n in NUMBERS if isinstance(n, int)]),
    "fee": lambda rng: Decimal(str(rng.choice(NUMBERS))),
    "engagement_rate": lambda rng: rng.choice(SHARES),
    "growth": lambda rng: rng.choice(SHARES),
    "bio": lambda rng: rng.choice(["", *TEXTS]) + rng.choice(["", rng.choice(TEXTS)]),
    "role": lambda rng: rng.choice(list(ROLES.values())),
    "stage": lambda rng: rng.choice(["prospect", "core"]),
    "stage_since": lambda rng: rng.choice(INSTANTS),
    "language": lambda rng: rng.choice(LANGUAGES),
    "themes": lambda rng: _some(rng, list(THEMES.values())),
    "tags": lambda rng: _some(rng, list(TAGS)),
    "joined_on": lambda rng: rng.choice(DAYS),
    "last_post_at": lambda rng: rng.choice(INSTANTS),
    "is_virtual": lambda rng: rng.choice([True, False]),
    "audience_country": lambda rng: {
        str(key): rng.choice([None, *SHARES]) for key in _some(rng, list(COUNTRIES))
    },
}


# --- what a rule reads beyond the facts -------------------------------------------------------

PAST = [window for window in (*SPANS, *PERIODS) if isinstance(window, Span) or window.offset <= 0]
PAST_PERIODS = [window for window in PAST if isinstance(window, Period)]
NORMS = {
    NormKey("followers", 50, ("role",)): (0, 10_000, 2.5),
    NormKey("engagement_rate", 75, ("stage", "is_virtual")): (0.025, 0.1, 0.5),
    NormKey("fee", 10, ("bio",)): (1, 5, 100_000),
}
TITLES = ["Spf", "SPF 50%", "", "it's"]


def _random_where(rng: random.Random) -> tree.Node | None:
    if rng.random() < 0.4:
        return None
    leaves = [rng.choice(_RECORD_LEAVES) for _ in range(rng.randint(1, 2))]
    if len(leaves) == 1:
        return tree.Not(leaves[0]) if rng.random() < 0.3 else leaves[0]
    return rng.choice([tree.Any, tree.All])(tuple(leaves))


_RECORD_LEAVES: list[tree.Node] = [
    Comparison("kind", Op.IS, "video"),
    Comparison("kind", Op.IN, ("video", "image")),
    Comparison("kind", Op.IS_UNKNOWN),
    Comparison("likes", Op.GE, 5),
    Comparison("likes", Op.BETWEEN, (1, 10_000)),
    Comparison("rate", Op.LT, 0.1),
    Comparison("is_paid", Op.IS, True),
    Comparison("title", Op.CONTAINS, "spf"),
    Comparison("posted_at", Op.OLDER_THAN, Span(2, Unit.WEEK)),
    Comparison("posted_at", Op.IN, Period(Unit.QUARTER, -1)),
]


def random_aggregate(rng: random.Random) -> tree.Aggregate:
    """An aggregate of posts that passes validation."""
    function = rng.choice(list(tree.Function))
    field, fact = None, None
    if function is not tree.Function.COUNT:
        fitting = [one for one in POSTS.fields.values() if one.type in TAKES[function]]
        fact = rng.choice(fitting)
        field = fact.key
    op = rng.choice(OPERATORS[FactType.NUMBER if fact is None else fact.type])
    return tree.Aggregate(
        function,
        "posts",
        op,
        _random_value(rng, op, fact),
        field,
        _random_where(rng),
        rng.choice([None, *PAST]),
    )


def _random_value(rng: random.Random, op: Op, fact: Fact | None) -> tree.Value:
    if op in KNOWN_OPS:
        return None
    if op in NUMERIC_OPS:
        of_rates = fact is not None and fact.type is FactType.PERCENT
        numbers = SHARES if of_rates else [0, 1, 2, 3, 5, 10_000, 2.5]
        pair = sorted(rng.sample(numbers, 2))
        return (pair[0], pair[1]) if op is Op.BETWEEN else rng.choice(numbers)
    if op is Op.IN and fact is not None and fact.type is FactType.MOMENT:
        return rng.choice(PERIODS)
    if op in (Op.WITHIN, Op.OLDER_THAN):
        return rng.choice(SPANS)
    named = ["video", "image"] if fact is not None and fact.type is FactType.CHOICE else TITLES[:2]
    if op is Op.IN:
        return tuple(named)
    return rng.random() < 0.5 if fact is not None and fact.type is FactType.BOOLEAN else named[0]


def random_leaf(rng: random.Random) -> tree.Leaf:
    """A leaf of any kind that passes validation."""
    kind = rng.random()
    if kind < 0.35:
        return rng.choice(_COMPARISONS)
    if kind < 0.65:
        return random_aggregate(rng)
    if kind < 0.75:
        key = rng.choice(list(NORMS))
        op = rng.choice([Op.GE, Op.GT, Op.LE, Op.LT, Op.EQ, Op.NE])
        return Comparison(key.fact, op, tree.Norm(key.percentile, key.by))
    if kind < 0.85:
        stage = rng.choice(["prospect", "core"])
        if rng.random() < 0.5:
            return tree.StageFor(stage, at_least=rng.choice(SPANS))
        return tree.StageFor(stage, entered=rng.choice(PAST))
    segment = rng.choice(["known", "big", "risk-high"])
    return tree.SegmentRef(segment, rng.choice([None, *PAST_PERIODS]))


def random_rule(rng: random.Random, depth: int = 3) -> tree.Node:
    """A rule with leaves of every kind, groups inside groups included."""
    if depth == 0 or rng.random() < 0.25:
        return random_leaf(rng)
    if rng.random() < 0.25:
        return tree.Not(random_rule(rng, depth - 1))
    items = tuple(random_rule(rng, depth - 1) for _ in range(rng.randint(1, 3)))
    return rng.choice([tree.All, tree.Any])(items)


_COMPARISONS = [leaf for fact in CATALOGUE.values() for leaf in comparisons_of(fact)]


def make_posts(rng: random.Random) -> list[Record]:
    """The posts of one creator: none, few or some, with gaps and moments on every edge."""
    found = []
    for number in range(rng.choice([0, 0, 1, 2, 5])):
        posted = None if rng.random() < 0.15 else rng.choice(INSTANTS)
        recorded = AS_OF + timedelta(days=rng.choice([-400, -3, 1]))
        fields = {
            "kind": rng.choice([None, "video", "image"]),
            "likes": rng.choice([None, 0, 1, 5, 10_000]),
            "rate": rng.choice([None, *SHARES, 1 / 3]),
            "is_paid": rng.choice([None, True, False]),
            "title": rng.choice([None, *TITLES]),
            "posted_at": posted,
        }
        found.append(Record(fields, posted, posted or recorded, rng.randint(0, 9) * 10 + number))
    return found


def make_context(rng: random.Random) -> Context:
    """What one creator's rules read beyond the facts; norms are `make_norms`, the same for all."""
    stays = {
        segment: [
            Stay(start, rng.choice([None, start + timedelta(days=rng.choice([1, 40, 400]))]))
            for start in rng.sample(INSTANTS, rng.choice([0, 0, 1, 2]))
        ]
        for segment in ("known", "big", "risk-high")
    }
    members = {segment: rng.choice([None, True, False]) for segment in stays}
    return Context({"posts": make_posts(rng)}, {}, members, stays)


def make_norms(rng: random.Random) -> dict[NormKey, dict[Peers, NormValue]]:
    """For some groups of peers what is usual among them."""
    groups: dict[str, list[str]] = {
        "role": [str(number) for number in ROLES.values()],
        "stage": ["prospect", "core"],
        "is_virtual": ["true", "false"],
        "bio": [lower(text) for text in TEXTS],
    }
    return {
        key: {
            peers: NormValue(float(rng.choice(values)), rng.randint(5, 99))
            for peers in product(*(groups[name] for name in key.by))
            if rng.random() < 0.7
        }
        for key, values in NORMS.items()
    }


def make_rows(seed: int, count: int) -> list[dict[str, object]]:
    """Return rows of the sample catalogue in which a quarter of the values is not known."""
    rng = random.Random(seed)
    return [
        {key: None if rng.random() < 0.25 else make(rng) for key, make in _MAKERS.items()}
        for _ in range(count)
    ]
