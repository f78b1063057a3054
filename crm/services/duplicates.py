"""Find creators whom a brand has twice, with the reasons to think so; decide nothing.

Each creator gets keys: handles, addresses, numbers, links, the shape of the name. Those who share a
key are compared, and nobody else: a key that many share says nothing and is passed over, so that
the work grows with the creators and not with their square (docs/duplicates.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from crm import audit
from crm.choices import ImportStatus
from crm.models import Brand, Creator, DuplicatePair, ImportBatch, Job, User
from crm.services import jobs

KIND = "crm.duplicates"
# What a shared key of each kind is worth; pairs from 40 on are shown.
WEIGHTS = {
    "email": 60,
    "handle": 45,
    "link": 40,
    "phone": 40,
    "former_handle": 35,
    "name": 30,
}
SAME_COUNTRY = 15
LISTED_FROM = 40
# Who share a key with more than so many others share nothing that tells.
SHARED_BY_AT_MOST = 6
NAMES_SHARED_BY_AT_MOST = 40
SIMILAR_FROM = 0.55
PAIRS_MAX = 5_000
REASON_MAX = 300

# Gmail passes over dots, and most providers over what follows a plus.
_MAIL = """CASE WHEN split_part({0}, '@', 2) IN ('gmail.com', 'googlemail.com')
  THEN replace(split_part(split_part({0}, '@', 1), '+', 1), '.', '') || '@gmail.com'
  ELSE split_part(split_part({0}, '@', 1), '+', 1) || '@' || split_part({0}, '@', 2) END"""
_BIO_MAIL = r"substring(lower(p.bio) from '[a-z0-9._%%+-]+@[a-z0-9.-]+\.[a-z]{2,}')"
_BIO_LINK = (
    r"substring(lower(p.bio) from '(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+/[^\s?#]+)')"
)
_KEYS = f"""
CREATE TEMPORARY TABLE dup_key ON COMMIT DROP AS
WITH known AS MATERIALIZED (
  SELECT r.creator_id, c.name, c.country FROM crm_relationship r
  JOIN crm_creator c ON c.id = r.creator_id WHERE r.brand_id = %(brand)s
), accounts AS MATERIALIZED (
  SELECT p.* FROM crm_profile p JOIN known k ON k.creator_id = p.creator_id
)
SELECT DISTINCT found.kind, found.key, found.creator_id, found.shown FROM (
  SELECT 'handle' AS kind, regexp_replace(p.handle, '[._-]', '', 'g') AS key, p.creator_id,
    p.handle AS shown FROM accounts p
  UNION ALL SELECT 'former_handle', p.platform_id || ' ' || p.handle, p.creator_id, p.handle
    FROM accounts p
  UNION ALL SELECT 'former_handle', p.platform_id || ' ' || f.handle, p.creator_id, f.handle
    FROM crm_formerhandle f JOIN accounts p ON p.id = f.profile_id
  UNION ALL SELECT 'email', {_MAIL.format("c.value")}, c.creator_id, c.value
    FROM crm_contactpoint c JOIN known k ON k.creator_id = c.creator_id
    WHERE c.brand_id = %(brand)s AND c.kind = 'email'
  UNION ALL SELECT 'email', {_MAIL.format("m.mail")}, p.creator_id, m.mail
    FROM accounts p CROSS JOIN LATERAL (SELECT {_BIO_MAIL} AS mail) m WHERE m.mail IS NOT NULL
  UNION ALL SELECT 'phone', right(regexp_replace(c.value, '[^0-9]', '', 'g'), 8), c.creator_id,
    c.value FROM crm_contactpoint c JOIN known k ON k.creator_id = c.creator_id
    WHERE c.brand_id = %(brand)s AND c.kind = 'phone'
  UNION ALL SELECT 'link', rtrim(l.link, '/.,;)'), p.creator_id, rtrim(l.link, '/.,;)')
    FROM accounts p CROSS JOIN LATERAL (SELECT {_BIO_LINK} AS link) l WHERE l.link IS NOT NULL
  -- The first three letters of each word, in order: "Holm, Ida" and "Ida Holm" are one key.
  UNION ALL SELECT 'name', n.key, k.creator_id, k.name FROM known k CROSS JOIN LATERAL (
    SELECT string_agg(left(word, 3), ' ' ORDER BY word) AS key
    FROM regexp_split_to_table(crm_fold(k.name), '[^[:alnum:]]+') word WHERE word <> ''
  ) n WHERE position(' ' in n.key) > 0
) found WHERE length(found.key) >= 5"""  # noqa: S608 - names of ours
_PAIRS = """
WITH telling AS MATERIALIZED (
  SELECT kind, key, creator_id, min(shown) AS shown FROM dup_key
  WHERE (kind, key) IN (
    SELECT kind, key FROM dup_key GROUP BY kind, key
    HAVING min(creator_id) < max(creator_id) AND count(DISTINCT creator_id) <=
      CASE WHEN kind = 'name' THEN %(names)s ELSE %(shared)s END
  ) GROUP BY kind, key, creator_id
), met AS (
  SELECT a.creator_id AS first_id, b.creator_id AS second_id, a.kind,
    a.shown || CASE WHEN a.shown <> b.shown THEN ' / ' || b.shown ELSE '' END AS value
  FROM telling a JOIN telling b ON b.kind = a.kind AND b.key = a.key AND b.creator_id > a.creator_id
  WHERE %(only)s::bigint[] IS NULL OR a.creator_id = ANY(%(only)s) OR b.creator_id = ANY(%(only)s)
), weighed AS (
  SELECT DISTINCT ON (m.first_id, m.second_id, m.kind) m.first_id, m.second_id, m.kind, m.value,
    (%(weights)s::jsonb ->> m.kind)::integer
      + CASE WHEN m.kind = 'name' AND f.country = s.country AND f.country <> ''
        THEN %(country)s ELSE 0 END AS weight
  FROM met m JOIN crm_creator f ON f.id = m.first_id JOIN crm_creator s ON s.id = m.second_id
  WHERE m.kind <> 'name' OR (
    (f.country = s.country OR f.country = '' OR s.country = '')
    AND similarity(crm_fold(f.name), crm_fold(s.name)) >= %(similar)s
  )
  ORDER BY m.first_id, m.second_id, m.kind, m.value
)
SELECT first_id, second_id, least(100, sum(weight))::integer AS score,
  jsonb_agg(jsonb_build_object('kind', kind, 'value', left(value, 300), 'weight', weight)
    ORDER BY weight DESC, kind) AS reasons
