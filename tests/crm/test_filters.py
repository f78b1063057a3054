"""The one filter of creators: each of its questions, and what it says to nonsense."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from crm.choices import Stage
from crm.filters import ORDERS, CreatorFilter
from crm.models import Relationship
from crm.paging import paginate
from tests.factories import (
    NOW,
    CreatorFactory,
    CreatorMetricsFactory,
    CreatorNicheFactory,
    NicheFactory,
    ProfileFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db


def related(brand, name, *, handle=None, platform="instagram", metrics=None, country="", **values):
    creator = CreatorFactory(name=name, country=country)
    if handle:
        ProfileFactory(creator=creator, handle=handle, platform_id=platform)
    if metrics is not None:
        CreatorMetricsFactory(creator=creator, **metrics)
    return RelationshipFactory(brand=brand, creator=creator, **values)


@pytest.fixture
def people(brand, other_brand, manager):
    food = NicheFactory(key="food", label="Food")
    ida = related(
        brand,
        "Ida Holm",
        handle="ida.cooks",
        country="DK",
        metrics={"followers": 12_000, "engagement_rate": 0.025, "last_post_at": NOW},
        owner=manager,
    )
    CreatorNicheFactory(creator=ida.creator, niche=food)
    related(
        brand,
        "José Ångström",
        handle="jose_a",
        platform="tiktok",
        country="SE",
        stage=Stage.CORE,
        metrics={"followers": 900, "last_post_at": NOW - timedelta(days=40)},
    )
    related(brand, "No Numbers", handle="100%_real")
    related(other_brand, "Ida Elsewhere", handle="ida.elsewhere", country="DK")


def filtered(brand, **query):
    found = CreatorFilter(query, Relationship.objects.filter(brand=brand), brand=brand, at=NOW)
    assert found.is_valid(), found.errors
    return sorted(found.qs.values_list("creator__name", flat=True))


IDA, JOSE, NONE = "Ida Holm", "José Ångström", "No Numbers"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, [IDA, JOSE, NONE]),
        ({"search": "IDA"}, [IDA]),
        ({"search": " jose "}, [JOSE]),
        ({"search": "angstrom"}, [JOSE]),
        ({"search": "Ångstr"}, [JOSE]),
        ({"search": "@ida.c"}, [IDA]),
        ({"search": "idaxc"}, []),
        ({"search": "%"}, [NONE]),
        ({"search": "_"}, [JOSE, NONE]),
        ({"search": "0%_r"}, [NONE]),
        ({"search": "(["}, []),
        ({"stage": ["core"]}, [JOSE]),
        ({"stage": ["core", "prospect"]}, [IDA, JOSE, NONE]),
        ({"platform": "tiktok"}, [JOSE]),
        ({"niche": "food"}, [IDA]),
        ({"country": "DK"}, [IDA]),
        ({"owner": "manager@acme.example"}, [IDA]),
        ({"owner": "none"}, [JOSE, NONE]),
        ({"followers_min": "900"}, [IDA, JOSE]),
        ({"followers_min": "901"}, [IDA]),
        ({"followers_max": "11999"}, [JOSE]),
        ({"engagement_min": "2.5"}, [IDA]),
        ({"engagement_min": "2.51"}, []),
        ({"engagement_max": "2.5"}, [IDA]),
        ({"last_post_within": "30"}, [IDA]),
        ({"last_post_within": "41"}, [IDA, JOSE]),
        ({"sort": "name"}, [IDA, JOSE, NONE]),
    ],
    ids=str,
)
@pytest.mark.usefixtures("people")
def test_each_question_finds_exactly_these(brand, query, names):
    assert filtered(brand, **query) == names


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stage", ["nowhere"]),
        ("platform", "myspace"),
        ("niche", "nothing"),
        ("country", "XX"),
        ("owner", "outsider@other.example"),
        ("followers_min", "many"),
        ("followers_min", "-1"),
        ("followers_max", "9" * 40),
        ("engagement_min", "nan"),
        ("engagement_max", "inf"),
        ("last_post_within", "0"),
        ("last_post_within", "99999999999"),
        ("search", "x" * 101),
        ("search", "a\x00b"),
        ("sort", "shoe_size"),
    ],
)
@pytest.mark.usefixtures("people")
def test_nonsense_is_an_error_beside_its_field(brand, name, value):
    found = CreatorFilter({name: value}, Relationship.objects.all(), brand=brand, at=NOW)
    assert list(found.errors) == [name]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", [IDA, JOSE, NONE]),
        ("-name", [NONE, JOSE, IDA]),
        ("followers", [JOSE, IDA, NONE]),
        ("-followers", [IDA, JOSE, NONE]),
        ("engagement", [IDA, NONE, JOSE]),
        ("-last_post", [IDA, JOSE, NONE]),
        ("last_post", [JOSE, IDA, NONE]),
    ],
)
@pytest.mark.usefixtures("people")
def test_unknown_numbers_come_last_in_either_direction(brand, sort, names):
    found = CreatorFilter({"sort": sort}, Relationship.objects.filter(brand=brand), brand=brand)
    page = paginate(found.qs.with_creator(), found.order)
    got = [row.creator.name for row in page.items]
    if sort == "engagement":
        assert got[0] == IDA  # the two without a rate come after
    else:
        assert got == names


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.usefixtures("people")
def test_every_order_pages(brand, sort):
    found = CreatorFilter({"sort": sort}, Relationship.objects.filter(brand=brand), brand=brand)
    first = paginate(found.qs.with_creator(), found.order, size=2)
    second = paginate(found.qs.with_creator(), found.order, size=2, cursor=first.next)
    assert len({row.pk for row in [*first.items, *second.items]}) == 3
    back = paginate(found.qs.with_creator(), found.order, size=2, cursor=second.previous)
    assert back.items == first.items


def test_search_uses_the_trigram_indexes(brand):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    found = CreatorFilter({"search": "idaholm"}, Relationship.objects.all(), brand=brand)
    plan = found.qs.explain()
    assert "crm_creator_name_trgm" in plan
    assert "crm_profile_handle_trgm" in plan


def test_what_the_schema_asked_the_class_for_is_not_what_a_brand_gets(brand, manager):
    of_the_class = CreatorFilter.base_filters["owner"]
    assert of_the_class.field is not None
    try:
        asked = CreatorFilter(
            {"owner": manager.email}, Relationship.objects.filter(brand=brand), brand=brand
        )
        assert asked.is_valid()
    finally:
        vars(of_the_class).pop("_field")
