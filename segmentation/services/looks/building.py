"""Make the looks of a brand's creators anew, in a worker: in batches, so that memory is bounded.

First a part of the creators says which terms tell creators apart, then everybody gets a vector.
Who objected to profiling has no look.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from crm.models import Brand
from segmentation.choices import ErrandStatus
from segmentation.matches.looks import METHOD, NUMBERS, Spread, Vocabulary, band, tokens
from segmentation.models import CreatorFacts, CreatorLook, LookIndex, LookTerm
from segmentation.services import errands

# By name: tasks are above services.
TASK = "segmentation.tasks.build_looks"
BATCH = 1_000
# So many creators say which terms there are.
ASKED = 20_000
POSTS, POSTS_FOR = 30, timedelta(days=730)

_CREATORS = """SELECT creator_id FROM crm_relationship
WHERE brand_id = %(brand)s AND unprofiled_at IS NULL AND restricted_at IS NULL
  AND creator_id > %(after)s ORDER BY creator_id LIMIT %(size)s"""
_TEXTS = """SELECT c.id, count(p.id), string_agg(p.title || ' ' || p.caption, E'\\n'),
  (SELECT string_agg(f.bio, E'\\n') FROM crm_profile f WHERE f.creator_id = c.id)
FROM unnest(%(creators)s::bigint[]) c(id) LEFT JOIN LATERAL (
  SELECT id, title, caption FROM crm_post WHERE creator_id = c.id AND posted_at > %(since)s
    AND posted_at <= %(at)s ORDER BY posted_at DESC, id DESC LIMIT %(posts)s) p ON true
GROUP BY c.id"""

_COPY = """COPY segmentation_creatorlook
  (brand_id, creator_id, terms, weights, numbers, posts) FROM STDIN"""


def build(*, index_id: int, at: datetime) -> LookIndex | None:
    """Make the looks that wait for it; safe to call twice. The old ones stay until it is done."""
    return errands.carry_out(
        LookIndex.objects.select_related("brand"),
        errand_id=index_id,
        task=TASK,
        work=lambda index: _fill(index, at),
    )


@transaction.atomic
def request(*, at: datetime, brand: Brand | None = None) -> int:
    """Have the looks of one brand made, or of all; returns of how many."""
    brands = Brand.objects.all() if brand is None else Brand.objects.filter(pk=brand.pk)
    number = 0
    for one in brands.order_by("pk"):
        index, made = LookIndex.objects.select_for_update(no_key=True).get_or_create(
            brand=one, defaults={"requested_at": at}
        )
        if not made and index.is_open:
            continue
        index.status, index.error, index.attempts = ErrandStatus.QUEUED, "", 0
        index.requested_at = at
        index.save(update_fields=["status", "error", "attempts", "requested_at"])
        errands.send(TASK, index)
        number += 1
    return number


def _fill(index: LookIndex, at: datetime) -> None:
    brand = index.brand
    users: Counter[str] = Counter()
    asked = 0
    for texts in _batches(brand, at):
        for words, _ in texts.values():
            users.update(set(words))
            asked += bool(words)
        if asked >= ASKED:
            break
    vocabulary = Vocabulary.of(users, asked)
    spreads = _spreads(brand)
    CreatorLook.objects.filter(brand=brand).delete()
    LookTerm.objects.filter(index=index).delete()
    LookTerm.objects.bulk_create(
        (
            LookTerm(index=index, number=number, word=word, creators=vocabulary.users[word])
            for word, number in vocabulary.numbers.items()
        ),
        batch_size=5_000,
    )
    made = 0
    for texts in _batches(brand, at):
        made += _write(_looks(brand, texts, vocabulary, spreads))
    index.method, index.built_at, index.version = METHOD, at, index.version + 1
    index.creators, index.terms = made, len(vocabulary.numbers)
    index.save(update_fields=["method", "built_at", "version", "creators", "terms"])


def _batches(brand: Brand, at: datetime) -> Iterator[dict[int, tuple[Counter[str], int]]]:
    """Terms and number of posts by creator, a batch at a time."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_CREATORS, {"brand": brand.pk, "after": after, "size": BATCH})
            creators = [row[0] for row in cursor.fetchall()]
            if not creators:
                return
            cursor.execute(
                _TEXTS,
                {"creators": creators, "since": at - POSTS_FOR, "at": at, "posts": POSTS},
            )
            rows = cursor.fetchall()
        yield {
            creator: (Counter(tokens(f"{texts or ''}\n{bio or ''}")), posts)
            for creator, posts, texts, bio in rows
        }
        after = creators[-1]


def _spreads(brand: Brand) -> Mapping[tuple[int, str], Spread]:
    """How each number is spread, by size."""
    values: dict[tuple[int, str], list[float]] = defaultdict(list)
    rows = CreatorFacts.objects.filter(brand=brand, followers__gt=0)
    for followers, *numbers in rows.values_list("followers", *NUMBERS).iterator(chunk_size=5_000):
        size = band(followers)
        if size is None:
            continue
        for name, value in zip(NUMBERS, numbers, strict=True):
            if value is not None:
                values[size, name].append(float(value))
    found = {key: Spread.of(held) for key, held in values.items()}
    return {key: spread for key, spread in found.items() if spread is not None}


def _looks(
    brand: Brand,
    texts: Mapping[int, tuple[Counter[str], int]],
    vocabulary: Vocabulary,
    spreads: Mapping[tuple[int, str], Spread],
) -> list[tuple[Any, ...]]:
    """The columns of each creator's look."""
    rows = CreatorFacts.objects.filter(brand=brand, creator__in=texts)
    facts = {row[0]: row[1:] for row in rows.values_list("creator", "followers", *NUMBERS)}
    return [
        (brand.pk, creator, *vocabulary.vector(words), _places(facts.get(creator), spreads), posts)
        for creator, (words, posts) in texts.items()
    ]


def _write(looks: Sequence[tuple[Any, ...]]) -> int:
    """Keep looks; returns how many. COPY takes a quarter of the time of rows made one by one."""
    with connection.cursor() as cursor, cursor.cursor.copy(_COPY) as copy:
        for row in looks:
            copy.write_row(row)
    return len(looks)


def _places(
    facts: Sequence[Any] | None, spreads: Mapping[tuple[int, str], Spread]
) -> list[float | None]:
    if facts is None:
        return [None] * len(NUMBERS)
    size = band(facts[0])
    found: list[float | None] = []
    for name, value in zip(NUMBERS, facts[1:], strict=True):
        spread = None if size is None else spreads.get((size, name))
        found.append(None if value is None or spread is None else spread.place(float(value)))
    return found
