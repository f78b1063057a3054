"""Over REST: answers of the survey and their rules, lifts, watched posts, search words."""

from __future__ import annotations

from django.utils import timezone

from campaigns.models import (
    Brief,
    FirstReading,
    KeywordList,
    PlatformWeek,
    SeriesLift,
    SurveyAnswer,
    SurveyRule,
)
from campaigns.services.keywords.counting import count_uses
from crm.choices import Role
from crm.models import PostMetricSnapshot
from tests.campaigns.made import make_campaign
from tests.factories import NOW, PostFactory, ProfileFactory
from tests.rest import assert_problem


def test_answers_are_taken_by_rules_or_by_people(db, world):
    rest = world[Role.ANALYST]
    [kept] = rest.json("survey-rules/")["results"]
    rest.send("DELETE", f"survey-rules/{kept['id']}/")
    said = {"words": "A  FRIEND!", "choice": "channel", "channel": "Friends"}
    made = rest.send("POST", "survey-rules/", said)
    assert (made.status_code, made.json()["words"]) == (201, "a friend")
    answer = SurveyAnswer.objects.get()
    here = f"survey-answers/{answer.pk}/"
    assert (rest.json(here)["channel"], rest.json(here)["is_decided"]) == ("Friends", False)
    for change, pointer, code in (
        ({}, "/words", "named_twice"),
        ({"words": "mia", "choice": "creator"}, "/creator", "creator_needed"),
        ({"words": "shop", "channel": ""}, "/channel", "channel_needed"),
        ({"words": "!!"}, "/words", "words_needed"),
        ({"words": "mia", "creator": str(NOW.date())}, "/creator", "invalid"),
    ):
        world.refused(Role.ANALYST, "POST", "survey-rules/", said | change, 400, pointer, code)
    uid = str(world.piece.engagement.relationship.creator.uid)
    decided = rest.send("PATCH", here, {"choice": "creator", "creator": uid}).json()
    assert (decided["creator"], decided["channel"], decided["is_decided"]) == (uid, None, True)
    world.refused(
        Role.ANALYST, "PATCH", here, {"choice": "creator"}, 400, "/creator", "creator_needed"
    )
    world.elsewhere("PATCH", here, {"choice": "unknown"})
    world.elsewhere("DELETE", f"survey-rules/{made.json()['id']}/")
    assert_problem(world[Role.LEGAL].send("PATCH", here, {"choice": "unknown"}), 403)
    assert SurveyRule.objects.count() == 1


def test_a_lift_is_asked_for_and_dropped(db, world):
    rest, here = world[Role.MANAGER], f"campaigns/{world.campaign.key}/lifts/"
    [first] = rest.json(here)["results"]
    assert rest.json(f"lifts/{first['id']}/") == first
    spans = {
        "before": {"first": "2026-09-01", "last": "2026-09-14"},
        "after": {"first": "2026-09-15", "last": "2026-09-28"},
    }
    said = {"series": "brand-search", "days_back": 364} | spans
    made = rest.send("POST", here, said)
    assert made.status_code == 201, made.content
    assert (made.json()["before"], made.json()["lift"]) == (spans["before"], None)
    assert made.json()["reason_if_absent"]
    for change, pointer, code in (
        ({"series": "nowhere"}, "/series", "unknown_series"),
        ({"days_back": 363}, "/days_back", "control"),
        ({"days_back": None}, "/control", "control"),
        ({"control": "brand-search", "days_back": None}, "/control", "control"),
        ({"after": spans["before"]}, "/after/first", "overlap"),
        ({"before": {"first": "2026-09-01", "last": "2026-09-02"}}, "/before/last", "out_of_range"),
    ):
        world.refused(Role.MANAGER, "POST", here, said | change, 400, pointer, code)
    half = {"series": "brand-search", "days_back": 364, "before": spans["before"]}
    world.refused(Role.MANAGER, "POST", here, half, 400, "/after", "required")
    world.elsewhere("DELETE", f"lifts/{first['id']}/")
    assert_problem(world[Role.LEGAL].send("POST", here, said), 403)
    assert rest.send("DELETE", f"lifts/{first['id']}/").status_code == 204
    assert SeriesLift.objects.get().pk == made.json()["id"]


