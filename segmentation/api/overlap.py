"""Over REST: whom audiences share, and how many people a selection reaches once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import UID, BrandViewSet
from crm.api.pagination import Row
from crm.api.problems import BadQuery, Fault
from crm.api.query import Query
from crm.choices import Scope
from crm.models import Creator, Platform
from segmentation.metrics.overlap import LEVEL, Estimate
from segmentation.models import Segment
from segmentation.selectors import overlap as selectors
from segmentation.selectors.overlap import (
    CREATORS_MOST,
    POPULATION_MAX,
    Audience,
    Basis,
    Overlaps,
    Pair,
    Reach,
    Way,
)
from segmentation.selectors.selections import NoSelection, Selection, selection_of

# Each two of 200 creators are 19,900; these share the most.
PAIRS_MOST = 1_000
WHOM = ("segment", "campaign", "creators")


class OverlapQuery(Query):
    """Whose audiences: of one of the three; and by what."""

    segment = serializers.CharField(max_length=60, required=False, help_text="A key.")
    campaign = serializers.CharField(max_length=60, required=False, help_text="A key.")
    creators = serializers.RegexField(
        rf"^{UID}(,{UID})*$",
        max_length=37 * CREATORS_MOST,
        required=False,
        help_text=f"Uids with commas between, {CREATORS_MOST} at most.",
    )
    basis = serializers.ChoiceField(
        choices=Basis.choices, required=False, help_text="Unless said: what most is known by."
    )
    platform = serializers.CharField(
        max_length=40, required=False, help_text="Unless said: that of which most is known."
    )


class ReachQuery(OverlapQuery):
    """And how many people there are."""

    population = serializers.IntegerField(
        min_value=1,
        max_value=POPULATION_MAX,
        required=False,
        help_text="Where nobody is known: audiences are then assumed to be independent among "
        "so many.",
    )


class EstimateSerializer(serializers.Serializer[Any]):
    """A number with where it probably lies."""

    value = serializers.FloatField()
    level = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class WaySerializer(serializers.Serializer[Any]):
    """How it could be said too."""

    platform = serializers.CharField()
    basis = serializers.ChoiceField(choices=Basis.choices)
    creators = serializers.IntegerField(help_text="Of how many enough people are known by it.")


class SelectionSerializer(serializers.Serializer[Any]):
    """Whose audiences, and by what. Who objected to profiling is in none of it."""

    selection = serializers.CharField(help_text="What was asked for, in words.")
    platform = serializers.CharField(allow_null=True, help_text="Null: nobody's people are known.")
    basis = serializers.ChoiceField(choices=Basis.choices)
    ways = WaySerializer(many=True)
    left_out = serializers.IntegerField(
        help_text=f"With smaller audiences: {CREATORS_MOST} are compared at once."
    )
    unknown = serializers.ListField(
        child=serializers.UUIDField(), help_text="Of whom too little is known to be in it."
    )


class AudienceKnownSerializer(serializers.Serializer[Any]):
    """What is known of a creator's audience."""

    creator = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.IntegerField(
        help_text="Followers on the sample's day, or all known commenters."
    )
    known = serializers.IntegerField(help_text="People who are known.")
    is_enough = serializers.BooleanField()
    taken_on = serializers.DateField(allow_null=True, help_text="Of a sample.")


class PairSerializer(serializers.Serializer[Any]):
    """What two audiences share; null: too few people are known of one of them."""

    one = serializers.UUIDField()
    other = serializers.UUIDField()
    seen = serializers.IntegerField(help_text="People who were seen in both.")
    people = EstimateSerializer(allow_null=True)
    share_of_one = EstimateSerializer(allow_null=True)
    share_of_other = EstimateSerializer(allow_null=True)


class OverlapSerializer(SelectionSerializer):
    """What each two share, the largest share first, those of whom too little is known last."""

    audiences = AudienceKnownSerializer(many=True)
    pairs = PairSerializer(many=True)
    pairs_left_out = serializers.IntegerField(
        help_text=f"Pairs beyond the {PAIRS_MOST:,} that share the most."
    )


class ReachStepSerializer(serializers.Serializer[Any]):
    """One more audience, and what it adds to those before."""

    creator = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.FloatField()
    adds = serializers.FloatField()
    total = serializers.FloatField(help_text="All so far.")


class ReachSerializer(SelectionSerializer):
    """How many people are reached once; nulls and no steps where too little is known."""

    gross = serializers.FloatField(
        allow_null=True, help_text="Everybody counted as often as they are reached."
    )
    unique = EstimateSerializer(
        allow_null=True,
        help_text="Where it is assumed: low and high are what is possible, from all in one to "
        "nobody twice.",
    )
    unique_share = EstimateSerializer(allow_null=True, help_text="Of gross.")
    assumed = serializers.BooleanField(
        help_text="Nobody's people were compared: independence among `population` is assumed."
    )
    population = serializers.IntegerField(allow_null=True)
    steps = ReachStepSerializer(many=True, help_text="Who adds most first.")


