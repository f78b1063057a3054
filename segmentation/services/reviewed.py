"""What reviewers found, in one number, as SQL for statements over many creators."""

from __future__ import annotations

# The mean score of a relationship's newest settled vetting, and of how many criteria. A criterion
# whose bar begins at 1 and ends below 5 is one of which little is good: 1 counts as 5.
# Parameters: `brand`, `settled`, and the moments `vetted_since` and `as_of`.
REVIEWED = """SELECT n.relationship_id, count(v.score)::integer AS n,
  avg(CASE WHEN b.least = 1 AND b.most < 5 THEN 6 - v.score ELSE v.score END)::float8 AS score
FROM (
  SELECT DISTINCT ON (relationship_id) id, relationship_id, form_id FROM crm_vetting
  WHERE brand_id = %(brand)s AND status = %(settled)s
    AND settled_at BETWEEN %(vetted_since)s AND %(as_of)s
  ORDER BY relationship_id, settled_at DESC, id DESC) n
JOIN crm_vettingresult v ON v.vetting_id = n.id
LEFT JOIN crm_formcriterion b ON b.form_id = n.form_id AND b.criterion_id = v.criterion_id
GROUP BY 1"""
