"""Over REST: remarks, the fast lane, coverage of events, shops that send orders, tagged posts."""

from __future__ import annotations

from datetime import timedelta

from campaigns.models import Comment, ConversionFeed, EventPost, FastLane, Submission
from crm.choices import Role
from tests.campaigns.conversions.worlds import make_code, order
from tests.campaigns.events.worlds import ENDS, STARTS, an_event, invited
from tests.campaigns.rest.conftest import if_match
from tests.campaigns.submissions.worlds import a_page, handed_in
from tests.factories import PostFactory, ProfileFactory
from tests.rest import assert_problem


def test_a_remark_is_settled_and_shown(db, world):
    rest, remark = world[Role.MANAGER], Comment.objects.get()
    here = f"remarks/{remark.pk}"
    assert rest.send("POST", f"{here}:settle", {}).json()["resolved_at"] is not None
    again = rest.send("POST", f"{here}:settle", {"is_settled": False}).json()
    assert (again["resolved_at"], again["is_visible"]) == (None, False)
    answer = Comment.objects.create(
        deliverable=remark.deliverable, draft=remark.draft, parent=remark, text="This", name="x",
        at=remark.at,
    )  # fmt: skip
    world.refused(Role.MANAGER, "POST", f"remarks/{answer.pk}:show", None, 409, "", "refused")
    wrong = {"is_settled": "maybe"}
    world.refused(Role.MANAGER, "POST", f"{here}:settle", wrong, 400, "/is_settled", "invalid")
    assert rest.send("POST", f"{here}:show").json()["is_visible"] is True
    assert rest.json(f"{here}/")["is_visible"] is True
    assert_problem(world[Role.ANALYST].send("POST", f"{here}:show"), 403)
    world.elsewhere("POST", f"{here}:settle", {})


def test_a_creator_leaves_the_fast_lane(db, world):
    rest, here = world[Role.MANAGER], f"engagements/{world.piece.engagement_id}/fast-lane/"
    lane = rest.get(here)
    assert (lane.json()["gate_hours"], lane.json()["reason"]) == (4, "Rain")
    world.elsewhere("DELETE", here)
    assert_problem(world[Role.ANALYST].send("DELETE", here), 403)
    assert_problem(if_match(rest, "DELETE", here, '"other"'), 412, "outdated")
    assert FastLane.objects.exists()
    assert if_match(rest, "DELETE", here, lane["ETag"]).status_code == 204
    assert_problem(rest.get(here), 404)
    assert_problem(rest.send("DELETE", here), 404)


def test_posts_count_as_coverage_of_an_event_or_not(db, world):
    manager = world.people[Role.MANAGER]
    event = an_event(world.brand, manager, world.campaign, hashtag="winterdinner")
    [mia] = invited(event, manager, "Mia")
    mia.state = "accepted"
    mia.save()
    creator = mia.relationship.creator
    post = PostFactory(
        profile=ProfileFactory(creator=creator),
        caption="What a night #winterdinner",
        posted_at=STARTS + timedelta(hours=1),
    )
    other = PostFactory(posted_at=ENDS)
    rest, here = world[Role.MANAGER], f"events/{event.pk}/coverage/"
    [row] = rest.json(here)["results"]
    assert (row["post"], row["verdict"], row["creator"]) == (post.pk, None, str(creator.uid))
    [row] = rest.send("POST", here, {"post": post.pk, "verdict": "yes"}).json()["results"]
    assert (row["verdict"], row["by"]) == ("yes", manager.email)
    for body, pointer, code in (
        ({"post": other.pk, "verdict": "yes"}, "/post", "unknown_post"),
        ({"post": post.pk, "verdict": "maybe"}, "/verdict", "invalid_choice"),
        ({"post": post.pk}, "/verdict", "required"),
    ):
        world.refused(Role.MANAGER, "POST", here, body, 400, pointer, code)
    mia.state = "declined"
    mia.save()
    body = {"post": post.pk, "verdict": "yes"}
    world.refused(Role.MANAGER, "POST", here, body, 409, "", "refused")
    world.elsewhere("POST", here, body)
    assert_problem(world[Role.ANALYST].send("POST", here, body), 403)
    rest.send("POST", here, {"post": post.pk, "verdict": None})
    assert not EventPost.objects.exists()