FROM weighed GROUP BY first_id, second_id
HAVING sum(weight) >= %(listed)s ORDER BY score DESC, first_id, second_id LIMIT %(most)s"""
_STORE = f"""
WITH found AS MATERIALIZED ({_PAIRS}), stored AS (
  INSERT INTO crm_duplicatepair AS p
    (brand_id, first_id, second_id, score, reasons, found_at, why_different)
  SELECT %(brand)s, first_id, second_id, score, reasons, %(at)s, '' FROM found
  ON CONFLICT (brand_id, first_id, second_id) DO UPDATE
  SET score = excluded.score, reasons = excluded.reasons, found_at = excluded.found_at
  WHERE p.decided_at IS NULL
  RETURNING p.id
)
SELECT count(*) FROM stored"""  # noqa: S608 - names of ours


class DecisionRefused(Exception):
    """Nothing was changed; the message is fit for the user."""


def ask(*, brand: Brand, actor: User, at: datetime) -> Job:
    """Have a worker look through all creators of a brand; one search at a time."""
    running = Job.objects.under_way().filter(brand=brand, kind=KIND).first()
    return running or jobs.start(
        brand=brand, kind=KIND, title="Look for duplicates", params={}, actor=actor, at=at
    )


@transaction.atomic
def find(*, brand: Brand, at: datetime, only: Sequence[int] | None = None) -> int:
    """Store the pairs that may be one; `only` looks at these creators against all others.

    Pairs that a person decided about stay as they are. Of a whole search, pairs that nothing
    speaks for any more go. Returns how many pairs are open from it.
    """
    values: dict[str, Any] = {
        "brand": brand.pk,
        "at": at,
        "only": None if only is None else list(only),
        "weights": _weights(),
        "country": SAME_COUNTRY,
        "similar": SIMILAR_FROM,
        "listed": LISTED_FROM,
        "shared": SHARED_BY_AT_MOST,
        "names": NAMES_SHARED_BY_AT_MOST,
        "most": PAIRS_MAX,
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.dup_key")
        cursor.execute(_KEYS, values)
        cursor.execute("CREATE INDEX ON dup_key (kind, key)")
        cursor.execute("ANALYZE dup_key")
        cursor.execute(_STORE, values)
        found = int(cursor.fetchone()[0])
    if only is None:
        DuplicatePair.objects.filter(brand=brand, decided_at=None, found_at__lt=at).delete()
    return found


def find_after(*, batch_id: int, at: datetime) -> int:
    """Look at the creators whom an import brought: whether they are in the list already."""
    batch = ImportBatch.objects.select_related("brand").get(pk=batch_id)
    if batch.status != ImportStatus.APPLIED:
        return 0
    new = Creator.objects.filter(import_batch=batch).values_list("pk", flat=True)
    return find(brand=batch.brand, at=at, only=list(new)) if new else 0


@transaction.atomic
def say_different(*, pair: DuplicatePair, why: str, actor: User, at: datetime) -> DuplicatePair:
    """Remember that two creators are two people, so that nobody is asked again.

    Raises DecisionRefused without a reason.
    """
    why = " ".join(why.split())[:REASON_MAX]
    if not why:
        raise DecisionRefused("Say how you know that they are two: the next person will ask.")
    pair = (
        DuplicatePair.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "first", "second")
        .get(pk=pair.pk)
    )
    if pair.decided_at is not None:
        who = pair.decided_by.display_name if pair.decided_by else "Somebody"
        raise DecisionRefused(f"{who} said so already: “{pair.why_different}”.")
    pair.decided_at, pair.decided_by, pair.why_different = at, actor, why
    pair.save(update_fields=["decided_at", "decided_by", "why_different"])
    audit.record(
        brand=pair.brand,
        verb="crm.duplicate.different",
        target=pair.first,
        actor=actor,
        at=at,
        data={"other": pair.second.name, "why": why},
    )
    return pair


@transaction.atomic
def ask_again(*, pair: DuplicatePair, actor: User, at: datetime) -> DuplicatePair:
    """Take back that two are different: the pair stands in the queue again."""
    pair = (
        DuplicatePair.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "first", "second")
        .get(pk=pair.pk)
    )
    if pair.decided_at is None:
        return pair
    pair.decided_at, pair.decided_by, pair.why_different = None, None, ""
    pair.save(update_fields=["decided_at", "decided_by", "why_different"])
    audit.record(
        brand=pair.brand,
        verb="crm.duplicate.asked_again",
        target=pair.first,
        actor=actor,
        at=at,
        data={"other": pair.second.name},
    )
    return pair


def _weights() -> str:
    return "{" + ", ".join(f'"{kind}": {weight}' for kind, weight in WEIGHTS.items()) + "}"


def _work(job: Job, progress: jobs.Progress) -> None:
    """One statement: there is nothing to stop in between, and it is safe to repeat."""
    with transaction.atomic():
        progress.begin(1)
        found = find(brand=job.brand, at=job.created_at)
        Job.objects.filter(pk=job.pk).update(params={"found": found})
        progress.advance(1)


def _tell(job: Job) -> str:
    job.refresh_from_db(fields=["params"])
    found = job.params.get("found")
    if found is None:
        return "Nothing was looked at."
    if not found:
        return "No two creators look like one."
    return f"{found:,} pair{'s' if found > 1 else ''} to look at."


JOB = jobs.Kind(label="Duplicates", work=_work, tell=_tell)
