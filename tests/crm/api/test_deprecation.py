"""What is on its way out says so: in headers, in the log and in the schema."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from rest_framework.response import Response

from crm.api.base import BrandViewSet
from crm.api.deprecation import Deprecated
from crm.api.pagination import WholeList
from crm.api.query import Query
from crm.choices import Scope
from crm.models import Creator
from tests.rest import rest_as

SOON = Deprecated(date(2026, 11, 1), date(2027, 5, 1), "Use `name`.")
SOONER = Deprecated(date(2026, 12, 1), date(2027, 2, 1), "Leave it out.", link="/docs/colours")


class ThingSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    name = serializers.CharField()


class ThingQuery(Query):
    colour = serializers.CharField(required=False)


class ThingViewSet(BrandViewSet[Creator]):
    """Things, for this test only."""

    scope = Scope.CREATORS_READ
    queryset = Creator.objects.none()
    serializer_class = ThingSerializer
    pagination_class = WholeList
    queries = {"list": ThingQuery}
    deprecated = {".title": SOON, "?colour": SOONER, "retrieve": SOON}

    def list(self, request):
        """All things."""
        return self.whole([{"title": "A", "name": "A"}])

    def retrieve(self, request):
        """One thing."""
        return Response({"name": "A"})


urlpatterns = [
    path("api/v1/things/", ThingViewSet.as_view({"get": "list"}, detail=False)),
    path("api/v1/thing/", ThingViewSet.as_view({"get": "retrieve"}, detail=True)),
]


@pytest.fixture
def rest(brand, analyst, settings):
    settings.ROOT_URLCONF = __name__
    return rest_as(analyst, brand)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("thing/", ("@1793491200", "Sat, 01 May 2027 00:00:00 GMT", "/api/v1/docs/")),
        ("things/", ("@1793491200", "Sat, 01 May 2027 00:00:00 GMT", "/api/v1/docs/")),
        (
            "things/?colour=red&omit=title",
            ("@1796083200", "Mon, 01 Feb 2027 00:00:00 GMT", "/docs/colours"),
        ),
        ("things/?fields=name", None),
        ("things/?omit=title", None),
    ],
)
def test_who_uses_it_is_told(rest, address, said, caplog):
    with caplog.at_level(logging.INFO, logger="crm.api.deprecation"):
        answer = rest.client.get(f"/api/v1/{address}")
    assert answer.status_code == 200
    headers = [answer.get(name) for name in ("Deprecation", "Sunset", "Link")]
    if said is None:
        assert headers == [None, None, None]
        assert not caplog.records
        return
    since, ends, link = said
    assert headers == [since, ends, f'<{link}>; rel="deprecation"; type="text/html"']
    [record] = caplog.records
    assert record.message.startswith("deprecated: GET ThingViewSet.")


def test_the_schema_marks_it():
    made = SchemaGenerator(patterns=urlpatterns).get_schema(request=None, public=True)
    listed = made["paths"]["/api/v1/things/"]["get"]
    assert made["paths"]["/api/v1/thing/"]["get"]["deprecated"] is True
    assert "deprecated" not in listed
    parameters = {one["name"]: one.get("deprecated", False) for one in listed["parameters"]}
    assert [name for name, is_old in parameters.items() if is_old] == ["colour"]
    members = made["components"]["schemas"]["Thing"]["properties"]
    assert [name for name, one in members.items() if one.get("deprecated")] == ["title"]


def test_it_works_for_a_while():
    with pytest.raises(ValueError, match="a while longer"):
        Deprecated(date(2026, 11, 1), date(2026, 11, 1), "Nothing.")
