"""A plan of a budget from the question to the shortlist."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from campaigns.choices import EngagementStage
from campaigns.models import Engagement
from crm.choices import SuppressionOrigin, SuppressionReason
from crm.models import AuditEntry, Brand, Relationship, Suppression
from segmentation.api import budgets as api
from segmentation.models import BudgetPick, BudgetPlan, CreatorFacts
from segmentation.selectors.budgets import whole_of
from segmentation.selectors.forecast_plan import plan_of
from segmentation.selectors.forecasts import standing_of
from segmentation.services.budgets import asking, filling
from segmentation.services.budgets.asks import Asks, read_limits
from segmentation.services.edits import EditRefused
from segmentation.services.masks import flag_of, word_of
from segmentation.views import budgets as views
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, BrandFactory
from tests.rest import rest_as
from tests.segmentation.forecasts.building import learned, posting
from tests.segmentation.graph.world import known_creator
from tests.segmentation.world import make_segment


@pytest.fixture(scope="module")
def brand_pk(module_db) -> int:
    brand = BrandFactory(slug="spending", currency="EUR")
    posting(brand)
    learned(brand)
    return brand.pk


@pytest.fixture
def brand(brand_pk, db) -> Brand:
    return Brand.objects.get(pk=brand_pk)


@pytest.fixture
def campaign(brand, admin_user):
    return make_campaign(brand, admin_user)


@pytest.fixture
def prices(brand):
    keys = brand.tier_scheme.tiers.values_list("key", flat=True)
    return {key: str(100 * 4**place) for place, key in enumerate(keys)}


def planned(campaign, actor=None, *, must=(), never=(), name="First", **more) -> BudgetPlan:
    asks = Asks(**{"budget": "5000", "measure": "views", "most_pieces": 2} | more)
    plan = asking.ask(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        name=name,
        asks=asks,
        must=must,
        never=never,
        actor=actor,
        at=NOW,
    )
    return asking.allocate(plan_id=plan.pk, at=NOW + timedelta(seconds=1))


def test_a_plan_says_who_is_in_and_why(campaign, prices, admin_user):
    plan = planned(campaign, admin_user, assumed=prices)
    assert (plan.status, plan.error) == ("done", "")
    result = plan.result
    whole = whole_of(plan)
    assert sum(line.cost for line in whole.chosen) == Decimal(str(result["spent"])) <= 5_000
    assert sum(line.pick.brings for line in whole.chosen) == pytest.approx(result["brings"])
    assert result["brings"] <= result["bound"]
    assert result["gap"] < 0.02
    assert {line.pick.price_source for line in whole.chosen} == {"assumed"}
    assert all(line.words.startswith("In: a first piece brings ") for line in whole.chosen)
    assert all(line.words.startswith("Out") for line in whole.left_out)
    interval = result["interval"]
    assert interval["low"] < result["brings"] < interval["middle"] < interval["high"]
    brings = [row["brings"] for row in result["sensitivity"]]
    assert brings == sorted(brings)
    assert brings[1] <= result["brings"] <= brings[2]
    assert result["once"] is None
    assert AuditEntry.objects.filter(verb="segmentation.budget_plan.asked").count() == 1


def test_without_prices_nobody_can_be_in(campaign):
    plan = planned(campaign)
    assert plan.status == "failed"
    assert plan.error.startswith("Nobody can be in: of ")
    assert " have no known price, 0 no forecast of views. " in plan.error


def test_what_must_be_is_and_limits_hold(campaign, brand, prices):
    free = planned(campaign, assumed=prices)
    chosen = [one.relationship_id for one in free.picks.filter(pieces__gt=0)]
    others = Relationship.objects.filter(brand=brand).exclude(pk__in=chosen)
    cheap = next(
        one.relationship_id
        for one in free.picks.filter(pieces=0).order_by("price")
        if one.relationship_id in set(others.values_list("pk", flat=True))
    )
    plan = planned(
        campaign,
        name="Second",
        assumed=prices,
        must=[cheap],
        never=chosen[:1],
        most_creators=4,
        most_share=0.5,
    )
    picks = {one.relationship_id: one for one in plan.picks.all()}
    assert picks[cheap].pieces >= 1
    assert picks[cheap].reason["code"] == "must"
    assert (picks[chosen[0]].pieces, picks[chosen[0]].wish) == (0, "never")
    assert plan.result["creators"] <= 4
    assert all(one.price * one.pieces <= 2_500 for one in picks.values() if one.pieces)
    assert plan.result["brings"] <= free.result["bound"]


def test_limits_in_percent_are_of_each_budget_that_is_tried(campaign, prices):
    limits = read_limits("platform instagram spend at least 95%")
    plan = planned(campaign, assumed=prices, limits=limits)
    for row in plan.result["sensitivity"]:
        assert row.get("reason") is None
        assert 0.95 * row["budget"] <= row["spent"] <= row["budget"]


def test_what_is_shared_is_taken_off_the_interval_too(campaign, prices, monkeypatch):
    def half(_campaign, _asks, _people, answer):
        return dict.fromkeys(answer.pieces, 0.5)

    monkeypatch.setattr(filling, "discounts", half)
    result = planned(campaign, assumed=prices).result
    assert result["discounted"] > 0
    assert result["interval"]["low"] < result["brings"] < result["interval"]["high"]


def test_all_pieces_of_a_creator_turn_out_alike(campaign, prices):
    def width(**more):
        result = planned(campaign, name=str(more), assumed=prices, most_creators=1, **more).result
        return result["pieces"], result["interval"]["high"] / result["interval"]["low"]

    one, of_one = width(most_pieces=1)
    two, of_two = width(most_pieces=2)
    assert (one, two) == (1, 2)
    assert of_two == pytest.approx(of_one, rel=0.01)


def test_only_members_of_the_segments_are_looked_at(campaign, brand, prices):
    segment = make_segment(brand)
    people = list(Relationship.objects.filter(brand=brand).order_by("pk")[:3])
    for one in people:
        CreatorFacts.objects.update_or_create(
            brand=brand,
            creator_id=one.creator_id,
            defaults={
                "as_of": NOW,
                "member_bits": [0] * (word_of(segment.bit) - 1) + [flag_of(segment.bit)],
            },
        )
    plan = planned(campaign, assumed=prices, segments=[segment.key])
    assert plan.result["looked_at"] == 3
    assert set(plan.picks.values_list("relationship", flat=True)) <= {one.pk for one in people}


def test_what_a_place_costs_can_be_kept_where_money_has_many_digits(campaign, brand, admin_user):
    keys = brand.tier_scheme.tiers.values_list("key", flat=True)
    dear = dict.fromkeys(keys, "4000000000")
    plan = planned(campaign, assumed=dear, budget="90000000000", most_pieces=5)
    assert max(plan.picks.values_list("pieces", flat=True)) == 2
    asking.take_over(plan_id=plan.pk, brand=brand, actor=admin_user, at=NOW)
    assert Engagement.objects.filter(planned_cost=8_000_000_000).exists()


def test_a_price_that_is_known_comes_before_one_that_is_assumed(campaign, brand, prices):
    person = Relationship.objects.filter(brand=brand).order_by("pk")[0]
    engage(campaign, relationship=person, planned_cost=Decimal(7))
    plan = planned(campaign, assumed=prices)
    pick = plan.picks.get(relationship=person)
    assert (pick.price, pick.price_source, pick.pieces) == (Decimal(7), "planned", 2)
    # Who has left the campaign, or objects to profiling, is not looked at.
    Engagement.objects.update(stage=EngagementStage.DROPPED)
    again = planned(campaign, name="Again", assumed=prices)
    assert not again.picks.filter(relationship=person).exists()
    Engagement.objects.all().delete()
    Relationship.objects.filter(pk=person.pk).update(unprofiled_at=NOW)
    assert person.pk not in {line.pick.relationship_id for line in whole_of(plan).chosen}
    third = planned(campaign, name="Third", assumed=prices)
    assert third.result["looked_at"] == again.result["looked_at"]
    other = Relationship.objects.filter(brand=brand, unprofiled_at=None).order_by("pk")[0]
    Suppression.objects.create(
        brand=brand,
        creator=other.creator,
        is_person=True,
        at=NOW,
        reason=SuppressionReason.OPT_OUT,
        origin=SuppressionOrigin.values[0],
    )
    fourth = planned(campaign, name="Fourth", assumed=prices)
    assert fourth.result["looked_at"] == third.result["looked_at"] - 1


def test_it_is_taken_over_by_a_person(campaign, brand, prices, admin_user):
    plan = planned(campaign, assumed=prices)
    assert plan.error == ""
    count = plan.result["creators"]
    assert not Engagement.objects.exists()
    came = asking.take_over(plan_id=plan.pk, brand=brand, actor=admin_user, at=NOW)
    assert came == count == Engagement.objects.count()
    assert sum(Engagement.objects.values_list("planned_cost", flat=True)) == Decimal(
        str(plan.result["spent"])
    )
    plan.refresh_from_db()
    assert plan.taken_by == admin_user
    # Nobody planned pieces, but the plan did: as many are expected as are paid for.
    told = plan_of(campaign, standing_of(brand))
    assert {one.engagement.relationship_id: one.pieces for one in told.lines} == dict(
        plan.picks.filter(pieces__gt=0).values_list("relationship", "pieces")
    )
    assert told.assumed == 0
    # At another price it is not said for how many pieces that is: one.
    changed = told.lines[0].engagement
    Engagement.objects.filter(pk=changed.pk).update(agreed_cost=1)
    [line] = [
        one
        for one in plan_of(campaign, standing_of(brand)).lines
        if one.engagement.pk == changed.pk
    ]
    assert (line.pieces, line.is_assumed) == (1, True)
    Engagement.objects.filter(pk=changed.pk).update(agreed_cost=None)
    # What their places cost now is of all their pieces: one of them costs what it did.
    again = planned(campaign, name="Again", assumed=prices)
    priced = plan.picks.filter(pieces=2).values_list("relationship", "price")
    assert priced
    planned_prices = dict(
        again.picks.filter(price_source="planned").values_list("relationship", "price")
    )
    assert dict(priced).items() <= planned_prices.items()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"budget": "0"}, "budget"),
        ({"measure": "price"}, "measure"),
        ({"most_pieces": 9}, "most_pieces"),
        ({"worth": 2}, "worth"),
        ({"most_share": 3}, "most_share"),
        ({"least_creators": 5, "most_creators": 2}, "least_creators"),
        ({"segments": ["none"]}, "segments"),
        ({"platforms": ["none"]}, "platforms"),
        ({"assumed": {"none": "1"}}, "assumed"),
        ({"assumed": {"micro": "0"}}, "assumed"),
        ({"most_creators": 10**400}, "most_creators"),
        ({"limits": read_limits("tier none spend at most 3")}, "limits"),
        ({"limits": read_limits("platform youtube creators at most 3%")}, "limits"),
        ({"limits": read_limits("platform youtube spend at most 300%")}, "limits"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_field(campaign, more, field):
    with pytest.raises(EditRefused) as refusal:
        planned(campaign, **more)
    assert refusal.value.field == field
    assert not BudgetPlan.objects.exists()


def test_in_the_browser(client, campaign, brand, prices, admin_user):
    client.force_login(admin_user)
    address = reverse("segmentation:budget_plans", args=[brand.slug, campaign.key])
    given = {"name": "Views", "budget": "5000", "measure": "views", "most_pieces": "2"}
    given |= {"worth": "70", "assumed": "\n".join(f"{key} = {one}" for key, one in prices.items())}
    known_creator(brand, "Twin", platform="instagram")
    known_creator(brand, "Twin", platform="youtube")
    wrong = client.post(
        address,
        given
        | {"limits": "at most three", "must": "@nobody", "never": "twin"}
        | {"assumed": "micro = 1\nmicro = 2", "least_creators": "9" * 400},
    )
    words = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Line 1: write as" in words
    assert "Nobody whom you know is called @nobody." in words
    assert "@twin is 2 people on different platforms" in words
    assert "Line 2: micro has a price above already." in words
    assert "less than or equal to 100000" in words
    made = client.post(
        address, given | {"never": "@poster-1-0", "limits": "platform instagram spend at most 90%"}
    )
    plan = BudgetPlan.objects.get()
    page = reverse("segmentation:budget_plan", args=[brand.slug, campaign.key, plan.pk])
    assert made["Location"] == page
    assert "It is being worked out" in client.get(page).content.decode()
    asking.allocate(plan_id=plan.pk, at=NOW)
    words = client.get(page).content.decode()
    assert "In the plan" in words
    assert "as often above " in words
    assert "Out, because somebody said so." in words
    assert "Only the budget binds" not in words
    assert "Views" in client.get(address).content.decode()
    again = client.get(f"{address}?like={plan.pk}").context["form"]
    assert again["never"].initial == "poster-1-0"
    assert {*again["assumed"].initial.splitlines()} == {f"{k} = {v}" for k, v in prices.items()}
    assert (again["worth"].initial, again["measure"].initial) == (70, "views")
    assert client.get(f"{address}?like=x").context["like"] is None
    file = client.get(page + "plan.csv")
    assert len(b"".join(file.streaming_content).splitlines()) == 1 + plan.picks.count()
    assert client.post(page + "take/").status_code == 302
    assert Engagement.objects.filter(campaign=campaign).exists()
    assert client.post(page + "delete/").status_code == 302
    assert not BudgetPick.objects.exists()


def test_a_plan_that_is_deleted_in_the_meantime_is_not_there(
    client, campaign, brand, admin_user, monkeypatch
):
    plan = planned(campaign)
    client.force_login(admin_user)
    page = reverse("segmentation:budget_plan", args=[brand.slug, campaign.key, plan.pk])
    rest = rest_as(admin_user, brand)
    monkeypatch.setattr(views, "_found", lambda *_asked: plan)
    monkeypatch.setattr(api.BudgetPlanViewSet, "_found", lambda *_asked: plan)
    BudgetPlan.objects.filter(pk=plan.pk).delete()
    for act in ("take/", "delete/"):
        assert client.post(page + act).status_code == 404
    assert rest.send("POST", f"budget-plans/{plan.pk}:take", {}).status_code == 404
    assert rest.send("DELETE", f"budget-plans/{plan.pk}/").status_code == 404


def test_over_rest(campaign, brand, prices, admin_user):
    rest = rest_as(admin_user, brand)
    uid = str(Relationship.objects.filter(brand=brand).order_by("pk")[0].creator.uid)
    asked = {"name": "Views", "budget": "5000", "measure": "views", "assumed": prices}
    made = rest.send("POST", f"campaigns/{campaign.key}/budget-plans/", asked | {"must": [uid]})
    assert (made.status_code, made.json()["status"]) == (202, "queued")
    pk = made.json()["id"]
    early = rest.send("POST", f"budget-plans/{pk}:take", {})
    assert (early.status_code, early.json()["errors"][0]["code"]) == (409, "not_ready")
    asking.allocate(plan_id=pk, at=NOW)
    told = rest.json(f"budget-plans/{pk}/")
    assert told["picks"][0]["pieces"] == 1
    assert next(one for one in told["picks"] if one["creator"] == uid)["wish"] == "must"
    assert rest.send("POST", f"budget-plans/{pk}:take", {}).json() == {
        "came": told["result"]["creators"]
    }
    rows = rest.json(f"campaigns/{campaign.key}/budget-plans/")["results"]
    assert [row["id"] for row in rows] == [pk]
    wrong = rest.send("POST", f"campaigns/{campaign.key}/budget-plans/", asked | {"limits": ["x"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/limits")
    assert rest.send("DELETE", f"budget-plans/{pk}/").status_code == 204
