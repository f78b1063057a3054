"""Who brought each conversion, in SQL over many: for metrics, returns and watches over codes.

One row for each conversion and each creator on its way: `last` is whom last touch credits (a code
by the brand's rule before links), `assist` everybody else who was met within the window. It says
the same as the library's last touch and its assisted conversions (a test compares them), without
loading a click; the other models need all journeys (docs/attribution.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from campaigns.attribution.settings import CodeRule, Settings
from campaigns.models import AttributionSettings
from crm.models import Brand

# Columns: conversion_id, campaign_id (of the conversion), creator_id, role ('last' or 'assist'),
# by ('code' or 'link'), at (of the conversion), touched_at (of the touch; for a code that of the
# conversion: membership in segments is asked as of it), value and currency (what refunds left;
# null: not known), kind, is_new_customer. Conversions that were taken back whole have no row.
# A person is a visitor as clicks count them, or, where a visitor objected, the click itself.
CREDITS = """
refunded AS (
  SELECT f.conversion_id, bool_or(f.value IS NULL) AS is_whole, sum(f.value) AS value
  FROM campaigns_refund f
  WHERE f.brand_id = %(brand)s AND f.at <= %(as_of)s
  GROUP BY f.conversion_id
), counted AS (
  SELECT c.id, c.campaign_id, c.at, c.kind, c.is_new_customer, c.code_id, c.link_id, c.currency,
    c.value - coalesce(r.value, 0) AS value,
    coalesce(r.is_whole OR r.value >= c.value, false) AS is_refunded,
    coalesce('v' || coalesce(k.visitor, c.visitor), 'c' || c.click) AS person,
    CASE WHEN %(fresh_start)s THEN lag(c.at) OVER (
      PARTITION BY coalesce('v' || coalesce(k.visitor, c.visitor), 'c' || c.click)
      ORDER BY c.at, c.id) END AS before
  FROM campaigns_conversion c
  LEFT JOIN refunded r ON r.conversion_id = c.id
  LEFT JOIN campaigns_click k ON k.id = c.click AND k.brand_id = c.brand_id
  WHERE c.brand_id = %(brand)s AND c.at >= %(since)s - %(window)s::interval AND c.at < %(until)s
    AND c.at <= %(as_of)s
), meant AS MATERIALIZED (
  SELECT * FROM counted WHERE at >= %(since)s AND NOT is_refunded
), followed AS (
  SELECT coalesce('v' || k.visitor, 'c' || k.id) AS person, k.at, k.link_id
  FROM campaigns_click k
  WHERE k.brand_id = %(brand)s AND k.kind = 'person'
    AND k.at >= %(since)s - %(window)s::interval AND k.at < %(until)s AND k.at <= %(as_of)s
), touched AS (
  SELECT m.id, f.link_id, f.at
  FROM meant m JOIN followed f ON f.person = m.person
    AND f.at BETWEEN m.at - %(window)s::interval AND m.at AND (m.before IS NULL OR f.at > m.before)
  UNION ALL
  -- Of a conversion that names a link and no person, that is all there is.
  SELECT m.id, m.link_id, m.at FROM meant m WHERE m.person IS NULL AND m.link_id IS NOT NULL
), met AS (
  SELECT t.id, r.creator_id, max(t.at) AS touched_at, 'link' AS by
  FROM touched t
  JOIN campaigns_trackinglink l ON l.id = t.link_id
  JOIN crm_relationship r ON r.id = l.relationship_id
  GROUP BY t.id, r.creator_id
  UNION ALL
  SELECT m.id, r.creator_id, m.at, 'code'
  FROM meant m
  JOIN campaigns_promocode p ON p.id = m.code_id
  JOIN crm_relationship r ON r.id = p.relationship_id
  WHERE %(code_rule)s <> 'code_without_link' OR NOT EXISTS (SELECT FROM touched t WHERE t.id = m.id)
), ranked AS (
  SELECT met.*, row_number() OVER by_place AS place,
    row_number() OVER (PARTITION BY id, creator_id ORDER BY by, touched_at DESC) AS repeat
  FROM met
  -- 'code' before 'link'; of links the latest; of those at once the creator with the larger number,
  -- as the library has it.
  WINDOW by_place AS (PARTITION BY id ORDER BY by, touched_at DESC, creator_id DESC)
), credits AS (
  SELECT m.id AS conversion_id, m.campaign_id, k.creator_id,
    CASE WHEN k.place = 1 THEN 'last' ELSE 'assist' END AS role, k.by, m.at, k.touched_at,
    m.value, m.currency, m.kind, m.is_new_customer
  FROM ranked k JOIN meant m ON m.id = k.id
  WHERE k.repeat = 1
)
"""


def settings_of(brand: Brand) -> AttributionSettings | None:
    """The brand's newest settings; None: it has those of the product."""
    return AttributionSettings.objects.filter(brand=brand).order_by("-number").first()


def params(brand: Brand, *, since: datetime, until: datetime, as_of: datetime) -> Mapping[str, Any]:
    """What CREDITS asks for, for conversions of [since, until) as known at `as_of`.

    Use it as `WITH {CREDITS} SELECT ... FROM credits`.
    """
    row = settings_of(brand)
    settings = row.as_told if row else Settings()
    return {
        "brand": brand.pk,
        "since": since,
        "until": until,
        "as_of": as_of,
        "window": settings.window,
        "code_rule": CodeRule(settings.code_rule).value,
        "fresh_start": settings.fresh_start,
    }
