"""What pieces cost where creators said yes: prices are learned from it, the newest one counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.choices import DeliverableState, OfferAct, OfferState, Per
from crm.choices import Stage
from crm.models import Brand

# So far back.
DAYS = 730
# Whom forecasts are of; r is the relationship.
ASKED = "r.brand_id = %(brand)s AND r.unprofiled_at IS NULL AND r.stage <> %(declined)s"
# What a piece cost where somebody said yes: by offers, else as agreed for the whole place.
SAID_YES = f"""
  SELECT r.id, e.on AS said, e.id AS event, v.currency,
    CASE WHEN v.per = %(per_post)s THEN v.amount ELSE v.amount / nullif((
      SELECT sum(d.count) FROM campaigns_offerdeliverable d WHERE d.version_id = v.id), 0) END
    AS price
  FROM crm_relationship r JOIN campaigns_offer o ON o.relationship_id = r.id
  JOIN campaigns_offerevent e ON e.offer_id = o.id AND e.act = %(accept)s
  JOIN campaigns_offerversion v ON v.id = e.version_id
  WHERE {ASKED} AND o.state = %(accepted)s AND v.amount IS NOT NULL
    AND %(currency)s IN ('', v.currency) AND v.per IN (%(per_post)s, %(per_all)s) AND e.at <= %(at)s
    AND e.at > %(since)s
  UNION ALL
  SELECT r.id, g.stage_since::date, -g.id, c.currency, g.agreed_cost / nullif((
      SELECT count(*) FROM campaigns_deliverable d
      WHERE d.engagement_id = g.id AND d.state <> %(cancelled)s), 0)
  FROM crm_relationship r JOIN campaigns_engagement g ON g.relationship_id = r.id
  JOIN campaigns_campaign c ON c.id = g.campaign_id AND %(currency)s IN ('', c.currency)
  WHERE {ASKED} AND g.agreed_cost > 0 AND g.stage_since <= %(at)s AND g.stage_since > %(since)s
    AND NOT EXISTS (SELECT FROM campaigns_offer o
      WHERE o.engagement_id = g.id AND o.state = %(accepted)s)
"""  # noqa: S608 - ours
PRICES = f"""SELECT id, price::float8, (%(today)s - said)::float8 FROM ({SAID_YES}) prices
WHERE price > 0 ORDER BY id, said, event"""  # noqa: S608 - ours
# The newest of each relationship.
NEWEST = f"""SELECT DISTINCT ON (id) id, price::float8 AS price FROM ({SAID_YES}) prices
WHERE price > 0 ORDER BY id, said DESC, event DESC"""  # noqa: S608 - ours


def asked_prices(brand: Brand, currency: str, at: datetime) -> dict[str, Any]:
    """The parameters of these statements; no currency: prices in all of them."""
    return {
        "brand": brand.pk,
        "at": at,
        "today": at.date(),
        "since": at - timedelta(days=DAYS),
        "declined": Stage.DECLINED.value,
        "currency": currency,
        "per_post": Per.POST.value,
        "per_all": Per.ALL.value,
        "accept": OfferAct.ACCEPT.value,
        "accepted": OfferState.ACCEPTED.value,
        "cancelled": DeliverableState.CANCELLED.value,
    }


def agreed_prices(brand: Brand, currency: str, at: datetime) -> dict[int, float]:
    """The newest price of a piece in this currency, by relationship."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, asked_prices(brand, currency, at))
        return dict(cursor.fetchall())
