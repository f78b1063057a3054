"""Look-ups: what lists can be asked about their fields, in which orders, and what is refused."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import api
from crm.api import lookups
from crm.choices import Stage
from crm.limits import TookTooLong
from tests.factories import NOW, CreatorMetricsFactory, RelationshipFactory
from tests.rest import assert_problem, rest_as, walk

pytestmark = pytest.mark.django_db

# Name, country, followers (None: unknown), stage, next step on.
WORLD = [
    ("Ada Lund", "DK", 500, Stage.PROSPECT, None),
    ("Bo Adamsen", "SE", 5_000, Stage.CORE, date(2026, 12, 1)),
    ("Cy Moe", "", None, Stage.CORE, date(2026, 12, 24)),
    ("Di Holm", "DK", 50_000, Stage.ADVOCATE, None),
]


@pytest.fixture
def rest(brand, analyst):
    for number, (name, country, followers, stage, on) in enumerate(WORLD):
        row = RelationshipFactory(
            brand=brand,
            creator__name=name,
            creator__country=country,
            stage=stage,
            next_step="Call" if on else "",
            next_step_on=on,
            since=NOW - timedelta(days=10 * number),
        )
        CreatorMetricsFactory(creator=row.creator, followers=followers)
    # Of nobody here.
    RelationshipFactory(creator__name="Ada Elsewhere")
    return rest_as(analyst, brand)


def initials(rest, **asked):
    return "".join(sorted(row["name"][0] for row in walk(rest, "creators/", **asked)))


def test_each_look_up_of_creators(rest):
    for asked, found in (
        ({"followers": 500}, "A"),
        ({"followers__gt": 500}, "BD"),
        ({"followers__gte": 500}, "ABD"),
        ({"followers__lt": 5_000}, "A"),
        ({"followers__lte": 5_000}, "AB"),
        ({"followers__in": "500, 50000"}, "AD"),
        # What is not known is neither this nor another.
        ({"followers__not": 500}, "BD"),
        ({"followers__isnull": "true"}, "C"),
        ({"followers__isnull": "false"}, "ABD"),
        ({"country__isnull": "true"}, "C"),
        ({"country__not": "DK"}, "B"),
        ({"country__in": "DK,SE"}, "ABD"),
        ({"name__icontains": "ada"}, "AB"),
        ({"name__startswith": "Ada"}, "A"),
        ({"name": "Cy Moe"}, "C"),
        ({"stage__not": "core"}, "AD"),
        ({"stage__in": "core,advocate"}, "BCD"),
        ({"next_step_on__gte": "2026-12-02"}, "C"),
        ({"owner__isnull": "true"}, "ABCD"),
        # With each other, with filters, and page by page.
        ({"followers__gte": 500, "country__not": "SE", "stage": "advocate"}, "D"),
        ({"followers__gte": 500, "limit": 1}, "ABD"),
    ):
        assert initials(rest, **asked) == found, asked


def test_a_count_is_of_what_was_asked(rest):
    assert rest.json("creators/", followers__gte=5_000)["count"] == 2


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("follower__gte=1", "unknown_field", "Did you mean followers?"),
        ("contacts__in=1", "unknown_field", "There are: uid, name, creator_type,"),
        ("followers__above=1", "unknown_lookup", "There are: not, in, gt, gte, lt, lte, isnull."),
        ("creator__name__icontains=x", "unknown_field", "no field 'creator'"),
        ("name__gt=1", "unknown_lookup", "There are: not, in, startswith, icontains."),
        ("followers__gte=many", "invalid", "A valid integer is required."),
        ("followers__gte=", "invalid", "A valid integer is required."),
        ("followers__in=1,x", "invalid", "A valid integer is required."),
        ("followers__isnull=maybe", "invalid", "Must be a valid boolean."),
        ("followers__gte=1&followers__gte=2", "repeated", "Say it once"),
        ("followers__gte=9223372036854775808", "max_value", "9223372036854775807"),
        ("engagement_rate__gt=NaN", "invalid", "A valid number is required."),
        ("stage__not=friend", "invalid_choice", "friend"),
        ("uid__in=x", "invalid", "Must be a valid UUID."),
        ("last_post_at__gt=soon", "invalid", "Not a moment"),
        ("next_step_on__gt=0001-01-01", "range", "The year must lie"),
        ("name__icontains=a%00", "null_characters_not_allowed", "Null characters"),
        (f"uid__in={','.join('x' * 101)}", "max_length", "At most 100 values."),
    ],
)
def test_what_cannot_be_asked_is_refused(brand, analyst, query, code, words):
    answer = rest_as(analyst, brand).client.get(f"/api/v1/creators/?{query}")
    told = assert_problem(answer, 400, code)
    assert told["errors"][0]["pointer"] == f"?{query.partition('=')[0]}"
    assert words in told["errors"][0]["message"]


def test_only_lists_have_look_ups(rest):
    [row] = rest.json("relationships/", creator__in=rest.json("creators/")["results"][0]["uid"])[
        "results"
    ]
    assert_problem(rest.get(f"relationships/{row['id']}/", id__gt=1), 400, "unknown_parameter")
    assert_problem(rest.get("tags/", id__gt=1), 400, "unknown_parameter")


def test_orders(rest):
    def names(**asked):
        return [row["creator"]["name"][0] for row in walk(rest, "relationships/", **asked)]

    assert names() == ["A", "B", "C", "D"]
    assert names(sort="-id", limit=2) == ["D", "C", "B", "A"]
    assert names(sort="since", limit=1) == ["D", "C", "B", "A"]
    assert names(sort="-since") == [*"ABCD"]
    told = assert_problem(rest.get("relationships/", sort="name"), 400, "invalid_choice")
    assert told["errors"][0]["message"].endswith("There are: id, -id, since, -since.")
    cursor = rest.json("relationships/", sort="since", limit=1)["next"].partition("cursor=")[2]
    wrong = rest.client.get(f"/api/v1/relationships/?sort=-since&cursor={cursor}")
    assert_problem(wrong, 400, "bad_cursor")


SAMPLES = {
    "int64": "1",
    "double": "0.5",
    "decimal": "1.5",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "date": "2026-11-22",
    "bool": "true",
}


def test_every_declared_look_up_can_be_asked(rest):
    """Of each list: the database takes what the declaration promises."""
    asked = {}
    for pattern in api.ADDRESSES:
        callback = getattr(pattern, "callback", None)
        view = getattr(callback, "cls", None)
        if not getattr(view, "lookups", None) or callback.actions.get("get") != "list":
            continue
        path = str(pattern.pattern).strip("^$/?")
        filters = view.filterset_class.base_filters
        for name, (field, lookup) in view.lookups.names.items():
            if name in filters:
                continue  # means what it meant before
            is_moment = field.read is lookups.MomentField
            usual = "2026-11-22" if is_moment else SAMPLES.get(field.type.name.lower(), "DK")
            value = "true" if lookup == "isnull" else [*field.words, usual][0]
            asked[path, name] = value
        asked |= {(path, f"sort={name}"): "" for name in view.orders}
    for (path, name), value in asked.items():
        answer = rest.get(f"{path}/?{name}" if "=" in name else f"{path}/?{name}={value}")
        assert answer.status_code == 200, (path, name, answer.content)
    assert len({path for path, _ in asked}) == 9
    assert len(asked) > 400


def test_what_takes_too_long_is_stopped(rest, monkeypatch):
    @contextmanager
    def at_once(_seconds):
        raise TookTooLong
        yield

    monkeypatch.setattr(lookups, "limited", at_once)
    assert_problem(rest.get("creators/", name__icontains="a"), 409, "took_too_long")
    # What an index answers is not watched.
    assert initials(rest, followers__gte=5_000) == "BD"


def test_the_limit_of_time_is_the_databases(rest, monkeypatch):
    monkeypatch.setattr(lookups, "SECONDS", 1.5)
    with CaptureQueriesContext(connection) as asked:
        rest.json("creators/", name__icontains="a")
    assert "SET LOCAL statement_timeout = 1500" in [query["sql"] for query in asked]
