"""Whom audiences share and how many a selection reaches once, from the people who are known.

People are known in two ways: samples of who follows an account, and who writes below posts. They
are recognised within a platform only, so that everything here is said of one platform and one way.
Other features read `overlap_of` and `unique_reach`; what the numbers mean is in
docs/audience-graph.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from django.db import connection
from django.db.models import TextChoices

from crm.models import Brand
from segmentation.metrics.overlap import (
    LEAST_KNOWN,
    Covered,
    Estimate,
    Seen,
    cover_estimated,
    cover_known,
    independent,
    share_of,
    shared_people,
)

# A matrix of more creators is nobody's to read, and its pairs grow with the square.
CREATORS_MOST = 200
POPULATION_MAX = 8_000_000_000
# Of more commenters the same part of everybody is looked at.
PEOPLE_MOST = 200_000
_NUMBERS = 2**64


class Basis(TextChoices):
    """How people of an audience are known."""

    FOLLOWERS = "followers", "Samples of followers"
    COMMENTERS = "commenters", "People who comment"


class TooMany(Exception):
    """More creators than are compared at once; the message is fit for the user."""


@dataclass(frozen=True)
class Audience:
    """What is known of a creator's audience on the platform.

    size      of how many: followers on the sample's day, or all known commenters
    known     people who are known
    taken_on  the sample's day; None for commenters
    followers the newest count of followers, None where nobody has it
    """

    creator: int
    size: int
    known: int
    taken_on: date | None = None
    followers: int | None = None

    @property
    def is_enough(self) -> bool:
        """Whether enough people are known to say something of it."""
        return self.known >= LEAST_KNOWN


@dataclass(frozen=True)
class Pair:
    """What two audiences share. Without enough people the numbers are None, and `too_few` says it.

    seen            people who were seen in both
    people          how many they share: of followers an estimate, of commenters exact
    share_of_one    of the first one's audience
    share_of_other  of the second one's
    """

    one: int
    other: int
    seen: int
    people: Estimate | None = None
    share_of_one: Estimate | None = None
    share_of_other: Estimate | None = None

    @property
    def too_few(self) -> bool:
        """Whether too few people are known of one of the two."""
        return self.people is None

    def share_for(self, creator: int) -> Estimate | None:
        """The share of this one's audience that the other one has too."""
        return self.share_of_one if creator == self.one else self.share_of_other


@dataclass(frozen=True)
class Way:
    """A platform and a basis, and of how many of the creators enough people are known by it."""

    platform: str
    basis: Basis
    creators: int


@dataclass(frozen=True)
class Overlaps:
    """What each two of some creators share, on one platform and by one basis.

    platform   empty: nobody is known of any of them
    audiences  by creator id; who is missing is in `unknown`
    pairs      by (smaller creator id, larger one), for all in `audiences`
    ways       how else it could have been said, the one that says most first
    """

    platform: str
    basis: Basis
    audiences: Mapping[int, Audience]
    pairs: Mapping[tuple[int, int], Pair]
    unknown: Sequence[int]
    ways: Sequence[Way] = ()

    def pair(self, one: int, other: int) -> Pair | None:
        """Of two creators, in any order; None where one of them is not known."""
        return self.pairs.get((min(one, other), max(one, other)))


@dataclass(frozen=True)
class Reach:
    """How many people a selection reaches once, on one platform and by one basis.

    covered  gross and unique people and who adds how much; None: too little is known
    assumed  that no audience was compared: independence within `population` is assumed
    unknown  creators who are not in it: too few of their people are known
    """

    platform: str
    basis: Basis
    covered: Covered | None
    unknown: Sequence[int]
    assumed: bool = False
    population: int | None = None
    ways: Sequence[Way] = ()

    @property
    def unique_share(self) -> Estimate | None:
        """Unique people as a share of gross ones: 1 where nobody is reached twice."""
        if self.covered is None or not self.covered.gross:
            return None
        return self.covered.unique.over(self.covered.gross)


def overlap_of(
    brand: Brand, creator_ids: Iterable[int], *, platform: str = "", basis: str = ""
) -> Overlaps:
    """Compare each two of these creators of the brand.

    Without a platform or basis those are taken by which most of them are known. Creators whom the
    brand does not know, or who objected to profiling, are unknown. Raises TooMany.
    """
    asked = _checked(creator_ids)
    known = _Known.of(brand, asked, platform, basis)
    people, rate = _people(brand, known)
    seen = _seen_together(people)
    pairs = {
        (one, other): _pair(
            known.audiences[one], known.audiences[other], seen[one, other], known.basis, rate
        )
        for one, other in combinations(sorted(known.audiences), 2)
    }
    return Overlaps(
        known.platform,
        known.basis,
        known.audiences,
        pairs,
        [pk for pk in asked if pk not in known.audiences],
        known.ways,
    )