def test_a_shop_is_set_up_tried_changed_and_ended(db, world):
    rest = world[Role.ADMIN]
    places = {"key": "/id", "at": "/created_at", "value": "/total"}
    tried = {"places": places, "sample": '{"id": 7, "created_at": "2026-11-20T18:05:00Z"}'}
    read = rest.send("POST", "conversion-feeds:trial", tried).json()
    assert (read["key"], read["value"], read["code"]) == ("7", None, None)
    for sample, pointer, code in (
        ("{", "/sample", "parse_error"),
        ('{"id": 7}', "/places/at", "required"),
        ('{"id": 7, "created_at": "soon"}', "/places/at", "invalid"),
        (
            '{"id": 7, "created_at": "2026-11-20T18:05:00Z", "total": NaN}',
            "/places/value",
            "invalid",
        ),
    ):
        body = tried | {"sample": sample}
        world.refused(Role.ADMIN, "POST", "conversion-feeds:trial", body, 400, pointer, code)
    said = {"name": "Web shop", "signature": "body", "places": places}
    made = rest.send("POST", "conversion-feeds/", said)
    assert made.status_code == 201, made.content
    assert len(made.json()["secret"]) > 30
    here = f"conversion-feeds/{made.json()['id']}/"
    shown = rest.json(here)
    assert "secret" not in shown
    assert shown["places"]["value"] == "/total"
    world.refused(Role.ADMIN, "POST", "conversion-feeds/", said, 400, "/name", "invalid")
    wrong = said | {"name": "B", "places": places | {"value": "total"}}
    world.refused(Role.ADMIN, "POST", "conversion-feeds/", wrong, 400, "/places/value", "invalid")
    assert_problem(world[Role.MANAGER].send("POST", "conversion-feeds/", said), 403)
    before = ConversionFeed.objects.get(pk=shown["id"]).secret
    named = rest.send("PATCH", here, {"version": 1, "name": "Till"}).json()
    assert (named["name"], named["places"], named["version"]) == ("Till", shown["places"], 2)
    assert ConversionFeed.objects.get(pk=shown["id"]).secret == before
    late = {"version": 1, "name": "Other"}
    world.refused(Role.ADMIN, "PATCH", here, late, 409, "", "outdated")
    world.elsewhere("DELETE", here)
    assert rest.send("DELETE", here).status_code == 204
    assert rest.json(here)["archived_at"] is not None
    assert_problem(rest.send("DELETE", here), 404)


def test_a_code_that_nobody_knew_is_found_to_be_one(db, world):
    rest, code = world[Role.MANAGER], make_code(world.brand, "MIA10")
    order(world.brand, code_text="mia-10", key="a")
    order(world.brand, code_text="MIA-10", key="b")
    [row] = rest.json("unknown-codes/")["results"]
    assert (row["written"], row["number"]) == ("MIA-10", 2)
    said = {"written": "MIA-10", "code": code.pk}
    for change, status, pointer, fault in (
        ({"code": 10**9}, 400, "/code", "unknown_code"),
        ({"written": "NOBODY"}, 409, "", "outdated"),
    ):
        world.refused(
            Role.MANAGER, "POST", "unknown-codes:adopt", said | change, status, pointer, fault
        )
    assert_problem(world[Role.ANALYST].send("POST", "unknown-codes:adopt", said), 403)
    assert rest.send("POST", "unknown-codes:adopt", said).json() == {"conversions": 2}
    assert rest.json("unknown-codes/")["results"] == []


def test_tagged_posts_go_into_the_inbox_and_out_of_it(db, world):
    manager = world.people[Role.MANAGER]
    page = a_page(world.brand, manager, world.campaign, hashtag="balconies")
    creator = world.piece.engagement.relationship.creator
    moment = page.campaign.starts_on
    post = PostFactory(
        profile=ProfileFactory(creator=creator),
        caption="Mine #balconies",
        posted_at=f"{moment}T12:00:00Z",
    )
    rest, here = world[Role.MANAGER], f"campaigns/{world.campaign.key}/submission-posts/"
    [row] = rest.json(here)["results"]
    assert (row["post"], row["text"]) == (post.pk, "Mine #balconies")
    body = {"posts": [post.pk, 10**9]}
    world.refused(Role.MANAGER, "POST", here, body, 400, "/posts/1", "unknown_post")
    world.refused(Role.MANAGER, "POST", here, {"posts": []}, 400, "/posts", "min_length")
    world.elsewhere("POST", here, body)
    assert_problem(world[Role.LEGAL].get(here), 403)
    taken = rest.send("POST", here, {"posts": [post.pk]})
    assert (taken.status_code, [one["origin"] for one in taken.json()]) == (201, ["post"])
    assert rest.json(here)["results"] == []
    chain = rest.json(f"campaigns/{world.campaign.key}/submission-chain/")["results"]
    assert [one["engagement"] for one in chain] == [world.piece.engagement_id]
    number = taken.json()[0]["id"]
    world.elsewhere("DELETE", f"submissions/{number}/")
    assert_problem(rest.get(f"submissions/{number}/file"), 404)
    assert rest.send("DELETE", f"submissions/{number}/").status_code == 204
    assert_problem(rest.send("DELETE", f"submissions/{number}/"), 404)
    kept = handed_in(page, may_use=True)
    rest.send("POST", f"submissions/{kept.pk}:accept", {"version": kept.version})
    world.refused(
        Role.MANAGER, "DELETE", f"submissions/{kept.pk}/", None, 409, "", "not_in_this_state"
    )
    assert Submission.objects.get().pk == kept.pk
