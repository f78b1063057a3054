"""What ties creators to the brand: derived and written down; sums by year and aim."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.words import REFUSED
from campaigns.models import ConnectionEntry
from campaigns.models.connections import TIE_KINDS
from campaigns.selectors.connections import ledgers
from campaigns.selectors.given import Given
from campaigns.selectors.sums import YearSum, sums_of
from campaigns.services.connections import noting
from campaigns.services.connections.noting import Tie
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.api.relationships import known_by
from crm.choices import Scope
from crm.permissions import Can

Rows = list[Row]  # a class below has a method of that name
_TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
_UNSAID: dict[str, Any] = {"required": False, "allow_null": True}


class ConnectionSerializer(serializers.Serializer[Any]):
    """One tie. Null: nobody knows. `id` is null where it is read from an offer or the like."""

    id = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(choices=TIE_KINDS)
    value = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    currency = serializers.CharField(allow_null=True)
    on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    aim = serializers.CharField(allow_null=True)
    advertiser = serializers.CharField(allow_null=True, help_text="Null: the brand itself.")
    influence = serializers.BooleanField(allow_null=True)
    written_contract = serializers.BooleanField(allow_null=True)
    from_where = serializers.CharField(help_text="Contract, accepted offer, gift, written down.")
    title = serializers.CharField()
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment] # a field
    evidence = serializers.CharField(allow_null=True)


class ReceivedSerializer(serializers.Serializer[Any]):
    """What came in a year for one aim; nothing is converted."""

    year = serializers.IntegerField(allow_null=True)
    aim = serializers.CharField(allow_null=True)
    advertiser = serializers.CharField(allow_null=True)
    amounts = serializers.DictField(
        child=serializers.DecimalField(max_digits=14, decimal_places=2), help_text="By currency."
    )
    euros = serializers.DecimalField(max_digits=14, decimal_places=2)
    is_at_least = serializers.BooleanField(help_text="It may be more in euros than is known.")
    unvalued = serializers.IntegerField(help_text="Things whose value nobody wrote down.")


class NewConnection(Body):
    """A connection as somebody found it out."""

    kind = serializers.ChoiceField(choices=TIE_KINDS)
    source = serializers.CharField(max_length=500, help_text="How you know.")  # type: ignore[assignment] # a field
    value = serializers.DecimalField(max_digits=12, decimal_places=2, **_UNSAID)
    currency = serializers.CharField(max_length=3, **_TEXT)
    on = serializers.DateField(**_UNSAID)
    ended_on = serializers.DateField(**_UNSAID)
    aim = serializers.CharField(max_length=120, **_TEXT)
    advertiser = serializers.CharField(max_length=120, **_TEXT)
    influence = serializers.BooleanField(**_UNSAID)
    written_contract = serializers.BooleanField(**_UNSAID)
    evidence = serializers.CharField(max_length=500, **_TEXT)


class NoConnection(Body):
    """That somebody looked on a day, and there is none."""

    on = serializers.DateField()
    source = serializers.CharField(max_length=500, help_text="Where you looked, whom you asked.")  # type: ignore[assignment] # a field


class OtherConnection(NewConnection):
    """What takes the place of a row, and why."""

    reason = serializers.CharField(max_length=500)


class WithdrawnConnection(Body):
    """Why a row should not stand."""

    reason = serializers.CharField(max_length=500)


class ConnectionViewSet(BrandViewSet[ConnectionEntry]):
    """The ledger of one creator: short by nature."""

    scope = Scope.LEGAL_READ
    write_scope = Scope.LEGAL_WRITE
    write_can = Can.KEEP_REGISTERS
    queryset = ConnectionEntry.objects.none()
    serializer_class = ConnectionSerializer
    pagination_class = WholeList
    http_method_names = ["get", "head", "post"]

    def get_queryset(self) -> QuerySet[ConnectionEntry]:
        """Rows of the token's brand."""
        return ConnectionEntry.objects.filter(relationship__brand=self.brand)

    def list(self, request: Request, uid: str) -> Response:
        """All ties of a creator today, the newest first."""
        return self.whole(self._ties(uid))

    @extend_schema(responses=ReceivedSerializer(many=True))
    def received(self, request: Request, uid: str) -> Response:
        """What a creator received, by year and aim."""
        relationship = known_by(self.brand, creator__uid=uid)
        on = today_of(self.brand, timezone.now())
        book = ledgers(self.brand, [relationship.pk], on)[relationship.pk]
        return self.whole([_sum(one) for one in sums_of(book.ties)])

    @extend_schema(request=NewConnection, responses={201: ConnectionSerializer, **REFUSED})
    def create(self, request: Request, uid: str) -> Response:
        """Write a connection down."""
        relationship = known_by(self.brand, creator__uid=uid)
        body = NewConnection(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        made = self._do(
            noting.note, body, relationship=relationship, tie=Tie(**dict(body.validated_data))
        )
        return Response(self._shown(uid, made.pk), status=201)

    @extend_schema(request=NoConnection, responses={204: None, **REFUSED})
    def none(self, request: Request, uid: str) -> Response:
        """Write down that somebody looked, and there is none."""
        relationship = known_by(self.brand, creator__uid=uid)
        body = NoConnection(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        self._do(noting.note_none, body, relationship=relationship, **body.validated_data)
        return Response(status=204)

    @extend_schema(request=OtherConnection, responses={200: ConnectionSerializer, **REFUSED})
    def replace(self, request: Request, pk: str) -> Response:
        """Put another row in the place of one that ended or was wrong."""
        row = self._known(pk)
        body = OtherConnection(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        reason = given.pop("reason")
        made = self._do(
            noting.replace,
            body,
            entry_id=int(pk),
            brand=self.brand,
            tie=Tie(**given),
            reason=reason,
        )
        return Response(self._shown(str(row["relationship__creator__uid"]), made.pk))

    @extend_schema(request=WithdrawnConnection, responses={204: None, **REFUSED})
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back a row that should not have been written."""
        self._known(pk)
        body = WithdrawnConnection(data=request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        self._do(noting.take_back, body, entry_id=int(pk), brand=self.brand, **body.validated_data)
        return Response(status=204)

    def _known(self, pk: str) -> Row:
        rows = self.get_queryset().filter(pk=pk)
        return self.one(rows.values("id", "relationship__creator__uid"))

    def _do(self, do: Any, body: Body, **said: Any) -> ConnectionEntry:
        with refusals(CampaignRefused, body=body):
            made: ConnectionEntry = do(actor=self.actor, at=timezone.now(), **said)
        return made

    def _ties(self, uid: str) -> Rows:
        relationship = known_by(self.brand, creator__uid=uid)
        on = today_of(self.brand, timezone.now())
        book = ledgers(self.brand, [relationship.pk], on)[relationship.pk]
        return [_tie(one) for one in book.ties]

    def _shown(self, uid: str, pk: int) -> Row:
        found = next((row for row in self._ties(uid) if row["id"] == pk), None)
        if found is None:  # somebody has just taken it back
            raise Http404
        return found


def _tie(one: Given) -> Row:
    tie, entry = one.connection, one.entry
    return {
        "id": entry.pk if entry else None,
        "kind": tie.kind,
        "value": None if tie.value is None else str(tie.value),
        "currency": tie.currency,
        "on": tie.on,
        "ended_on": one.ended_on,
        "aim": tie.aim,
        "advertiser": tie.advertiser,
        "influence": tie.influence,
        "written_contract": tie.written_contract,
        "from_where": one.from_where,
        "title": one.title,
        "source": entry.source if entry else None,
        "evidence": (entry.evidence or None) if entry else None,
    }


def _sum(one: YearSum) -> Row:
    return {
        "year": one.year,
        "aim": one.aim or None,
        "advertiser": one.advertiser or None,
        "amounts": {currency: str(amount) for currency, amount in sorted(one.amounts.items())},
        "euros": str(one.euros),
        "is_at_least": one.is_at_least,
        "unvalued": one.unvalued,
    }
