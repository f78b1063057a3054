"""Deciding against the rule: on the creator's panel, in the drawer, on the segment's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import FactChange
from segmentation.choices import OverrideKind
from segmentation.models import Dimension, Override, Playbook
from segmentation.services.overrides import force
from tests.factories import CreatorFactory
from tests.segmentation.world import make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def segment(brand):
    return make_segment(brand, "educators")


@pytest.fixture
def ana(brand):
    return make_creator(brand, name="Ana")


def url(name, *args):
    return reverse(f"segmentation:{name}", args=["acme", *args])


def text(response, status=200):
    assert response.status_code == status, response.content
    return response.content.decode()


def decide(segment, creator, kind=OverrideKind.IN, **given):
    return force(
        segment_id=segment.pk,
        creator_id=creator.pk,
        kind=kind,
        reason="Teaches",
        at=timezone.now() - timedelta(hours=1),
        actor=None,
        **given,
    )


class TestForm:
    def test_in_the_drawer(self, segment, ana, strategist_client):
        part = text(strategist_client.get(url("override", ana.uid, "educators"), **HTMX))
        assert "<html" not in part
        assert "The rule of Educators decides about Ana." in part
        assert 'name="reason"' in part

    def test_decided_until_a_day_on_the_brands_clock(
        self, brand, segment, ana, strategist, strategist_client
    ):
        brand.timezone = "Europe/Copenhagen"
        brand.save()
        data = {"kind": "in", "reason": "Teaches", "until": "2099-01-01T00:00"}
        page = strategist_client.post(url("override", ana.uid, "educators"), data, follow=True)
        assert "Ana: always in Educators. It takes effect within seconds." in text(page)
        [made] = Override.objects.all()
        assert (made.creator, made.author, made.kind) == (ana, strategist, "in")
        assert made.ends_at.isoformat() == "2098-12-31T23:00:00+00:00"
        assert FactChange.objects.filter(creator=ana, cause="override").exists()

    def test_back_to_the_list_it_was_asked_from(self, segment, ana, strategist_client):
        back = f"{url('segment', 'educators')}?sort=name"
        page = text(strategist_client.get(url("override", ana.uid, "educators"), {"next": back}))
        assert f'name="next" value="{back}"' in page
        data = {"kind": "out", "reason": "Asked for a break"}
        post = url("override", ana.uid, "educators")
        assert strategist_client.post(post, data | {"next": back})["Location"] == back
        elsewhere = strategist_client.post(post, data | {"next": "//elsewhere.example/"})
        assert elsewhere["Location"] == f"/acme/creators/{ana.uid}/"

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"reason": ""}, "This field is required."),
            ({"kind": "maybe"}, "invalid-feedback"),
            ({"until": "2020-01-01T00:00"}, "must end in the future"),
            ({"until": "soon"}, "Write the moment as"),
        ],
    )
    def test_refusals_change_nothing(self, segment, ana, strategist_client, given, words):
        data = {"kind": "in", "reason": "Teaches", **given}
        page = text(strategist_client.post(url("override", ana.uid, "educators"), data), 422)
        assert words in page
        assert not Override.objects.exists()
        assert not FactChange.objects.exists()

    def test_who_may_not_decide_can_look(self, segment, ana, analyst_client):
        decide(segment, ana)
        page = text(analyst_client.get(url("override", ana.uid, "educators")))
        assert "<strong>Always in</strong>: Teaches" in page
        assert "A strategist or an admin can decide otherwise." in page
        assert 'name="reason"' not in page

    def test_strangers_are_not_there(self, segment, strategist_client):
        stranger = CreatorFactory()
        assert strategist_client.get(url("override", stranger.uid, "educators")).status_code == 404


class TestWithdraw:
    def test_back_to_where_it_was_asked_from(self, segment, ana, strategist_client):
        made = decide(segment, ana)
        back = url("overrides", "educators")
        answer = strategist_client.post(url("withdraw", made.pk), {"next": back})
        assert answer["Location"] == back
        made.refresh_from_db()
        assert made.ends_at is not None
        page = text(strategist_client.post(url("withdraw", made.pk), follow=True))
        assert "has ended already" in page

    def test_but_nowhere_else(self, segment, ana, strategist_client):
        made = decide(segment, ana)
        answer = strategist_client.post(
            url("withdraw", made.pk), {"next": "https://elsewhere.example/"}
        )
        assert answer["Location"] == url("segment", "educators")

    def test_not_of_another_brand(self, other_brand, strategist_client):
        theirs = make_segment(other_brand, "theirs")
        made = decide(theirs, make_creator(other_brand))
        assert strategist_client.post(url("withdraw", made.pk)).status_code == 404
        made.refresh_from_db()
        assert made.ends_at is None


class TestLists:
    def test_on_the_segment_and_all_of_them(self, brand, segment, ana, strategist_client):
        decide(segment, ana)
        bo = make_creator(brand, name="Bo")
        past = decide(segment, bo, OverrideKind.OUT)
        Override.objects.filter(pk=past.pk).update(ends_at=timezone.now())
        page = text(strategist_client.get(url("segment", "educators")))
        assert "Ana</a> <strong>always in</strong>: Teaches" in page
        assert "Bo</a> <strong>never in" not in page
        page = text(strategist_client.get(url("overrides", "educators")))
        assert "Never in" in page
        assert page.count(">Withdraw<span") == 1

    def test_nobody(self, segment, analyst_client):
        page = text(analyst_client.get(url("overrides", "educators")))
        assert "Nobody was forced in or out" in page


class TestPanel:
    def panel(self, client, creator):
        return text(client.get(url("creator_panel", creator.uid)))

    def test_decisions_and_buttons(self, brand, segment, ana, strategist_client, analyst_client):
        other = make_segment(brand, "other")
        stay(segment, ana, moment(6, 1))
        decide(segment, ana)
        decide(other, ana, OverrideKind.OUT)
        shown = self.panel(strategist_client, ana)
        assert "always in</span>" in shown
        assert "never in, by decision of a person" in shown
        assert shown.count(">Decide<") == 2
        assert ">Decide<" not in self.panel(analyst_client, ana)

    def test_the_persona_that_counts(self, brand, ana, manager_client):
        for place, key in enumerate(("innovator", "influencer")):
            made = make_segment(brand, key, dimension="persona", position=place)
            stay(made, ana, moment(6, 1))
            Playbook.objects.create(
                segment=made,
                do_not_pitch=key == "innovator",
                campaign_type=f"Campaign for {key}",
                mistake_cost="high",
                updated_at=moment(1, 1),
            )
        Dimension.objects.filter(key="persona").update(has_precedence=True)
        shown = self.panel(manager_client, ana)
        assert "<strong>Do not pitch.</strong>" in shown
        assert "Recommended campaign: Campaign for innovator" in shown
        assert "Cost of a mistake: high" in shown
        assert "Influencer</a> (Innovator comes first)" in shown
        assert "Campaign for influencer" not in shown

    def test_a_persona_without_a_playbook(self, brand, ana, manager_client):
        made = make_segment(brand, "majority", dimension="persona")
        stay(made, ana, moment(6, 1))
        Dimension.objects.filter(key="persona").update(has_precedence=True)
        shown = self.panel(manager_client, ana)
        assert "that counts:" in shown
        assert "Do not pitch" not in shown