def unique_reach(
    brand: Brand,
    creator_ids: Iterable[int],
    *,
    platform: str = "",
    basis: str = "",
    population: int | None = None,
) -> Reach:
    """How many people these creators reach once, with who adds how much.

    Where too few people of all but one are known, nothing is said; unless `population` (how many
    people there are to reach) is given: then audiences are assumed to be independent in it, by
    their newest numbers of followers. Raises TooMany.
    """
    asked = _checked(creator_ids)
    known = _Known.of(brand, asked, platform, basis)
    enough = {pk: one for pk, one in known.audiences.items() if one.is_enough}
    unknown = [pk for pk in asked if pk not in enough]
    if len(enough) >= 2 or (enough and not unknown):
        people, rate = _people(brand, known)
        compared = _cover(enough, people, known.basis, rate)
        return Reach(known.platform, known.basis, compared, unknown, ways=known.ways)
    place = known.platform or platform
    if population:
        sizes = _followers(brand, asked, place)
        covered = independent(sizes, population) if sizes else None
        missing = [pk for pk in asked if pk not in sizes]
        return Reach(place, known.basis, covered, missing, True, population, known.ways)
    return Reach(place, known.basis, None, asked, ways=known.ways)


def _checked(creator_ids: Iterable[int]) -> list[int]:
    asked = sorted(set(creator_ids))
    if len(asked) > CREATORS_MOST:
        msg = f"At most {CREATORS_MOST} creators are compared at once; these are {len(asked):,}."
        raise TooMany(msg)
    return asked


# One row for each creator, platform and basis. Who objected to profiling is in none.
_KNOWN = """
WITH asked AS (
  SELECT creator_id FROM crm_relationship
  WHERE brand_id = %(brand)s AND creator_id = ANY(%(creators)s) AND unprofiled_at IS NULL
), samples AS (
  SELECT DISTINCT ON (f.creator_id, f.platform_id) f.creator_id, f.platform_id AS platform, s.id,
    s.people AS known, s.audience_size AS size, s.taken_on, f.followers
  FROM crm_profile f JOIN asked USING (creator_id)
  CROSS JOIN LATERAL (
    SELECT s.* FROM crm_audiencesample s
    WHERE s.brand_id = %(brand)s AND s.profile_id = f.id AND s.members <> '{}'
    ORDER BY s.taken_on DESC LIMIT 1
  ) s
  ORDER BY f.creator_id, f.platform_id, s.audience_size DESC, s.id
), writers AS (
  SELECT p.creator_id, f.platform_id AS platform, count(DISTINCT c.author) AS known,
    max(f.followers) AS followers
  FROM crm_post p JOIN asked USING (creator_id) JOIN crm_profile f ON f.id = p.profile_id
  JOIN crm_postcomment c ON c.post_id = p.id AND c.brand_id = %(brand)s AND c.author IS NOT NULL
  GROUP BY 1, 2
)
SELECT creator_id, platform, 'followers', known, size, taken_on, followers, id FROM samples
UNION ALL
SELECT creator_id, platform, 'commenters', known, known, NULL, followers, NULL FROM writers
ORDER BY 1, 2, 3
"""
_MEMBERS = """
SELECT f.creator_id, s.members FROM crm_audiencesample s JOIN crm_profile f ON f.id = s.profile_id
WHERE s.id = ANY(%(samples)s)
"""
_WRITERS = """
SELECT p.creator_id, array_agg(DISTINCT c.author)
FROM crm_post p JOIN crm_profile f ON f.id = p.profile_id
JOIN crm_postcomment c ON c.post_id = p.id AND c.brand_id = %(brand)s AND c.author <= %(last)s
WHERE p.creator_id = ANY(%(creators)s) AND f.platform_id = %(platform)s
GROUP BY 1
"""
_FOLLOWERS = """
SELECT DISTINCT ON (f.creator_id) f.creator_id, f.followers
FROM crm_profile f JOIN crm_relationship r ON r.creator_id = f.creator_id
  AND r.brand_id = %(brand)s AND r.unprofiled_at IS NULL
WHERE f.creator_id = ANY(%(creators)s) AND f.followers > 0
  AND (%(platform)s = '' OR f.platform_id = %(platform)s)
ORDER BY f.creator_id, f.followers DESC
"""


