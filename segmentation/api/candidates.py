"""Who could close a gap of an audience, as the REST API shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from crm.api.pagination import Row
from crm.api.query import Query
from segmentation.choices import Forecasted, PriceSource
from segmentation.selectors.candidates import MEASURES, SHOWN, Candidate, Lack, Order

MOST = 1_000


class CandidatesQuery(Query):
    """Which part of the audience, and who comes first."""

    country = serializers.CharField(
        required=False, default="", max_length=2, help_text="One of the audience's. Default: all."
    )
    platform = serializers.CharField(
        required=False, default="", max_length=30, help_text="One of the audience's. Default: all."
    )
    measure = serializers.ChoiceField(
        choices=[(one.value, one.label) for one in MEASURES],
        required=False,
        default=Forecasted.VIEWS.value,
    )
    order = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Order],
        required=False,
        default=Order.BRINGS.value,
        help_text="`brings`: who brings most first; `cost`: who costs least for it.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST, required=False, default=SHOWN)


class BringsSerializer(serializers.Serializer[Any]):
    """What a next piece is expected to bring."""

    platform = serializers.CharField(allow_null=True, help_text="Null: on whichever.")
    low = serializers.FloatField()
    middle = serializers.FloatField()
    high = serializers.FloatField()
    own = serializers.IntegerField(help_text="Pieces of their own that it rests on.")
    version = serializers.IntegerField(allow_null=True, help_text="Of `forecast-models`.")


class PriceSerializer(serializers.Serializer[Any]):
    """What a piece costs."""

    amount = serializers.FloatField()
    currency = serializers.CharField()
    price_source = serializers.ChoiceField(
        choices=PriceSource.choices, help_text="Here `agreed` or `estimated`."
    )
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class AudienceCandidateSerializer(serializers.Serializer[Any]):
    """Somebody in a segment of the audience who lacks one thing to be counted."""

    creator = serializers.UUIDField()
    name = serializers.CharField()
    followers = serializers.IntegerField(allow_null=True)
    country = serializers.CharField(allow_null=True)
    last_post_at = serializers.DateTimeField(allow_null=True)
    segments = serializers.ListField(child=serializers.CharField(), help_text="Names.")
    lacks = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Lack],
        help_text="`post`: no post in 90 days; `country`: not known; `platform`: no account on it.",
    )
    words = serializers.CharField(help_text="What they lack, in words.")
    brings = BringsSerializer(allow_null=True, help_text="Null: not known.")
    price = PriceSerializer(allow_null=True, help_text="Null: not known.")
    cost_of_thousand = serializers.FloatField(allow_null=True)


def candidate_row(row: Candidate, *, currency: str, version: int | None) -> Row:
    """A candidate as the API shows them."""
    brings, price = row.brings, row.price
    return {
        "creator": row.uid,
        "name": row.name,
        "followers": row.followers,
        "country": row.country,
        "last_post_at": row.last_post_at,
        "segments": list(row.segments),
        "lacks": row.lack.value,
        "words": row.lacks,
        "brings": brings
        and {
            "platform": brings.platform or None,
            "low": brings.low,
            "middle": brings.middle,
            "high": brings.high,
            "own": brings.own,
            "version": version,
        },
        "price": price
        and {
            "amount": price.amount,
            "currency": currency,
            "price_source": price.source.value,
            "low": price.low,
            "high": price.high,
        },
        "cost_of_thousand": row.cost_of_thousand,
    }