def test_a_post_below_the_usual_is_explained_once(db, world):
    rest, here = world[Role.MANAGER], f"post-alerts/{FirstReading.objects.get().pk}"
    assert rest.json(f"{here}/")["answer"] is None
    said = {"reason": "Posted during the final"}
    world.refused(Role.MANAGER, "POST", f"{here}:dismiss", {"reason": " "}, 400, "/reason", "blank")
    assert_problem(world[Role.ANALYST].send("POST", f"{here}:dismiss", said), 403)
    world.elsewhere("POST", f"{here}:dismiss", said)
    assert rest.send("POST", f"{here}:dismiss", said).json()["answer"] == said["reason"]
    world.refused(Role.MANAGER, "POST", f"{here}:dismiss", said, 409, "", "outdated")


def test_a_week_in_which_a_platform_moved(db, world):
    rest, week = world[Role.STRATEGIST], PlatformWeek.objects.get()
    here = f"platform-weeks/{week.pk}"
    world.refused(Role.STRATEGIST, "POST", f"{here}:note", {}, 409, "", "no_shift")
    PlatformWeek.objects.update(is_shift=True)
    world.refused(
        Role.STRATEGIST, "POST", f"{here}:dismiss", {"reason": ""}, 400, "/reason", "blank"
    )
    noted = rest.send("POST", f"{here}:note", {"title": "Ranks by watch time"})
    assert noted.json()["state"] == "noted"
    assert [one["title"] for one in rest.json("day-notes/")["results"]] == ["Ranks by watch time"]
    world.refused(Role.STRATEGIST, "POST", f"{here}:dismiss", {"reason": "No"}, 409, "", "outdated")
    world.elsewhere("POST", f"{here}:note", {})


def test_counts_of_a_post_are_added_and_never_overwritten(db, world):
    creator = world.piece.engagement.relationship.creator
    post = PostFactory(profile=ProfileFactory(creator=creator), posted_at=NOW.replace(month=10))
    rest, here = world[Role.MANAGER], f"posts/{post.pk}/counts/"
    one = {"captured_at": "2026-11-01T09:00:00Z", "likes": 80, "views": None}
    two = one | {"captured_at": "2026-11-02T09:00:00Z", "likes": 90}
    answer = rest.send("POST", here, {"counts": [one, two]})
    assert (answer.status_code, answer.json()) == (201, {"new": 2, "known": 0})
    again = rest.send("POST", here, {"counts": [two]})
    assert (again.status_code, again.json()) == (200, {"new": 0, "known": 1})
    assert rest.json(f"posts/{post.pk}/")["likes"] == 90
    for rows, status, pointer, code in (
        ([one, two | {"likes": 91}], 409, "", "known_differently"),
        ([one, {"captured_at": "2026-11-03T09:00:00Z"}], 400, "/counts/1/likes", "number_needed"),
        ([one | {"captured_at": "2190-01-01"}], 400, "/counts/0/captured_at", "ahead"),
        ([one | {"captured_at": "2020-01-01"}], 400, "/counts/0/captured_at", "too_early"),
        ([one | {"likes": -1}], 400, "/counts/0/likes", "min_value"),
        ([], 400, "/counts", "min_length"),
    ):
        world.refused(Role.MANAGER, "POST", here, {"counts": rows}, status, pointer, code)
    world.elsewhere("POST", here, {"counts": [one]})
    assert_problem(world[Role.ANALYST].send("POST", here, {"counts": [one]}), 403)
    assert PostMetricSnapshot.objects.filter(post=post).count() == 2


def test_posting_times_of_a_creator_and_of_a_campaign(db, world):
    creator = world.piece.engagement.relationship.creator
    profile = ProfileFactory(creator=creator)
    moment = NOW.replace(month=10)
    for _ in range(5):
        PostFactory(profile=profile, posted_at=moment, likes=9, comments=1, metrics_at=NOW)
    rest = world[Role.ANALYST]

    def number(**asked):
        return sum(row["posts"] for row in rest.json("posting-times/", **asked)["results"])

    assert number() == number(creator=str(creator.uid)) == 5
    assert number(campaign=world.campaign.key) == 5
    assert number(platform="twitch") == 0
    world.campaign.engagements.update(stage="dropped")
    assert (number(campaign=world.campaign.key), number()) == (0, 5)
    for asked, code in (
        ({"campaign": "nowhere"}, "unknown_campaign"),
        ({"creator": "00000000-0000-0000-0000-000000000000"}, "unknown_creator"),
        ({"creator": str(creator.uid), "campaign": world.campaign.key}, "invalid"),
    ):
        assert_problem(rest.get("posting-times/", **asked), 400, code)


