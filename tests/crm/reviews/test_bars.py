"""Which results pass, and the log of who failed which rule (F140)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from crm.models import ReviewForm, VettingResult
from crm.services.reviews.forms import publish_form, standard_form
from crm.services.reviews.people import ReviewRefused
from tests.crm.reviews.world import ask, publish, said, write
from tests.factories import NOW, RelationshipFactory
from tests.rest import rest_as

pytestmark = pytest.mark.django_db


def barred(brand, actor, *, risk=None, verdict=None):
    """One review, with a bar on risk and on the verdict, and no other."""
    bar, criteria = standard_form()
    rules = {"risk": risk or {}, "verdict": verdict or {}}
    return publish_form(
        brand=brand,
        bar=replace(bar, reviewers=1),
        criteria=[
            replace(one, **{"least": None, "most": None} | rules.get(one.key, {}))
            for one in criteria
        ],
        actor=actor,
        at=NOW,
    )


@pytest.fixture
def form(brand, strategist):
    passing = {"passing": ["Work with them", "with_conditions"]}
    return barred(brand, strategist, risk={"most": 2}, verdict=passing)


def test_results_pass_or_fail_by_the_version_of_the_vetting(
    brand, strategist, manager, analyst, form, django_assert_max_num_queries, analyst_client
):
    good, bad = RelationshipFactory(brand=brand), RelationshipFactory(brand=brand)
    write(ask(good, manager, analyst), analyst, said(4, 4, 2, "with_conditions"))
    vetting = ask(bad, manager, analyst)
    # A later version does not judge what was asked before.
    later = barred(brand, strategist, risk={"most": 5})
    assert (later.number, form.number) == (2, 1)
    write(vetting, analyst, said(4, 4, 3, None))
    found = {
        (row.vetting.relationship_id, row.criterion.key): row.passed
        for row in VettingResult.objects.select_related("vetting", "criterion")
    }
    assert {key: passed for key, passed in found.items() if passed is not None} == {
        (good.pk, "risk"): True,
        (good.pk, "verdict"): True,
        (bad.pk, "risk"): False,
    }
    url = reverse("crm:review_log", args=[brand.slug])
    with django_assert_max_num_queries(16):
        shown = analyst_client.get(url).content.decode()
    assert "Risk: 1 to 2 passes" in shown
    assert "Verdict: “Work with them” or “Only with conditions” passes" in shown
    failed = analyst_client.get(f"{url}?show=failed").content.decode()
    assert bad.creator.name in failed
    assert good.creator.name not in failed
    rest = rest_as(analyst, brand)
    results = rest.json(f"vettings/{vetting.pk}/")["results"]
    assert {one["criterion"]: one["passed"] for one in results} == {
        "tone": None,
        "story": None,
        "risk": False,
        "verdict": None,
    }
    (risk,) = [one for one in rest.json("review-forms/1/")["criteria"] if one["key"] == "risk"]
    assert (risk["least"], risk["most"], risk["passing"]) == (1, 2, None)


def test_the_same_bar_is_no_new_version(brand, strategist, form):
    passing = {"passing": ["work_with", "with_conditions"]}
    assert barred(brand, strategist, risk={"least": 1, "most": 2}, verdict=passing) == form
    assert publish(brand, strategist, reviewers=1).number == 2


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"risk": {"least": 4, "most": 2}}, "criteria/2/least"),
        ({"risk": {"least": 0}}, "criteria/2/least"),
        ({"verdict": {"passing": ["perhaps"]}}, "criteria/3/passing"),
        ({"verdict": {"most": 2}}, "criteria/3/most"),
        ({"verdict": {"anchors": list("abcde")}}, "criteria/3/anchors"),
        ({"risk": {"passing": ["2"]}}, "criteria/2/passing"),
        ({"risk": {"options": [{"value": "low", "label": "Low"}]}}, "criteria/2/options"),
    ],
)
def test_bars_that_cannot_be(brand, strategist, rules, field):
    with pytest.raises(ReviewRefused) as refusal:
        barred(brand, strategist, **rules)
    assert refusal.value.field == field
    assert not ReviewForm.objects.exists()


def test_the_form_is_edited_and_read(brand, strategist_client, analyst_client, form):
    url = reverse("crm:review_form", args=[brand.slug])
    assert "1 to 2 passes" in analyst_client.get(url).content.decode()
    shown = strategist_client.get(url).content.decode()
    assert 'value="work_with, with_conditions"' in shown
    empty = analyst_client.get(f"{reverse('crm:review_log', args=[brand.slug])}?show=failed")
    assert "Nobody failed a rule." in empty.content.decode()
