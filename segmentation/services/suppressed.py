"""Who is on a brand's suppression list as a person, as SQL for statements over many creators."""

from __future__ import annotations

# `r` is the relationship; `%(brand)s` is a parameter.
SUPPRESSED = """EXISTS (SELECT FROM crm_suppression s WHERE s.brand_id = %(brand)s
  AND s.creator_id = r.creator_id AND s.is_person AND s.lifted_at IS NULL)"""
