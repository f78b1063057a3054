"""Answers are told once, taken by rules or people, and stand beside what tracking saw."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.choices import SurveyChoice
from campaigns.models import SurveyAnswer, SurveyBatch, SurveyRule
from campaigns.selectors.survey import survey_of
from campaigns.selectors.triangulation import triangulate
from campaigns.services.refusals import CampaignRefused
from campaigns.services.survey import Kept, Taken, Told, add_rule, decide, remove_rule, tell
from crm.models import AuditEntry
from tests.campaigns.conversions.worlds import make_code, order
from tests.campaigns.made import make_campaign
from tests.factories import NOW, CreatorFactory, RelationshipFactory
from tests.people import logged_in
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


def told(key: str, text: str, order: str = "") -> Told:
    return Told(key, DAY, text, order)


def tell_all(brand, *answers: Told) -> Kept:
    return tell(brand=brand, answers=answers, actor=None, at=NOW)


def taken() -> dict[str, tuple[str, str]]:
    rows = SurveyAnswer.objects.select_related("relationship__creator")
    return {
        row.key: (row.choice, row.relationship.creator.name if row.relationship else row.channel)
        for row in rows
    }


def test_the_same_answer_twice_is_one_and_another_is_refused_whole(brand):
    assert tell_all(brand, told("1", "Google"), told("2", "Anna")) == Kept(2, 0)
    assert tell_all(brand, told("1", "Google"), told("3", "A friend")) == Kept(1, 1)
    with pytest.raises(CampaignRefused, match="another content"):
        tell_all(brand, told("4", "TV"), told("1", "Bing"))
    with pytest.raises(CampaignRefused, match="not between"):
        tell_all(brand, told("4", "TV"), Told("5", DAY + timedelta(days=9), "TV"))
    assert set(SurveyAnswer.objects.values_list("key", flat=True)) == {"1", "2", "3"}


def test_rules_take_whole_words_and_the_longest_wins(brand, manager):
    anna = RelationshipFactory(brand=brand, creator=CreatorFactory(name="Änna Smith"))
    said = {"brand": brand, "actor": manager, "at": NOW}
    tell_all(
        brand,
        told("1", "ANNA, on Instagram!"),
        told("2", "instagram"),
        told("3", "Annabel"),
        told("4", "saw it on   Insta-gram"),
    )
    rule = add_rule(words=" Änna ", taken=Taken("creator", anna), **said)
    assert rule.words == "anna"
    add_rule(words="instagram", taken=Taken("channel", channel="Instagram"), **said)
    assert taken() == {
        # Of rules that fit, the one with the longest words.
        "1": ("channel", "Instagram"),
        "2": ("channel", "Instagram"),
        "3": ("unknown", ""),
        "4": ("unknown", ""),
    }
    add_rule(words="anna on instagram", taken=Taken("creator", anna), **said)
    assert taken()["1"] == ("creator", "Änna Smith")
    with pytest.raises(CampaignRefused, match="already"):
        add_rule(words="ANNA", taken=Taken("unknown"), **said)
    with pytest.raises(CampaignRefused, match="which creator"):
        add_rule(words="bo", taken=Taken("creator"), **said)
    decide(answer_id=SurveyAnswer.objects.get(key="2").pk, taken=Taken("creator", anna), **said)
    remove_rule(rule_id=SurveyRule.objects.get(words="instagram").pk, **said)
    assert taken()["2"] == ("creator", "Änna Smith")
    assert SurveyRule.objects.count() == 2
    assert AuditEntry.objects.filter(verb="campaigns.survey.rule_added").count() == 3
    # New answers are taken by the rules that are there.
    tell_all(brand, told("9", "by anna"))
    assert taken()["9"] == ("creator", "Änna Smith")


def test_shares_have_wilsons_interval(brand, manager):
    said = {"brand": brand, "actor": manager, "at": NOW}
    add_rule(words="google", taken=Taken("channel", channel="Search"), **said)
    tell_all(brand, *[told(str(n), "Google" if n < 2 else "?") for n in range(10)])
    found = survey_of(brand, first=DAY, last=DAY, at=NOW)
    assert found.answers == 10
    search = found.shares[1]
    assert (search.name, search.number, search.share) == ("Search", 2, 0.2)
    # Wilson, 2 of 10: 5.67 % to 50.98 %.
    assert (search.low, search.high) == pytest.approx((0.0567, 0.5098), abs=1e-4)
    assert found.beside.words == ["No answer belongs to an order that is known."]
    assert survey_of(brand, first=date(2026, 1, 1), last=date(2026, 1, 2), at=NOW).answers == 0


def test_a_file_is_taken_whole_shown_and_taken_back(brand, analyst, legal):
    ana = logged_in(analyst)
    assert "No answers yet" in ana.get(reverse("campaigns:survey", args=["acme"])).content.decode()
    url = reverse("campaigns:survey_upload", args=["acme"])

    def sent(text: str):
        return ana.post(url, {"file": SimpleUploadedFile("a.csv", text.encode())})

    long = "x" * 501
    wrong = sent(
        f"key,day,answer\n1,2026-11-20,Google\n2,soon,TV\n3,2126-01-01,TV\n4,2026-11-20,{long}\n"
    )
    assert wrong.status_code == 422
    told = wrong.content.decode()
    for words in (
        "Line 3: “soon” is no day",
        "Line 4: 1 January 2126",
        "Line 5: An answer has 500",
    ):
        assert words in told
    assert not SurveyBatch.objects.exists()
    assert not SurveyAnswer.objects.exists()
    assert (
        sent("key,day,answer,order\n1,2026-11-20,Google,A-1\n2,2026-11-21,TV,\n").status_code == 302
    )
    assert list(SurveyAnswer.objects.order_by("key").values_list("text", "order_key")) == [
        ("Google", "A-1"),
        ("TV", ""),
    ]
    text = ana.get(reverse("campaigns:survey", args=["acme"])).content.decode()
    assert "Google" in text
    assert "no rule fits" in text
    rule = {"words": "google", "choice": "channel", "channel": "Search"}
    new = reverse("campaigns:survey_rule_new", args=["acme"])
    assert ana.post(new, rule | {"choice": "creator", "handle": "Nobody"}).status_code == 422
    assert logged_in(legal).post(new, rule).status_code == 403
    assert ana.post(new, rule).status_code == 302
    answer = SurveyAnswer.objects.get(key="2")
    one = reverse("campaigns:survey_answer", args=["acme", answer.pk])
    assert ana.post(one, {"choice": SurveyChoice.CHANNEL, "channel": ""}).status_code == 422
    assert ana.post(one, {"choice": SurveyChoice.CHANNEL, "channel": "TV"}).status_code == 302
    assert taken() == {"1": ("channel", "Search"), "2": ("channel", "TV")}
    undo = reverse("campaigns:survey_undo", args=["acme", SurveyBatch.objects.get().pk])
    ana.post(undo)
    assert not SurveyAnswer.objects.exists()
    ana.post(undo)
    assert AuditEntry.objects.filter(verb="campaigns.survey.import_undone").count() == 1


def test_answers_stand_beside_what_codes_saw(brand, manager):
    anna, bo = (
        RelationshipFactory(brand=brand, creator=CreatorFactory(name=name))
        for name in ("Anna", "Bo")
    )
    said = {"brand": brand, "actor": manager, "at": NOW}
    add_rule(words="anna", taken=Taken("creator", anna), **said)
    add_rule(words="bo", taken=Taken("creator", bo), **said)
    add_rule(words="google", taken=Taken("channel", channel="Search"), **said)
    campaign = make_campaign(brand, manager)
    code = make_code(brand, "ANNA10", anna)
    for key in ("A-1", "A-2", "A-3"):
        order(brand, key=key, code=code, campaign=campaign)
    order(brand, key="A-4", campaign=campaign)
    order(brand, key="A-5")
    # The same creator, another one, another way though her code was there; one that no code saw.
    tell_all(brand, told("1", "Anna", "A-1"), told("2", "Bo", "A-2"), told("3", "Google", "A-3"))
    tell_all(brand, told("4", "Bo", "A-4"), told("5", "?", "A-5"), told("6", "Anna", "gone"))
    found = survey_of(brand, first=DAY, last=NOW.date(), at=NOW).beside
    assert (found.orders, found.creator, found.same, found.other) == (5, 3, 1, 1)
    assert (found.unseen, found.seen_though, found.unknown) == (1, 1, 1)
    triangle = triangulate(campaign, newest=None, at=NOW)
    assert triangle is not None
    [(way, share)] = [(way, share) for way, share in triangle.lines if way.name == "Survey"]
    # Of the four orders of the campaign that have an answer, three name a creator.
    assert (way.number, way.of, share) == (3, 4, 0.75)
    assert "1 of them no link and no code saw, 1 name another creator" in way.says


def test_rest_takes_answers_and_tells_what_they_name(brand, manager):
    anna = RelationshipFactory(brand=brand, creator=CreatorFactory(name="Anna"))
    add_rule(
        brand=brand,
        words="anna",
        taken=Taken(SurveyChoice.CREATOR, anna),
        actor=manager,
        at=NOW,
    )
    rest = rest_as(manager, brand)
    body = {
        "answers": [
            {"key": "1", "day": "2026-09-20", "text": "From  Anna", "order": "shop-1"},
            {"key": "2", "day": "2026-09-20", "text": "Radio"},
        ]
    }
    answer = rest.send("POST", "survey-answers/", body)
    assert (answer.status_code, answer.json()) == (201, {"new": 2, "known": 0})
    assert rest.send("POST", "survey-answers/", body).status_code == 200
    first, second = rest.json("survey-answers/")["results"]
    assert (first["text"], first["order"], first["choice"]) == ("From Anna", "shop-1", "creator")
    assert first["creator"] == str(anna.creator.uid)
    assert (second["choice"], second["creator"], second["channel"]) == ("unknown", None, None)
    shares = rest.json("survey-shares/", first="2026-09-01", last="2026-09-30")["results"]
    assert [(one["name"], one["number"], one["share"]) for one in shares] == [
        ("Anna", 1, 0.5),
        ("Not known", 1, 0.5),
    ]
    assert_problem(rest.get("survey-shares/", first="2026-09-02", last="2026-09-01"), 400)
    body["answers"][0]["text"] = "From Bob"
    assert_problem(rest.send("POST", "survey-answers/", body), 409, "known_differently")
    body["answers"][1]["day"] = "2190-01-01"
    body["answers"][0]["key"] = "another"
    wrong = rest.send("POST", "survey-answers/", body)
    assert_problem(wrong, 400, "out_of_range", at="/answers/1/day")
