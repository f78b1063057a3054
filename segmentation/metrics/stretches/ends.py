"""How the brand stands with creators at the end, and where most people follow them."""

from __future__ import annotations

from segmentation.metrics.stretches.names import SOME, WAS

# Of each relationship, the stage at the end.
STAGE_THEN = """crm_stagechange c ON c.relationship_id = r.id
    AND c.entered_at < %(until)s AND (c.left_at IS NULL OR c.left_at >= %(until)s)"""


def platform(*, only: str, one_by_one: bool) -> str:
    """A query of a WITH: the primary account of each creator, by `creator_id`.

    It is the one with the most followers as of then; of equals, the oldest. `only` names a table
    of creators to look at, empty: everybody, cheaper where it is most. Of SOME, accounts that were
    not touched are as before. Each account's newest number is looked up `one_by_one`, else all
    numbers are read.
    """
    touched = "WHERE accounts" if only == SOME else ""
    whose = f"SELECT creator_id FROM {only} {touched}"  # noqa: S608 - ours
    of = f"WHERE creator_id IN ({whose}) OFFSET 0" if only else ""
    return f"""known AS ({(_LOOKED_UP if one_by_one else _READ).format(of=of)}),
platform AS (
  (SELECT DISTINCT ON (creator_id) creator_id, platform_id, followers, source
  FROM known ORDER BY creator_id, followers DESC NULLS LAST, id)
  {_BEFORE if only == SOME else ""}
)"""  # noqa: S608 - names of ours


# All rows that reach the end have the same.
_BEFORE = f"""UNION ALL
  SELECT DISTINCT creator_id, platform_id, followers, followers_source FROM {WAS}
  WHERE until IS NULL AND kind <> 'part'
    AND creator_id NOT IN (SELECT creator_id FROM {SOME} WHERE accounts)"""  # noqa: S608 - names of ours


_ACCOUNTS = "(SELECT id, creator_id, platform_id FROM crm_profile {of}) p"
# Of numbers of one moment the last one given holds: to sort those of each account apart would take
# longer than all the rest.
_LOOKED_UP = f"""
  SELECT DISTINCT ON (p.creator_id, p.id) p.creator_id, p.id, p.platform_id, s.followers, s.source
  FROM {_ACCOUNTS}
  LEFT JOIN LATERAL (
    SELECT s.id, s.followers, s.source FROM crm_metricsnapshot s
    WHERE s.profile_id = p.id AND s.captured_at < %(until)s AND s.followers IS NOT NULL
    ORDER BY s.captured_at DESC FETCH FIRST 1 ROW WITH TIES
  ) s ON true
  ORDER BY p.creator_id, p.id, s.id DESC
"""  # noqa: S608 - names of ours
# In the order of the index, backwards.
_READ = f"""
  SELECT p.creator_id, p.id, p.platform_id, s.followers, s.source
  FROM {_ACCOUNTS}
  LEFT JOIN (
    SELECT DISTINCT ON (profile_id) profile_id, followers, source FROM crm_metricsnapshot
    WHERE captured_at < %(until)s AND followers IS NOT NULL
    ORDER BY profile_id DESC, captured_at DESC, id DESC
  ) s ON s.profile_id = p.id
"""  # noqa: S608 - names of ours
