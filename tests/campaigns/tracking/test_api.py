"""Links and codes over REST."""

from __future__ import annotations

import json

import pytest

from campaigns.models import PromoCode, TrackingLink
from campaigns.services.tracking import writing
from crm.choices import Scope
from crm.models import Brand, User
from tests.campaigns.made import engage, make_campaign
from tests.campaigns.tracking.worlds import SHOP, a_code, a_link, followed, known
from tests.rest import Rest, assert_problem, rest_as

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def rest(brand: Brand, manager: User) -> Rest:
    return rest_as(manager, brand, [Scope.CAMPAIGNS_READ, Scope.CAMPAIGNS_WRITE])


def send(rest: Rest, method: str, path: str, body: object) -> object:
    return rest.client.generic(method, f"/api/v1/{path}", json.dumps(body), JSON)


def test_a_link_is_made_changed_and_put_away(brand: Brand, rest: Rest) -> None:
    place = engage(make_campaign(brand), relationship=known(brand))
    uid = str(place.relationship.creator.uid)
    body = {"creator": uid, "engagement": place.pk, "target": SHOP, "variant": "Hook A"}
    made = send(rest, "POST", "tracking-links/", body)
    assert made.status_code == 201
    said = made.json()
    link = TrackingLink.objects.get()
    assert said["address"] == f"http://testserver/t/{link.code}"
    assert (said["campaign"], said["utm_campaign"]) == ("spring-launch", "spring-launch")
    assert said["clicks"] == dict.fromkeys(
        ("people", "visitors", "unknown", "repeats", "bots", "lost"), 0
    )
    wrong = {"version": 1, "utm_source": "Two Words"}
    problem = assert_problem(send(rest, "PATCH", f"tracking-links/{link.pk}/", wrong), 400)
    assert problem["errors"][0]["pointer"] == "/utm_source"
    old = {"version": 7, "label": "x"}
    problem = assert_problem(send(rest, "PATCH", f"tracking-links/{link.pk}/", old), 409)
    assert problem["errors"][0]["code"] == "outdated"
    changed = send(rest, "PATCH", f"tracking-links/{link.pk}/", {"version": 1, "label": "Bio"})
    assert (changed.json()["label"], changed.json()["version"]) == ("Bio", 2)
    gone = send(rest, "POST", f"tracking-links/{link.pk}:archive", {"version": 2})
    assert gone.json()["archived_at"]
    assert rest.json("tracking-links/?state=in_use")["results"] == []
    back = send(rest, "POST", f"tracking-links/{link.pk}:restore", {"version": 3})
    assert back.json()["archived_at"] is None


def test_a_place_of_another_creator_is_refused(brand: Brand, rest: Rest) -> None:
    place = engage(make_campaign(brand), relationship=known(brand))
    uid = str(known(brand, "Other", "other").creator.uid)
    body = {"creator": uid, "engagement": place.pk, "target": SHOP}
    problem = assert_problem(send(rest, "POST", "tracking-links/", body), 400)
    assert problem["errors"][0]["pointer"] == "/engagement"
    assert not TrackingLink.objects.exists()


def test_clicks_by_day(brand: Brand, manager: User, rest: Rest) -> None:
    link = a_link(brand, manager)
    writing.write([followed(link, visitor=1), followed(link, kind="bot")])
    [day] = rest.json(f"tracking-links/{link.pk}/days/")["results"]
    assert day == {
        "day": "2026-07-01",
        "people": 1,
        "visitors": 1,
        "unknown": 0,
        "repeats": 0,
        "bots": 1,
        "lost": 0,
    }


def test_a_code_is_made_and_replaced(brand: Brand, manager: User, rest: Rest) -> None:
    uid = str(known(brand).creator.uid)
    made = send(rest, "POST", "promo-codes/", {"creator": uid, "code": "noa15", "limit_total": 9})
    assert (made.status_code, made.json()["code"]) == (201, "NOA15")
    problem = assert_problem(
        send(rest, "POST", "promo-codes/", {"creator": uid, "code": "NOA15"}), 400
    )
    assert problem["errors"][0]["code"] == "taken"
    pk = made.json()["id"]
    backwards = {"version": 1, "valid_from": "2026-05-02", "valid_until": "2026-05-01"}
    problem = assert_problem(send(rest, "PATCH", f"promo-codes/{pk}/", backwards), 400)
    assert problem["errors"][0]["pointer"] == "/valid_until"
    new = send(rest, "POST", f"promo-codes/{pk}:replace", {"version": 1, "code": "noa-new"})
    assert (new.status_code, new.json()["replaces"], new.json()["limit_total"]) == (201, pk, 9)
    assert PromoCode.objects.get(pk=pk).valid_until is not None


def test_everybody_of_a_campaign(brand: Brand, manager: User, rest: Rest) -> None:
    campaign = make_campaign(brand, manager)
    engage(campaign, relationship=known(brand))
    nameless = engage(campaign, relationship=known(brand, "中文", "中文"))
    body = {"campaign": campaign.key, "target": SHOP, "percent": 10}
    made = send(rest, "POST", "tracking-links:make", body)
    assert made.status_code == 201
    said = made.json()
    assert len(said["links"]) == 2
    assert [code["code"] for code in said["codes"]] == ["NOARUNS10"]
    assert [one["uid"] for one in said["without_name"]] == [str(nameless.relationship.creator.uid)]
    neither = body | {"links": False, "codes": False}
    problem = assert_problem(send(rest, "POST", "tracking-links:make", neither), 400)
    assert problem["errors"][0]["pointer"] == "/links"


def test_other_brands_links_are_not_there(other_brand: Brand, outsider: User, rest: Rest) -> None:
    theirs = known(other_brand)
    link = a_link(other_brand, outsider, theirs)
    code = a_code(other_brand, outsider, place=theirs)
    assert rest.json("tracking-links/")["results"] == []
    for path in (f"tracking-links/{link.pk}/", f"tracking-links/{link.pk}/days/"):
        assert rest.client.get(f"/api/v1/{path}").status_code == 404
    assert rest.client.get(f"/api/v1/promo-codes/{code.pk}/").status_code == 404
