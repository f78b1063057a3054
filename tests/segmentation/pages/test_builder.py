"""The rule builder: its pages, what it asks while somebody writes, and what is saved."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.urls import reverse

from crm.models import AuditEntry, Creator
from segmentation.choices import SegmentStatus, UnknownPolicy
from segmentation.facts.refresh import refresh_facts
from segmentation.models import Dimension, Segment, SegmentVersion
from segmentation.rules import text
from segmentation.selectors import builder_preview
from segmentation.services.segments import archive_segment, save_draft
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.world import make_creator

pytestmark = pytest.mark.django_db

RULE = {"rule_text": "followers >= 10_000 and country is DK"}
STEADY = {"minimum_stay_days": "0", "near_percent": "10", "unknown_policy": "leave_out"}
ABOUT = {"name": "Danish ones", "dimension": "mine", "purpose": "Local launches."}


@pytest.fixture
def segment(brand) -> Segment:
    """In use, with version 1."""
    return segment_of(
        dimension_of(brand), "big", "followers >= 1_000", purpose="Reach.", primary_kpi="size"
    )


@pytest.fixture
def run_facts():
    """Bring the facts of a brand up to date."""
    return lambda brand: refresh_facts(brand=brand, as_of=NOW)


def address(name: str, brand, **more) -> str:
    return reverse(f"segmentation:{name}", kwargs={"brand": brand.slug} | more)


def ask(client, brand, name: str = "builder_check", **given):
    return client.post(address(name, brand), RULE | STEADY | given)


def checked(client, brand, **given) -> dict:
    return ask(client, brand, **given).json()


def saved() -> list[object]:
    """Everything that saving writes."""
    return [
        list(Segment.objects.values_list("key", "status", "active_version").order_by("pk")),
        SegmentVersion.objects.count(),
        AuditEntry.objects.count(),
    ]


class TestCheck:
    def test_text_gives_the_blocks_and_the_words(self, brand, strategist_client):
        found = checked(strategist_client, brand)["rule"]
        assert found["form"] == {
            "all": [
                {"fact": "followers", "op": ">=", "value": 10_000},
                {"fact": "country", "op": "is", "value": "DK"},
            ]
        }
        assert found["words"] == "Followers at least 10,000, and country is “DK”."
        assert found["lines"]["/all/1"] == "country is DK"
        assert (found["errors"], found["warnings"]) == ([], [])

    def test_blocks_give_the_text_and_count_before_it(self, brand, strategist_client):
        form = {"any": [{"text": "followers > 5"}, {"fact": "country", "op": "is known"}]}
        found = checked(strategist_client, brand, rule_json=json.dumps(form))["rule"]
        assert found["text"] == "followers > 5\nor country is known"

    def test_everything_wrong_has_its_place(self, brand, strategist_client):
        found = checked(strategist_client, brand, rule_text="folowers > 5\r\nand country > 3")
        assert found["stay"] is None
        assert [
            (error["pointer"], error["code"], error["position"]["offset"])
            for error in found["rule"]["errors"]
        ] == [("/all/0/fact", "unknown_fact", 0), ("/all/1/op", "wrong_operator", 25)]
        found = checked(strategist_client, brand, rule_text="followers >=")
        assert found["rule"]["form"] is None
        assert found["rule"]["errors"][0]["code"] == "syntax"

    @pytest.mark.parametrize("form", ["{", "[" * 10_000, '"x"', "null", '{"all": 5}', "NaN"])
    def test_what_is_no_rule_is_answered_in_words(self, brand, strategist_client, form):
        found = checked(strategist_client, brand, rule_json=form)["rule"]
        assert found["form"] is None
        assert found["errors"][0]["message"]

    def test_the_rule_to_stay_is_checked_too(self, brand, strategist_client):
        found = checked(strategist_client, brand, stay_text="followers >= 9_000")
        assert found["stay"]["words"] == "Followers at least 9,000."
        found = checked(strategist_client, brand, stay_text="gone >= 9_000")
        assert found["stay"]["errors"][0]["code"] == "unknown_fact"

    def test_a_circle_of_references_is_found(self, segment, strategist_client):
        given = {"rule_text": 'segment("big")', "segment": "big"}
        [error] = checked(strategist_client, segment.brand, **given)["rule"]["errors"]
        assert "big" in error["message"]

    def test_asking_about_anothers_segment(self, brand, other_brand, strategist_client):
        segment_of(dimension_of(other_brand), "secret", "followers > 5")
        assert ask(strategist_client, brand, segment="secret").status_code == 404

    def test_the_same_queries_for_any_rule(self, brand, strategist_client, count_queries):
        long = " and ".join(f"followers > {number}" for number in range(100))
        few = count_queries(lambda: ask(strategist_client, brand))
        assert count_queries(lambda: ask(strategist_client, brand, rule_text=long)) == few


class TestPreview:
    def shown(self, client, brand, **given) -> str:
        answer = ask(client, brand, "builder_preview", **given)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    def test_members_unknowns_and_near_misses(self, brand, run_facts, strategist_client):
        for name, followers in (("Ana", 20_000), ("Bo", 9_500), ("Cy", 50), ("Di", None)):
            make_creator(brand, name=name, followers=followers)
        run_facts(brand)
        shown = self.shown(strategist_client, brand, rule_text="followers >= 10_000")
        assert 'data-words="1 of 4 creators"' in shown
        assert "1 creator, because something is missing:" in shown
        assert '<span>Followers</span> <span class="number">1</span>' in shown
        members, near = shown.split("Near misses")
        assert "Ana" in members
        assert "Bo" in near
        assert "Cy" not in shown
        assert "would join" not in shown
        assert "The rule looks at follower counts alone" in shown
        assert "Nobody has written down what the segment is for." in shown

    def test_against_the_rule_in_use(self, segment, run_facts, strategist_client):
        make_creator(segment.brand, name="Ana", followers=20_000)
        run_facts(segment.brand)
        given = {"rule_text": "followers >= 30_000", "stay_text": "followers >= 10"}
        shown = self.shown(strategist_client, segment.brand, segment="big", **given)
        assert "0 would join" in shown
        assert "Followers at least 1,000 becomes followers at least 30,000" in shown
        assert "To stay: Now also: Followers at least 10" in shown
        assert "Nobody owns the segment." in shown
        assert "what the segment is for" not in shown
        same = self.shown(
            strategist_client, segment.brand, segment="big", rule_text="followers >= 1000"
        )
        assert "The rule says the same." in same
        assert "1 would join" in same

    def test_an_unfinished_rule_has_no_count(self, brand, strategist_client):
        for given in ({"rule_text": "followers >="}, {"rule_text": ""}, {"stay_text": "gone > 1"}):
            shown = self.shown(strategist_client, brand, **given)
            assert "The count comes as soon as the rule is complete." in shown

    def test_a_count_that_takes_too_long_is_stopped(self, brand, strategist_client, monkeypatch):
        monkeypatch.setattr(builder_preview, "LONGEST_SECONDS", 0.05)
        monkeypatch.setattr(builder_preview, "preview_rule", sleep_in_the_database)
        shown = self.shown(strategist_client, brand)
        assert "Counting takes too long for a look in passing." in shown

    def test_nothing_is_written(self, segment, strategist_client):
        before = saved()
        self.shown(strategist_client, segment.brand, segment="big")
        checked(strategist_client, segment.brand, segment="big")
        assert saved() == before


def sleep_in_the_database(**_asked):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


class TestValues:
    @pytest.fixture
    def people(self, brand, run_facts):
        for name, country, followers in (
            ("Ana", "DK", 1_000),
            ("Bo", "DK", 2_000),
            ("Cy", "SE", 3_000),
            ("Di", "", 4_000),
            ("Ed", "DE", None),
        ):
            make_creator(brand, name=name, country=country, followers=followers)
        run_facts(brand)
        return brand

    def values(self, client, brand, **asked) -> dict:
        answer = client.get(address("builder_values", brand), asked)
        assert answer.status_code == 200
        return answer.json()

    def test_text_by_frequency_and_beginning(self, people, strategist_client):
        found = self.values(strategist_client, people, fact="country")
        assert [(one["value"], one["creators"]) for one in found["values"]] == [
            ("DK", 2),
            ("DE", 1),
            ("SE", 1),
        ]
        assert found["words"] == "Known of 80 % of creators."
        found = self.values(strategist_client, people, fact="country", q="e")
        assert [one["value"] for one in found["values"]] == ["DE", "SE"]
        assert self.values(strategist_client, people, fact="country", q="%'")["values"] == []

    def test_numbers_say_how_they_spread(self, people, strategist_client):
        found = self.values(strategist_client, people, fact="followers")
        assert found == {
            "words": "Known of 80 % of creators. Half lie between 1,000 and 3,000; "
            "the middle is 2,000.",
            "values": [],
        }

    def test_choices_and_sets_with_those_that_nobody_has(self, people, strategist_client):
        found = self.values(strategist_client, people, fact="primary_platform", q="insta")
        assert found["values"] == [{"value": "instagram", "label": "Instagram", "creators": 5}]
        found = self.values(strategist_client, people, fact="platforms", q="tiktok")
        assert found["values"] == [{"value": "tiktok", "label": "TikTok", "creators": 0}]

    def test_every_fact_can_be_asked(self, people, strategist_client):
        facts = strategist_client.get(address("builder_new", people)).context["data"]["facts"]
        assert len(facts) > 40
        for fact in facts:
            for share in ("", "DK"):
                found = self.values(strategist_client, people, fact=fact["key"], share=share)
                assert found["words"] or found["values"], (fact["key"], share)

    def test_no_such_fact(self, brand, strategist_client):
        for fact in ("gone", "", "f.followers; --"):
            answer = strategist_client.get(address("builder_values", brand), {"fact": fact})
            assert answer.status_code == 404

    def test_of_the_brands_creators_only(self, people, other_brand, run_facts, outsider_client):
        run_facts(other_brand)
        url = address("builder_values", other_brand)
        found = outsider_client.get(url, {"fact": "country"}).json()
        assert found == {"words": "No creators yet.", "values": []}

    def test_of_many_creators_some_are_asked(self, people, strategist_client, monkeypatch):
        monkeypatch.setattr("segmentation.selectors.fact_values.ASKED", 2)
        found = self.values(strategist_client, people, fact="country")
        assert sum(one["creators"] for one in found["values"]) <= Creator.objects.count()


class TestNew:
    def save(self, client, brand, **given):
        return client.post(address("builder_new", brand), RULE | STEADY | ABOUT | given)

    def test_a_draft_is_made_and_waits(self, brand, strategist, strategist_client):
        dimension_of(brand)
        answer = self.save(
            strategist_client,
            brand,
            definition="They live in Denmark.",
            primary_kpi="size",
            owner=str(strategist.pk),
            stay_text="followers >= 9_000",
            minimum_stay_days="30",
            near_percent="5",
            unknown_policy="keep",
        )
        version = SegmentVersion.objects.select_related("segment").get()
        segment = version.segment
        assert answer.headers["Location"] == address("version", brand, key="danish-ones", number=1)
        assert (segment.key, segment.status) == ("danish-ones", SegmentStatus.DRAFT)
        assert (segment.purpose, segment.primary_kpi) == ("Local launches.", "size")
        assert (segment.definition, segment.owner) == ("They live in Denmark.", strategist)
        assert version.rule_text == "followers >= 10_000\nand country is DK"
        assert (version.stay_rule_text, version.minimum_stay_days) == ("followers >= 9000", 30)
        assert (version.near_percent, version.unknown_policy) == (5, UnknownPolicy.KEEP)
        assert version.author == strategist

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"purpose": ""}, "This field is required."),
            ({"name": ""}, "This field is required."),
            ({"dimension": "gone"}, "Select a valid choice."),
            ({"key": "new"}, "“new” is the address of another page."),
            ({"key": "BIG"}, "There is a segment “big” already."),
            ({"name": "日本"}, "Give it a key of Latin letters"),
            ({"rule_text": "gone > 5"}, "There is no fact &quot;gone&quot;."),
            ({"rule_text": " "}, "The rule is empty."),
            ({"stay_text": "followers >="}, "The rule ends too early"),
            ({"minimum_stay_days": "-1"}, "greater than or equal to 0"),
            ({"near_percent": "101"}, "less than or equal to 100"),
            ({"unknown_policy": "x"}, "Select a valid choice."),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_saved(
        self, segment, strategist_client, given, words
    ):
        before = saved()
        answer = self.save(strategist_client, segment.brand, **given)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert saved() == before

    def test_blocks_that_were_sent_come_back_after_a_refusal(self, segment, strategist_client):
        form = {"all": [{"fact": "followers", "op": ">="}]}
        answer = self.save(strategist_client, segment.brand, rule_json=json.dumps(form))
        assert answer.status_code == 422
        assert json.loads(answer.context["form"]["rule_json"].value()) == form

    def test_without_a_script_a_button_checks_and_counts(self, brand, run_facts, strategist_client):
        dimension_of(brand)
        make_creator(brand, name="Ana", followers=20_000, country="DK")
        run_facts(brand)
        answer = self.save(strategist_client, brand, check="1")
        assert answer.status_code == 200
        assert 'data-words="1 of 1 creators"' in answer.content.decode()
        assert not Segment.objects.exists()

    def test_a_brand_without_dimensions_is_told_what_to_do(self, brand, strategist_client):
        shown = strategist_client.get(address("builder_new", brand)).content.decode()
        assert "A segment needs a dimension" in shown
        assert 'id="builder"' not in shown

    def test_only_ones_own_dimensions_and_people(
        self, brand, other_brand, outsider, strategist_client
    ):
        dimension_of(brand)
        dimension_of(other_brand, "theirs")
        for given in ({"dimension": "theirs"}, {"owner": str(outsider.pk)}):
            assert self.save(strategist_client, brand, **given).status_code == 422
        assert not Segment.objects.exists()

    def test_the_page_costs_the_same_with_many_segments(
        self, segment, strategist_client, count_queries
    ):
        url = address("builder_new", segment.brand)
        few = count_queries(lambda: strategist_client.get(url))
        other = dimension_of(segment.brand, "more")
        for number in range(10):
            segment_of(other, f"more-{number}", f'followers > {number} and segment("big")')
        assert count_queries(lambda: strategist_client.get(url)) == few


class TestEdit:
    def url(self, segment) -> str:
        return address("builder", segment.brand, key=segment.key)

    def draft(self, segment, rule: str) -> SegmentVersion:
        return save_draft(segment_id=segment.pk, rule=text.parse(rule), actor=None, at=NOW)

    def save(self, client, segment, **given):
        return client.post(self.url(segment), RULE | STEADY | {"based_on": "1"} | given)

    def test_starts_from_the_rule_in_use(self, segment, strategist_client):
        answer = strategist_client.get(self.url(segment))
        shown = answer.content.decode()
        assert "You start from version 1, the one in use." in shown
        assert answer.context["data"]["rule"]["text"] == "followers >= 1000"
        assert answer.context["data"]["stay"] is None
        assert answer.context["data"]["segments"] == []

    def test_goes_on_with_the_newest_draft_or_the_one_named(self, segment, strategist_client):
        self.draft(segment, "followers >= 5_000")
        shown = strategist_client.get(self.url(segment)).content.decode()
        assert "You go on with version 2, a draft" in shown
        assert "followers &gt;= 5000" in shown
        first = strategist_client.get(self.url(segment), {"version": "1"}).content.decode()
        assert "followers &gt;= 1000" in first
        for number in ("3", "x", "-1", "9" * 30):
            answer = strategist_client.get(self.url(segment), {"version": number})
            assert answer.status_code == 404

    def test_saving_makes_a_draft(self, segment, strategist, strategist_client):
        answer = self.save(strategist_client, segment)
        assert answer.headers["Location"] == address("version", segment.brand, key="big", number=2)
        segment.refresh_from_db()
        assert segment.active_version.number == 1
        version = segment.versions.get(number=2)
        assert (version.author, version.activated_at) == (strategist, None)

    def test_saving_the_same_says_so(self, segment, strategist_client):
        before = saved()
        answer = strategist_client.post(
            self.url(segment),
            STEADY | {"rule_text": "followers >= 1000", "based_on": "1"},
            follow=True,
        )
        assert "Nothing has changed since version 1." in answer.content.decode()
        assert saved() == before

    def test_somebody_elses_version_in_between_is_told_once(self, segment, strategist_client):
        self.draft(segment, "followers >= 5_000")
        before = saved()
        answer = self.save(strategist_client, segment)
        assert answer.status_code == 409
        shown = answer.content.decode()
        assert "The system saved version 2 while you were writing." in shown
        assert 'name="based_on" value="2"' in shown
        assert saved() == before
        assert self.save(strategist_client, segment, based_on="2").status_code == 302
        assert segment.versions.count() == 3

    def test_an_archived_segment_keeps_its_rule(self, segment, strategist_client):
        archive_segment(segment_id=segment.pk, at=NOW, actor=None)
        before = saved()
        shown = strategist_client.get(self.url(segment)).content.decode()
        assert "This segment is archived" in shown
        assert "Save as a draft" not in shown
        answer = self.save(strategist_client, segment)
        assert answer.status_code == 409
        assert "is archived; its rule stays as it was." in answer.content.decode()
        assert saved() == before

    def test_a_rule_that_no_longer_reads_can_be_mended(self, segment, strategist_client):
        SegmentVersion.objects.update(
            rule={"fact": "gone", "op": ">", "value": 1}, rule_text="gone > 1"
        )
        data = strategist_client.get(self.url(segment)).context["data"]["rule"]
        assert data["text"] == "gone > 1"
        assert data["errors"][0]["code"] == "unknown_fact"

    def test_no_such_segment_and_not_ones_own(self, brand, other_brand, strategist_client):
        elsewhere = segment_of(dimension_of(other_brand), "secret", "followers > 5")
        url = address("builder", brand, key=elsewhere.key)
        assert strategist_client.get(url).status_code == 404
        assert strategist_client.post(url, RULE | STEADY).status_code == 404
        assert elsewhere.versions.count() == 1

    def test_only_those_who_edit_segments(self, segment, analyst_client, manager_client):
        before = saved()
        for client in (analyst_client, manager_client):
            assert client.get(self.url(segment)).status_code == 403
            assert self.save(client, segment).status_code == 403
            assert ask(client, segment.brand).status_code == 403
        assert saved() == before
        assert Dimension.objects.count() == 1
