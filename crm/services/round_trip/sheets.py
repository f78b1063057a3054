"""The tables that people read, as CSV beside the lines for machines."""

from __future__ import annotations

from typing import LiteralString

from crm.registry import Registry

# By name: a query whose columns are the head. `%(brand)s` is the brand's number.
SHEETS: Registry[tuple[str, LiteralString]] = Registry()


def add_sheet(name: str, query: LiteralString) -> None:
    """Add a sheet; upper apps add theirs."""
    SHEETS.add(name, (name, query))


add_sheet(
    "creators",
    """SELECT c.uid, c.name, r.stage, u.email AS owner, r.next_step, r.next_step_on, r.since
    FROM crm_relationship r JOIN crm_creator c ON c.id = r.creator_id
    LEFT JOIN crm_user u ON u.id = r.owner_id WHERE r.brand_id = %(brand)s ORDER BY c.name, c.id""",
)
add_sheet(
    "profiles",
    """SELECT c.uid AS creator, c.name, p.platform_id AS platform, p.handle, p.url, m.followers,
      m.captured_at AS followers_at
    FROM crm_relationship r JOIN crm_creator c ON c.id = r.creator_id
    JOIN crm_profile p ON p.creator_id = c.id
    LEFT JOIN LATERAL (
      SELECT followers, captured_at FROM crm_metricsnapshot s WHERE s.profile_id = p.id
      ORDER BY captured_at DESC, id DESC LIMIT 1
    ) m ON true
    WHERE r.brand_id = %(brand)s ORDER BY c.name, p.id""",
)
add_sheet(
    "posts",
    """SELECT c.uid AS creator, c.name, f.platform_id AS platform, f.handle, p.*
    FROM crm_relationship r JOIN crm_creator c ON c.id = r.creator_id
    JOIN crm_post p ON p.creator_id = c.id JOIN crm_profile f ON f.id = p.profile_id
    WHERE r.brand_id = %(brand)s ORDER BY p.id""",
)
