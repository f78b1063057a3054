"""Links, their clicks by day, and codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.tracking_bodies import (
    ClickDaySerializer,
    ForEverybody,
    MadeForEverybody,
    NewPromoCode,
    NewTrackingLink,
    PromoCodeChange,
    PromoCodeSerializer,
    Replacement,
    Seen,
    TrackingLinkChange,
    TrackingLinkSerializer,
)
from campaigns.api.words import REFUSED
from campaigns.filters.tracking import CodeFilter, LinkFilter
from campaigns.models import ClickDay, PromoCode, TrackingLink
from campaigns.models.tracking import UTM
from campaigns.selectors.tracking import NONE, Base, clicks_of, uses_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import bulk, codes, links
from campaigns.services.tracking.places import Place
from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.refusals import refusals
from crm.choices import Scope
from crm.paging import Order
from crm.permissions import Can

LINKS = Order("tracking-links-api", key="id")
CODES = Order("promo-codes-api", key="id")
DAYS = Order("click-days-api", key="day", descending=True)
_OF_CREATOR = ("relationship__creator__uid", "relationship__creator__name")
LINK_COLUMNS = (
    "id",
    "code",
    *_OF_CREATOR,
    "campaign__key",
    "engagement_id",
    "label",
    "variant",
    "target",
    *UTM,
    "created_at",
    "archived_at",
    "version",
)
CODE_COLUMNS = (
    "id",
    "code",
    *_OF_CREATOR,
    "campaign__key",
    "engagement_id",
    "terms",
    "valid_from",
    "valid_until",
    "limit_total",
    "limit_per_day",
    "replaces_id",
    "created_at",
    "archived_at",
    "version",
)
_DAY = ("day", "people", "visitors", "unknown", "repeats", "bots", "lost")


class _Acting(BrandViewSet[Any]):
    scope = Scope.CAMPAIGNS_READ
    write_scope = Scope.CAMPAIGNS_WRITE
    write_can = Can.RUN_CAMPAIGNS
    lookup_value_regex = ID

    def _tried(self, do: Callable[..., Any], body: Body, **named: Any) -> Any:
        """What a service answers; its refusals as problems."""
        with refusals(CampaignRefused, body=body):
            return do(brand=self.brand, actor=self.actor, at=timezone.now(), **named)

    def _read(self, kind: type[Body]) -> tuple[Body, dict[str, Any]]:
        """The checked body, and what it says."""
        body = kind(data=self.request.data, context={"brand": self.brand})
        body.is_valid(raise_exception=True)
        return body, dict(body.validated_data)

    def _links(self, rows: list[Row]) -> list[Row]:
        """Rows of LINK_COLUMNS as the API shows them: two queries more."""
        root = settings.RAPPORT_URL or self.request.build_absolute_uri("/")
        base = Base.of(self.brand, root)
        counted = clicks_of(row["id"] for row in rows)
        return [
            {
                "id": row["id"],
                "code": row["code"],
                "address": f"{base.root}/t/{row['code']}",
                **_place(row),
                **{name: row[name] or None for name in ("label", "variant")},
                "target": row["target"],
                **{name: row[name] or None for name in UTM},
                "clicks": asdict(counted.get(row["id"], NONE)),
                **{name: row[name] for name in ("created_at", "archived_at", "version")},
            }
            for row in rows
        ]


class TrackingLinkViewSet(_Acting):
    """Links of the brand."""

    queryset = TrackingLink.objects.none()
    serializer_class = TrackingLinkSerializer
    filterset_class = LinkFilter

    def get_queryset(self) -> QuerySet[TrackingLink]:
        """Links of the token's brand."""
        return TrackingLink.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Links in the order in which they were made."""
        rows = self.filter_queryset(self.get_queryset()).values(*LINK_COLUMNS)
        return self.page(rows, order=LINKS, represent=self._links)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One link."""
        return Response(self._shown(pk))

    @extend_schema(request=NewTrackingLink, responses={201: TrackingLinkSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Make a link for a creator."""
        body, said = self._read(NewTrackingLink)
        place = Place(said.pop("creator"), said.pop("engagement", None))
        made = self._tried(links.make_link, body, place=place, said=said)
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=TrackingLinkChange, responses={200: TrackingLinkSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Let it lead elsewhere, or say something else; its short address stays."""
        self._shown(pk)
        body, said = self._read(TrackingLinkChange)
        version = said.pop("version")
        self._tried(links.change_link, body, link_id=int(pk), said=said, expected_version=version)
        return Response(self._shown(pk))

    @extend_schema(request=Seen, responses={200: TrackingLinkSerializer, **REFUSED})
    def archive(self, request: Request, pk: str) -> Response:
        """Put it away: whoever follows it is told that it has ended."""
        return self._put(links.archive_link, pk)

    @extend_schema(request=Seen, responses={200: TrackingLinkSerializer, **REFUSED})
    def restore(self, request: Request, pk: str) -> Response:
        """Take it out again."""
        return self._put(links.restore_link, pk)

    @extend_schema(request=ForEverybody, responses={201: MadeForEverybody, **REFUSED})
    def make(self, request: Request) -> Response:
        """A link and a code for every creator of a campaign who has none."""
        body, said = self._read(ForEverybody)
        campaign = said.pop("campaign")
        wish = bulk.Wish(with_links=said.pop("links"), with_codes=said.pop("codes"), **said)
        places = {f"with_{name}": f"/{name}" for name in ("links", "codes")}
        with refusals(CampaignRefused, body=body, places=places):
            made = bulk.make(campaign=campaign, wish=wish, actor=self.actor, at=timezone.now())
        link_rows = self.get_queryset().filter(pk__in=[link.pk for link in made.links])
        code_rows = PromoCode.objects.filter(pk__in=[code.pk for code in made.codes])
        answer = {
            "links": self._links(list(link_rows.order_by("pk").values(*LINK_COLUMNS))),
            "codes": promo_codes(list(code_rows.order_by("pk").values(*CODE_COLUMNS))),
            "without_name": [
                {
                    "uid": place.relationship.creator.uid,
                    "name": place.relationship.creator.name,
                }
                for place in made.nameless
            ],
        }
        return Response(answer, status=201)

    def _put(self, do: Callable[..., Any], pk: str) -> Response:
        self._shown(pk)
        body, said = self._read(Seen)
        self._tried(do, body, link_id=int(pk), expected_version=said["version"])
        return Response(self._shown(pk))

    def _shown(self, pk: int | str) -> Row:
        [found] = self._links([self.one(self.get_queryset().filter(pk=pk).values(*LINK_COLUMNS))])
        return found


class ClickDayViewSet(BrandViewSet[ClickDay]):
    """A link's clicks by day."""

    scope = Scope.CAMPAIGNS_READ
    queryset = ClickDay.objects.none()
    serializer_class = ClickDaySerializer

    def list(self, request: Request, pk: str) -> Response:
        """Days of the brand on which the link was followed, the last one first."""
        self.one(TrackingLink.objects.filter(brand=self.brand, pk=pk).values("id"))
        rows = ClickDay.objects.filter(link=int(pk)).values(*_DAY)
        return self.page(rows, order=DAYS, represent=_days)


class PromoCodeViewSet(_Acting):
    """Codes of the brand."""

    queryset = PromoCode.objects.none()
    serializer_class = PromoCodeSerializer
    filterset_class = CodeFilter

    def get_queryset(self) -> QuerySet[PromoCode]:
        """Codes of the token's brand."""
        return PromoCode.objects.filter(brand=self.brand)

    def list(self, request: Request) -> Response:
        """Codes in the order in which they were made."""
        rows = self.filter_queryset(self.get_queryset()).values(*CODE_COLUMNS)
        return self.page(rows, order=CODES, represent=promo_codes)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One code."""
        return Response(self._shown(pk))

    @extend_schema(request=NewPromoCode, responses={201: PromoCodeSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Make a code for a creator. The shop has to be told by you."""
        body, said = self._read(NewPromoCode)
        place = Place(said.pop("creator"), said.pop("engagement", None))
        name = said.pop("code")
        made = self._tried(codes.make_code, body, place=place, code=name, said=said)
        return Response(self._shown(made.pk), status=201)

    @extend_schema(request=PromoCodeChange, responses={200: PromoCodeSerializer, **REFUSED})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Say something else of it; what it is called stays."""
        self._shown(pk)
        body, said = self._read(PromoCodeChange)
        version = said.pop("version")
        self._tried(codes.change_code, body, code_id=int(pk), said=said, expected_version=version)
        return Response(self._shown(pk))

    @extend_schema(request=Seen, responses={200: PromoCodeSerializer, **REFUSED})
    def archive(self, request: Request, pk: str) -> Response:
        """Put it away; what was bought with it goes on counting."""
        return self._put(codes.archive_code, pk)

    @extend_schema(request=Seen, responses={200: PromoCodeSerializer, **REFUSED})
    def restore(self, request: Request, pk: str) -> Response:
        """Take it out again."""
        return self._put(codes.restore_code, pk)

    @extend_schema(request=Replacement, responses={201: PromoCodeSerializer, **REFUSED})
    def replace(self, request: Request, pk: str) -> Response:
        """End it today and make a new one for the same creator: the answer is the new one."""
        self._shown(pk)
        body, said = self._read(Replacement)
        made = self._tried(
            codes.replace_code,
            body,
            code_id=int(pk),
            name=said.get("code", ""),
            expected_version=said["version"],
        )
        return Response(self._shown(made.pk), status=201)

    def _put(self, do: Callable[..., Any], pk: str) -> Response:
        self._shown(pk)
        body, said = self._read(Seen)
        self._tried(do, body, code_id=int(pk), expected_version=said["version"])
        return Response(self._shown(pk))

    def _shown(self, pk: int | str) -> Row:
        row = self.one(self.get_queryset().filter(pk=pk).values(*CODE_COLUMNS))
        [found] = promo_codes([row])
        return found


def promo_codes(rows: list[Row]) -> list[Row]:
    """Rows of CODE_COLUMNS as the API shows them: one query more."""
    counted = uses_of(row["id"] for row in rows)
    return [
        {
            "id": row["id"],
            "code": row["code"],
            **_place(row),
            "terms": row["terms"] or None,
            **{
                name: row[name]
                for name in ("valid_from", "valid_until", "limit_total", "limit_per_day")
            },
            "replaces": row["replaces_id"],
            "uses": counted.get(row["id"], 0),
            **{name: row[name] for name in ("created_at", "archived_at", "version")},
        }
        for row in rows
    ]


def _place(row: Row) -> Row:
    return {
        "creator": {
            "uid": row["relationship__creator__uid"],
            "name": row["relationship__creator__name"],
        },
        "campaign": row["campaign__key"],
        "engagement": row["engagement_id"],
    }


def _days(rows: list[Row]) -> list[Row]:
    return [{name: row[name] for name in _DAY} for row in rows]