def test_a_list_of_search_words_goes_with_its_words(db, world):
    rest = world[Role.STRATEGIST]
    words = [{"query": "hand soap", "volume": 90}, {"query": "soap dish"}]
    made = rest.send("POST", "keyword-lists/", {"name": "Soap", "words": words}).json()
    here = f"keyword-lists/{made['id']}"
    assert rest.send("POST", f"{here}:assign", {"campaign": world.campaign.key}).json() == {
        "new": 2
    }
    whole = rest.json(f"{here}/")
    # Nobody has read posts for it yet.
    assert (whole["words"], whole["nowhere"], whole["known"], whole["typed"]) == (2, None, 1, 90)
    assert (whole["exact"], whole["variant"], whole["covered"]) == (None, None, None)
    count_uses(brand=world.brand, at=timezone.now())
    whole = rest.json(f"{here}/")
    assert (whole["exact"], whole["nowhere"], whole["typed"], whole["covered"]) == (0, 2, 90, 0)
    KeywordList.objects.get().keywords.update(volume=None)
    whole = rest.json(f"{here}/")
    assert (whole["known"], whole["typed"], whole["covered"]) == (0, None, None)
    of_campaign = rest.json(f"campaigns/{world.campaign.key}/keywords/")["results"]
    assert [(row["query"], row["exact"]) for row in of_campaign] == [
        ("hand soap", []),
        ("soap dish", []),
    ]
    assert rest.json(f"keywords/{of_campaign[0]['word']}/posts/")["results"] == []
    one = of_campaign[0]["word"]
    world.elsewhere("GET", f"keywords/{one}/posts/")
    world.elsewhere("POST", f"{here}:unassign", {"campaign": world.campaign.key})
    gone = {"campaign": world.campaign.key, "words": [one]}
    assert rest.send("POST", f"{here}:unassign", gone).json() == {"gone": 1}
    assert rest.send("POST", f"{here}:unassign", gone).json() == {"gone": 0}
    [left] = rest.json(f"campaigns/{world.campaign.key}/keywords/")["results"]
    assert left["query"] == "soap dish"
    world.elsewhere("DELETE", f"{here}/")
    assert_problem(world[Role.ANALYST].send("DELETE", f"{here}/"), 403)
    assert rest.send("DELETE", f"{here}/").status_code == 204
    assert not KeywordList.objects.exists()
    assert rest.json(f"campaigns/{world.campaign.key}/keywords/")["results"] == []


def test_what_is_refused_of_search_words_is_named_with_its_place(db, world):
    rest, key = world[Role.STRATEGIST], world.campaign.key
    words = [{"query": "hand soap", "volume": 90}, {"query": "Hand  soap", "volume": 80}]

    def refused(address, said, pointer, code):
        world.refused(Role.STRATEGIST, "POST", address, said, 400, pointer, code)

    asked = {"name": "Soap", "words": words}
    refused("keyword-lists/", asked, "/words/1/query", "told_differently")
    assert not KeywordList.objects.exists()
    asked = {"name": "Soap", "words": words[:1]}
    made = rest.send("POST", "keyword-lists/", asked).json()
    refused("keyword-lists/", asked | {"name": "soap"}, "/name", "name_taken")
    elsewhere = Brief.objects.create(campaign=make_campaign(world.brand, name="Another"))
    for asked, pointer, code in (
        ({"campaign": key, "words": [2**40]}, "/words", "unknown_words"),
        ({"campaign": key, "words": []}, "/words", "unknown_words"),
        ({"campaign": "nowhere"}, "/campaign", "unknown_campaign"),
        ({"campaign": key, "brief": elsewhere.pk}, "/brief", "unknown_brief"),
        ({"campaign": key, "brief": 2**40}, "/brief", "unknown_brief"),
    ):
        refused(f"keyword-lists/{made['id']}:assign", asked, pointer, code)
    mine = Brief.objects.create(campaign=world.campaign)
    for new in (1, 0):
        asked = {"campaign": key, "brief": mine.pk}
        answer = rest.send("POST", f"keyword-lists/{made['id']}:assign", asked)
        assert answer.json() == {"new": new}
    [row] = rest.json(f"campaigns/{key}/keywords/")["results"]
    assert row["brief"] == mine.pk
