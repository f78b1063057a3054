"""What a brand sets, part by part: `settings/tracking/`. Upper apps add parts of their own.

Each part is one thing at one address: GET shows what holds, PATCH changes what is named, with
`If-Match` only what was seen. The scope lets a token in; each part says which roles may change it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.body import Body
from crm.api.pagination import Row, WholeList
from crm.api.refusals import refusals
from crm.api.schema import refusal
from crm.choices import Scope
from crm.models import Brand, User
from crm.permissions import Can


@dataclass(frozen=True)
class Change:
    """What is to be set: the checked members of the body, by whom, when."""

    brand: Brand
    said: Mapping[str, Any]
    actor: User
    at: datetime

    @property
    def who(self) -> dict[str, Any]:
        """As services take them."""
        return {"brand": self.brand, "actor": self.actor, "at": self.at}

    @property
    def texts(self) -> dict[str, Any]:
        """The members, with null as services take it where they keep texts."""
        return {name: "" if value is None else value for name, value in self.said.items()}


@dataclass(frozen=True)
class Part:
    """A part of the settings.

    about    what it is about, in words: "What the brand set about ..."
    shown    the members of the answer
    body     the members that can be changed
    needs    what a role must be able to do to change it
    read     the row that the API shows
    write    one service call; runs in a transaction
    refused  what the service raises; its `field`, where it has one, is a member of the body
    """

    key: str
    about: str
    shown: type[serializers.Serializer[Any]]
    body: type[Body]
    needs: Can
    read: Callable[[Brand], Row]
    write: Callable[[Change], object]
    refused: tuple[type[Exception], ...] = ()
    scope: Scope = Scope.SETTINGS_READ
    write_scope: Scope = Scope.SETTINGS_WRITE


class SettingsViewSet(BrandViewSet[Brand]):
    """One part of what the brand set."""

    scope = Scope.SETTINGS_READ
    write_scope = Scope.SETTINGS_WRITE
    queryset = Brand.objects.none()
    pagination_class = WholeList
    http_method_names = ["get", "head", "patch"]
    part: ClassVar[Part]

    def held(self) -> QuerySet[Brand]:
        """The brand: its row is what keeps two changes apart."""
        return Brand.objects.filter(pk=self.brand.pk)

    def show(self) -> Response:
        """What holds."""
        return Response(self.part.read(self.brand))

    def change(self, request: Request) -> Response:
        """Set what the body names; what is left out stays."""
        part = self.part
        body = part.body(data=request.data, context={"brand": self.brand, "request": request})
        body.is_valid(raise_exception=True)
        wanted = Change(self.brand, body.validated_data, self.actor, timezone.now())
        with refusals(*part.refused, body=body), transaction.atomic():
            # Of two changes at once the second one reads what the first one left.
            self.held().select_for_update(no_key=True).get()
            part.write(wanted)
        self.brand.refresh_from_db()
        return self.show()


def viewset_of(part: Part) -> type[SettingsViewSet]:
    """The endpoint of a part, described in the schema."""

    def retrieve(self: SettingsViewSet, request: Request) -> Response:
        return self.show()

    def partial_update(self: SettingsViewSet, request: Request) -> Response:
        return self.change(request)

    retrieve.__doc__ = f"What the brand set about {part.about}."
    partial_update.__doc__ = f"Change what the brand set about {part.about}."
    answers: dict[Any, Any] = {200: part.shown, **refusal("outdated", "refused")}
    members = {
        "__doc__": f"Settings about {part.about}.",
        "part": part,
        "scope": part.scope,
        "write_scope": part.write_scope,
        "write_can": part.needs,
        "serializer_class": part.shown,
        "retrieve": extend_schema(responses=part.shown)(retrieve),
        "partial_update": extend_schema(request=part.body, responses=answers)(partial_update),
    }
    name = part.key.title().replace("-", "")
    return type(f"{name}SettingsViewSet", (SettingsViewSet,), members)