@dataclass(frozen=True)
class _Known:
    """Whose people are known, by the way that was chosen."""

    platform: str
    basis: Basis
    audiences: Mapping[int, Audience]
    samples: Mapping[int, int] = field(default_factory=dict)
    ways: Sequence[Way] = ()

    @classmethod
    def of(cls, brand: Brand, creators: Sequence[int], platform: str, basis: str) -> _Known:
        rows = _rows(_KNOWN, brand=brand.pk, creators=list(creators))
        enough = Counter((row[1], row[2]) for row in rows if row[3] >= LEAST_KNOWN)
        told = {(row[1], row[2]): enough[row[1], row[2]] for row in rows}
        ways = sorted(
            (Way(place, Basis(kind), number) for (place, kind), number in told.items()),
            # Samples of followers say what people ask for; commenters are those who speak.
            key=lambda way: (-way.creators, way.basis != Basis.FOLLOWERS, way.platform),
        )
        fitting = [
            way for way in ways if platform in ("", way.platform) and basis in ("", way.basis)
        ]
        if not fitting:
            return cls(platform, Basis(basis or Basis.FOLLOWERS), {}, ways=ways)
        way = fitting[0]
        mine = [row for row in rows if (row[1], row[2]) == (way.platform, way.basis)]
        return cls(
            way.platform,
            way.basis,
            {row[0]: Audience(row[0], row[4], row[3], row[5], row[6]) for row in mine},
            {row[0]: row[7] for row in mine},
            ways,
        )


def _people(brand: Brand, known: _Known) -> tuple[dict[int, frozenset[int]], float]:
    """The people of each audience by their numbers, and which part of all known ones they are."""
    if not known.audiences:
        return {}, 1.0
    if known.basis == Basis.FOLLOWERS:
        rows = _rows(_MEMBERS, samples=list(known.samples.values()))
        return {creator: frozenset(members) for creator, members in rows}, 1.0
    total = sum(one.known for one in known.audiences.values())
    rate = min(1.0, PEOPLE_MOST / total)
    # Numbers are spread evenly, so that the lowest part of them is a sample of everybody, and who
    # is in it for one creator is in it for all.
    last = round(rate * _NUMBERS) - _NUMBERS // 2 - 1
    rows = _rows(
        _WRITERS,
        brand=brand.pk,
        creators=list(known.audiences),
        platform=known.platform,
        last=last,
    )
    return {creator: frozenset(members) for creator, members in rows}, rate


def _seen_together(people: Mapping[int, frozenset[int]]) -> Counter[tuple[int, int]]:
    """How many are seen with both of a pair: only who is seen twice makes pairs."""
    with_whom: dict[int, list[int]] = {}
    for creator in sorted(people):
        for one in people[creator]:
            with_whom.setdefault(one, []).append(creator)
    seen: Counter[tuple[int, int]] = Counter()
    for creators in with_whom.values():
        if len(creators) > 1:
            seen.update(combinations(creators, 2))
    return seen


def _pair(one: Audience, other: Audience, seen: int, basis: Basis, rate: float) -> Pair:
    if not (one.is_enough and other.is_enough):
        return Pair(one.creator, other.creator, seen)
    most = min(one.size, other.size)
    people = shared_people(seen, _chance(one, other, basis, rate), most=most)
    if basis == Basis.FOLLOWERS:
        share_of_one, share_of_other = people.over(one.size), people.over(other.size)
    else:
        share_of_one, share_of_other = (
            share_of(min(seen, looked_at), looked_at)
            for looked_at in (max(round(each.known * rate), 1) for each in (one, other))
        )
    return Pair(one.creator, other.creator, seen, people, share_of_one, share_of_other)


def _chance(one: Audience, other: Audience, basis: Basis, rate: float) -> float:
    """That somebody whom both have is seen with both."""
    if basis == Basis.COMMENTERS:
        return rate
    return (one.known / one.size) * (other.known / other.size)


def _cover(
    audiences: Mapping[int, Audience],
    people: Mapping[int, frozenset[int]],
    basis: Basis,
    rate: float,
) -> Covered:
    if basis == Basis.COMMENTERS:
        return cover_known({pk: people.get(pk, frozenset()) for pk in audiences}, rate=rate)
    seen = _seen_together({pk: people[pk] for pk in audiences})
    pairs = {
        (one, other): Seen(seen[one, other], _chance(audiences[one], audiences[other], basis, rate))
        for one, other in combinations(sorted(audiences), 2)
    }
    return cover_estimated({pk: float(one.size) for pk, one in audiences.items()}, pairs)


def _followers(brand: Brand, creators: Sequence[int], platform: str) -> dict[int, float]:
    rows = _rows(_FOLLOWERS, brand=brand.pk, creators=list(creators), platform=platform)
    return {creator: float(followers) for creator, followers in rows}


def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