class OverlapViewSet(BrandViewSet[Creator]):
    """Audiences of a segment, a campaign or a list of creators, held against each other."""

    scope = Scope.SEGMENTS_READ
    queryset = Creator.objects.none()
    serializer_class = OverlapSerializer
    queries = {"retrieve": OverlapQuery, "reach": ReachQuery}

    @extend_schema(responses=OverlapSerializer)
    def retrieve(self, request: Request) -> Response:
        """What each two of them share."""
        chosen = self._selection()
        found = selectors.overlap_of(self.brand, chosen.creators, **self._way())
        pairs = sorted(found.pairs.values(), key=_most_shared)
        return Response(
            {
                **_chosen(chosen, found),
                "audiences": [_audience(chosen, one) for one in found.audiences.values()],
                "pairs": [_pair(chosen, one) for one in pairs[:PAIRS_MOST]],
                "pairs_left_out": max(len(pairs) - PAIRS_MOST, 0),
            }
        )

    @extend_schema(responses=ReachSerializer)
    def reach(self, request: Request) -> Response:
        """How many people they reach once, and who adds how much."""
        chosen = self._selection()
        found = selectors.unique_reach(
            self.brand,
            chosen.creators,
            population=self.query.get("population"),
            **self._way(),
        )
        covered = found.covered
        return Response(
            {
                **_chosen(chosen, found),
                "gross": covered and covered.gross,
                "unique": covered and _estimate(covered.unique),
                "unique_share": _estimate(found.unique_share),
                "assumed": found.assumed,
                "population": found.population,
                "steps": [
                    {
                        "creator": step.creator.uid,
                        "name": step.creator.name,
                        "size": step.step.size,
                        "adds": step.step.adds,
                        "total": step.step.total,
                    }
                    for step in chosen.named_steps(found)
                ],
            }
        )

    def _way(self) -> dict[str, str]:
        platform = self.query.get("platform", "")
        if platform and not Platform.objects.filter(pk=platform).exists():
            words = f"There is no platform {platform!r}."
            raise BadQuery.of("platform", "unknown_platform", words)
        return {"platform": platform, "basis": self.query.get("basis", "")}

    def _selection(self) -> Selection:
        """Whom the query names; BadQuery where it names nobody, or not of one kind."""
        uids = sorted({str(UUID(one)) for one in self.query.get("creators", "").split(",") if one})
        try:
            found = selection_of(
                self.brand,
                segment=self._segment(),
                campaign=self.query.get("campaign", ""),
                creators=uids,
            )
        except NoSelection as refusal:
            raise BadQuery.of("campaign", "unknown_campaign", str(refusal)) from refusal
        given = [name for name in WHOM if name in self.query]
        if found is None or len(given) > 1:
            words = "Say whose audiences: segment, campaign or creators, one of them."
            raise BadQuery([Fault(f"?{name}", "one_of", words) for name in given or WHOM])
        self._refuse_strangers(uids)
        return found

    def _segment(self) -> Segment | None:
        key = self.query.get("segment")
        if key is None:
            return None
        found = Segment.objects.filter(brand=self.brand, key=key).first()
        if found is None:
            raise BadQuery.of("segment", "unknown_segment", f"There is no segment {key!r}.")
        return found

    def _refuse_strangers(self, uids: list[str]) -> None:
        ours = Creator.objects.filter(relationships__brand=self.brand, uid__in=uids)
        known = {str(uid) for uid in ours.values_list("uid", flat=True)}
        strangers = [uid for uid in uids if uid not in known]
        if strangers:
            words = f"{self.brand} knows no creator {', '.join(strangers[:5])}."
            raise BadQuery.of("creators", "unknown_creator", words)


def _chosen(chosen: Selection, found: Overlaps | Reach) -> Row:
    return {
        "selection": chosen.name,
        "platform": found.platform or None,
        "basis": found.basis,
        "ways": [_way(one) for one in found.ways],
        "left_out": chosen.left_out,
        "unknown": [one.uid for one in chosen.names(found.unknown)],
    }


def _way(one: Way) -> Row:
    return {"platform": one.platform, "basis": one.basis, "creators": one.creators}


def _audience(chosen: Selection, one: Audience) -> Row:
    creator = chosen.creators[one.creator]
    return {
        "creator": creator.uid,
        "name": creator.name,
        "size": one.size,
        "known": one.known,
        "is_enough": one.is_enough,
        "taken_on": one.taken_on,
    }


def _pair(chosen: Selection, one: Pair) -> Row:
    return {
        "one": chosen.creators[one.one].uid,
        "other": chosen.creators[one.other].uid,
        "seen": one.seen,
        "people": _estimate(one.people),
        "share_of_one": _estimate(one.share_of_one),
        "share_of_other": _estimate(one.share_of_other),
    }


def _estimate(one: Estimate | None) -> Row | None:
    if one is None:
        return None
    return {"value": one.value, "level": LEVEL, "low": one.low, "high": one.high}


def _most_shared(pair: Pair) -> tuple[bool, float, int, int]:
    shares = [share.value for share in (pair.share_of_one, pair.share_of_other) if share]
    return (pair.too_few, -max(shares, default=0.0), pair.one, pair.other)
