from datetime import timedelta

import pytest

from campaigns.models import Conversion, Refund
from tests.campaigns.conversions.worlds import make_code, make_link, order, refund
from tests.factories import NOW
from tests.rest import assert_problem, rest_as, walk

pytestmark = pytest.mark.django_db
BODY = {
    "key": "shop-1",
    "at": "2026-11-20T18:05:00+01:00",
    "value": "49.90",
    "currency": "eur",
    "code": "anna10",
}


@pytest.fixture
def rest(manager, brand):
    return rest_as(manager, brand)


def test_a_conversion_is_told_once(brand, rest):
    make_code(brand, "ANNA10")
    first, again = rest.send("POST", "conversions/", BODY), rest.send("POST", "conversions", BODY)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == rest.json(f"conversions/{first.json()['id']}/")
    said = first.json()
    assert (said["code"], said["code_found"], said["value"], said["currency"]) == (
        "anna10",
        "ANNA10",
        "49.90",
        "EUR",
    )
    body = assert_problem(
        rest.send("POST", "conversions/", BODY | {"value": "50"}), 409, "conflict"
    )
    assert body["errors"][0]["pointer"] == "/value"


def test_the_header_is_taken_for_the_key(rest):
    body = {name: value for name, value in BODY.items() if name != "key"}
    for status in (201, 200):
        answer = rest.client.post(
            "/api/v1/conversions/", body, "application/json", headers={"Idempotency-Key": "abc"}
        )
        assert (answer.status_code, answer.json()["key"]) == (status, "abc")
    assert_problem(rest.send("POST", "conversions/", body), 400, "required")


def test_many_are_taken_or_none(rest):
    many = [BODY | {"key": f"n{place}"} for place in range(3)]
    answer = rest.send("POST", "conversions:batch", {"conversions": many})
    assert (answer.status_code, answer.json()["new"]) == (201, 3)
    many[1] = many[1] | {"code": "OTHER"}
    many.append(BODY | {"key": "n4"})
    body = assert_problem(
        rest.send("POST", "conversions:batch", {"conversions": many}), 409, "conflict"
    )
    assert body["errors"][0]["pointer"] == "/conversions/1/code"
    assert Conversion.objects.count() == 3
    answer = rest.send("POST", "conversions:batch", {"conversions": [{"key": "x", "at": "now"}]})
    assert assert_problem(answer, 400)["errors"][0]["pointer"] == "/conversions/0/at"


def test_refunds(rest):
    rest.send("POST", "conversions/", BODY)
    said = {"key": "r1", "conversion": "shop-1", "at": "2026-11-21T10:00:00Z", "value": "20"}
    assert [rest.send("POST", "conversions:refund", said).status_code for _ in range(2)] == [
        201,
        200,
    ]
    assert rest.json("conversions/")["results"][0]["refunds"] == [
        {
            "key": "r1",
            "conversion": "shop-1",
            "at": "2026-11-21T10:00:00Z",
            "value": "20.00",
            "currency": "EUR",
        }
    ]
    assert_problem(
        rest.send("POST", "conversions:refund", said | {"key": "r2", "conversion": "?"}),
        400,
        "unknown_conversion",
    )
    body = assert_problem(
        rest.send("POST", "conversions:refund", said | {"key": "r2", "value": "40"}), 400
    )
    assert body["errors"][0]["pointer"] == "/value"
    assert Refund.objects.count() == 1
    rest.send("POST", "conversions/", {"key": "free", "at": BODY["at"]})
    of_free = said | {"key": "r3", "conversion": "free", "currency": "DKK"}
    answer = rest.send("POST", "conversions:refund", of_free)
    assert (answer.status_code, answer.json()["currency"]) == (201, "DKK")


def test_the_list_is_filtered_and_of_the_brand(brand, other_brand, rest):
    link = make_link(brand, variant="teach")
    row = order(brand, NOW - timedelta(days=2), code_text="ANNA10", link=link, visitor=2**62)
    order(brand, NOW)
    order(other_brand, NOW, code_text="ANNA10")
    assert [one["key"] for one in walk(rest, "conversions/", code="anna10")] == [row.key]
    (found,) = walk(rest, "conversions/", until=(NOW - timedelta(days=1)).isoformat())
    assert (found["link_found"], found["visitor"]) == (link.code, str(2**62))
    assert [one["variant"] for one in walk(rest, "conversions/")].count("teach") == 1


def test_as_many_queries_for_one_as_for_many(brand, rest, django_assert_num_queries):
    rest.json("conversions/")  # notes that the token was used
    for number in (1, 20):
        for _ in range(number):
            refund(order(brand, code=None), NOW, None)
        with django_assert_num_queries(4):  # token, role, rows, refunds
            assert rest.json("conversions/")["results"]


def test_only_who_may(brand, analyst, legal, manager):
    for caller in (rest_as(analyst, brand), rest_as(legal, brand)):
        assert_problem(caller.send("POST", "conversions/", BODY), 403)
        assert caller.get("conversions/").status_code == 200
    shop = rest_as(manager, brand, ["conversions:write"])
    assert shop.send("POST", "conversions/", BODY).status_code == 201
    assert_problem(shop.get("conversions/"), 403)
