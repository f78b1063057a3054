"""Creators who are like one, or like the members of a segment, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from crm.models import Brand, Creator
from segmentation.matches.looks import (
    MOST_TERMS,
    NUMBERS,
    PARTS,
    Likeness,
    Look,
    likeness,
    unit,
)
from segmentation.models import CreatorFacts, CreatorLook, LookIndex, LookTerm, Membership, Segment
from segmentation.selectors.creators import is_left_alone
from segmentation.services.unpitched import UNPITCHED

# By words so many are found; all of them are compared in everything.
COMPARED = 300
SHOWN = 50
# Members of a segment who say what it is like.
MEMBERS_MOST = 2_000
TERMS_TOLD = 6
NEAR = 0.5

# Only those who may be looked at and asked: known to the brand, without an objection to profiling,
# and with no playbook that says not to pitch.
_BY_WORDS = f"""WITH asked AS (
  SELECT * FROM unnest(%(terms)s::integer[], %(weights)s::float8[]) a(term, weight)
), found AS (
  SELECT l.creator_id, sum(x.weight * a.weight) AS words,
    array_agg(x.term ORDER BY x.weight * a.weight DESC) AS shared
  FROM segmentation_creatorlook l
  CROSS JOIN LATERAL unnest(l.terms, l.weights) x(term, weight)
  JOIN asked a ON a.term = x.term
  WHERE l.brand_id = %(brand)s AND l.terms && %(terms)s::integer[]
  GROUP BY l.creator_id
)
SELECT f.creator_id, r.id, least(f.words, 1), f.shared[1:%(told)s] FROM found f
JOIN crm_relationship r ON r.brand_id = %(brand)s AND r.creator_id = f.creator_id
WHERE r.unprofiled_at IS NULL AND r.restricted_at IS NULL AND r.creator_id NOT IN ({UNPITCHED})
  AND NOT f.creator_id = ANY(%(creators)s) AND NOT EXISTS (
    SELECT FROM segmentation_membership m
    WHERE m.segment_id = %(segment)s AND m.creator_id = f.creator_id AND m.left_at IS NULL)
