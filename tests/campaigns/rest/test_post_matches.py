"""Posts that may be a campaign's over REST: suggested with reasons, set aside, tied to a piece."""

from __future__ import annotations

import pytest

from campaigns.choices import DeliverableState
from campaigns.models import PostSetAside
from crm.models import AuditEntry
from tests.campaigns.publishing.pieces import batch, listed, piece, producing, running
from tests.factories import NOW
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


def test_a_post_is_set_aside_taken_up_and_tied_to_its_piece(
    brand, other_brand, outsider, manager, strategist
):
    campaign = running(brand, manager)
    early = piece(producing(campaign), DeliverableState.PLANNED)
    place = early.engagement
    post = listed(batch(brand), place.relationship.creator.profiles.get(), "x1", NOW)
    post.caption = f"With #{brand.slug}"
    post.save()
    rest, below = rest_as(manager, brand), f"campaigns/{campaign.key}/posts"
    [found] = rest.json(f"{below}/")["results"]
    assert (found["post"], found["engagement"], found["is_aside"]) == (post.pk, place.pk, False)
    assert found["reasons"]
    assert [fit["deliverable"] for fit in found["fits"]] == [early.pk]

    which = {"post": post.pk}
    assert rest.send("POST", f"{below}:aside", which).status_code == 204
    [aside] = rest.json(f"{below}/")["results"]
    assert (aside["is_aside"], aside["fits"]) == (True, [])
    assert rest.send("POST", f"{below}:again", which).status_code == 204
    assert not PostSetAside.objects.exists()

    tied = {**which, "deliverable": early.pk}
    entries = AuditEntry.objects.count()
    # It was not approved: somebody says what happened.
    assert_problem(rest.send("POST", f"{below}:match", tied), 409, "reason_needed")
    for verb, said, pointer in (
        ("match", {**tied, "deliverable": 99_999}, "/deliverable"),
        ("match", {**tied, "post": 99_999}, "/post"),
        ("aside", {"post": 99_999}, "/post"),
        ("again", {"post": 99_999}, "/post"),
    ):
        [fault] = assert_problem(rest.send("POST", f"{below}:{verb}", said), 400)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, f"unknown_{pointer[1:]}")
    assert_problem(rest.send("POST", f"{below}:match", which), 400, "required")
    assert_problem(rest_as(strategist, brand).send("POST", f"{below}:aside", which), 403)
    elsewhere = rest_as(outsider, other_brand)
    assert_problem(elsewhere.get(f"{below}/"), 404)
    assert_problem(elsewhere.send("POST", f"{below}:match", tied), 404)
    assert AuditEntry.objects.count() == entries
    done = rest.send("POST", f"{below}:match", {**tied, "because": "They did not wait"})
    assert done.status_code == 200, done.content
    assert (done.json()["post"], done.json()["exception_because"]) == (post.pk, "They did not wait")
    assert rest.json(f"{below}/")["results"] == []