ORDER BY f.words DESC, f.creator_id LIMIT %(size)s"""  # noqa: S608 - names of ours


@dataclass(frozen=True)
class Like:
    """A creator who is like what was asked for, with why."""

    relationship: int
    creator: int
    uid: UUID
    name: str
    followers: int | None
    likeness: Likeness
    shared_terms: Sequence[str]
    near_numbers: Sequence[str]

    @property
    def why(self) -> list[tuple[str, float | None]]:
        """Each part with what it counts, and how alike they are in it (None: not known)."""
        return [
            (f"{label}, counts {weight}", self.likeness.parts[key])
            for key, (label, weight) in PARTS.items()
        ]


@dataclass(frozen=True)
class Likes:
    """Who is alike; `why_not` says why nobody can be named."""

    index: LookIndex | None
    rows: Sequence[Like]
    # What is looked for, the heaviest first.
    terms: Sequence[str]
    why_not: str = ""


def like_creator(brand: Brand, creator: Creator) -> Likes:
    """Who is like this creator: seven queries."""
    index = _index(brand)
    if index is None:
        return Likes(None, [], [], NOT_BUILT)
    if is_left_alone(brand, creator):
        return Likes(index, [], [], "They objected to being judged by machines.")
    held = CreatorLook.objects.filter(brand=brand, creator=creator).first()
    if held is None or not held.terms:
        return Likes(index, [], [], NO_WORDS)
    look = _looks(brand, [creator.pk], {creator.pk: held.numbers})[creator.pk]
    return _like(index, look, held.terms, held.weights, creators=[creator.pk], segment=None)


def like_segment(segment: Segment) -> Likes:
    """Who is like the members of a segment, and is not one of them: seven queries."""
    index = _index(segment.brand)
    if index is None:
        return Likes(None, [], [], NOT_BUILT)
    members = list(
        Membership.objects.filter(segment=segment)
        .open()
        .order_by("creator_id")
        .values_list("creator_id", flat=True)[:MEMBERS_MOST]
    )
    held = list(CreatorLook.objects.filter(brand=segment.brand_id, creator__in=members))
    weights: dict[int, float] = defaultdict(float)
    for one in held:
        for term, weight in zip(one.terms, one.weights, strict=True):
            weights[term] += weight
    heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:MOST_TERMS]
    terms, unit_weights = unit(heaviest)
    if not terms:
        return Likes(index, [], [], NO_WORDS if members else "Nobody is in the segment.")
    looks = _looks(
        segment.brand, [one.creator_id for one in held], {o.creator_id: o.numbers for o in held}
    )
    middle = _middle(list(looks.values()))
    return _like(index, middle, terms, unit_weights, creators=[], segment=segment.pk)


NOT_BUILT = "What creators are like is found out each night, and has not been yet."
NO_WORDS = (
    "Too little is known: no words of posts or of a profile that other creators use, too. Import "
    "posts with their captions, and look again tomorrow."
)


def _index(brand: Brand) -> LookIndex | None:
    return LookIndex.objects.filter(brand=brand, built_at__isnull=False).first()


def _like(
    index: LookIndex,
    look: Look,
    terms: Sequence[int],
    weights: Sequence[float],
    *,
    creators: Sequence[int],
    segment: int | None,
) -> Likes:
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_WORDS,
            {
                "brand": index.brand_id,
                "terms": list(terms),
                "weights": list(weights),
                "creators": list(creators),
                "segment": segment,
                "size": COMPARED,
                "told": TERMS_TOLD,
            },
        )
        found = cursor.fetchall()
    people = [row[0] for row in found]
    numbers = dict(
        CreatorLook.objects.filter(brand=index.brand_id, creator__in=people).values_list(
            "creator_id", "numbers"
        )
    )
    looks = _looks(index.brand, people, numbers)
    scored = sorted(
        (
            (likeness(look, looks[creator], words), creator, relationship, shared)
            for creator, relationship, words, shared in found
        ),
        key=lambda row: (-row[0].score, row[1]),
    )[:SHOWN]
    names = _names([row[1] for row in scored])
    wanted = {term for row in scored for term in row[3]} | set(terms[: 2 * TERMS_TOLD])
    words_of = dict(
        LookTerm.objects.filter(index=index, number__in=wanted).values_list("number", "word")
    )
    return Likes(
        index,
        [
            Like(
                relationship=relationship,
                creator=creator,
                uid=names[creator][0],
                name=names[creator][1],
                followers=names[creator][2],
                likeness=like,
                shared_terms=[words_of[term] for term in shared if term in words_of],
                near_numbers=_near(look.numbers, looks[creator].numbers),
            )
            for like, creator, relationship, shared in scored
            if creator in names
        ],
        [words_of[term] for term in terms[: 2 * TERMS_TOLD] if term in words_of],
    )


def _looks(
    brand: Brand, creators: Sequence[int], numbers: Mapping[int, Sequence[float | None]]
) -> dict[int, Look]:
    rows = CreatorFacts.objects.filter(brand=brand, creator__in=creators)
    facts: dict[int, Any] = {
        row[0]: row[1:]
        for row in rows.values_list("creator", "followers", "niches", "language", "country")
    }
    return {
        creator: Look(
            numbers.get(creator, ()),
            facts.get(creator, (None,))[0],
            frozenset(facts[creator][1] or ()) if creator in facts else frozenset(),
            facts[creator][2] if creator in facts else None,
            facts[creator][3] if creator in facts else None,
        )
        for creator in creators
    }


def _middle(looks: Sequence[Look]) -> Look:
    """What is usual among some: medians, and what most of those have of whom it is known."""
    sizes = sorted(one.followers for one in looks if one.followers)
    places: list[float | None] = []
    for nth in range(len(NUMBERS)):
        known = sorted(
            value
            for one in looks
            if len(one.numbers) > nth and (value := one.numbers[nth]) is not None
        )
        places.append(known[len(known) // 2] if known else None)
    niches: Counter[int] = Counter(niche for one in looks for niche in one.niches)
    told = sum(bool(one.niches) for one in looks)
    return Look(
        places,
        sizes[len(sizes) // 2] if sizes else None,
        frozenset(niche for niche, n in niches.items() if n * 2 >= told),
        _most([one.language for one in looks]),
        _most([one.country for one in looks]),
    )


def _most(values: Sequence[str | None]) -> str | None:
    """What at least half of them have; None: nothing is."""
    known = [value for value in values if value]
    if not known:
        return None
    value, number = Counter(known).most_common(1)[0]
    return value if number * 2 >= len(known) else None


def _near(one: Sequence[float | None], other: Sequence[float | None]) -> list[str]:
    return [
        label
        for label, a, b in zip(NUMBERS.values(), one, other, strict=False)
        if a is not None and b is not None and abs(a - b) <= NEAR
    ]


def _names(creators: Sequence[int]) -> dict[int, tuple[UUID, str, int | None]]:
    rows = Creator.objects.filter(pk__in=creators)
    return {
        pk: (uid, name, followers)
        for pk, uid, name, followers in rows.values_list("pk", "uid", "name", "metrics__followers")
    }
