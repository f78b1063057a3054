"""Requests to put a disclosure right over REST: read, asked by hand, asked again, ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Remediation
from crm.choices import Scope
from tests.campaigns.remediation.worlds import asked, wanting
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


def test_requests_are_listed_narrowed_and_told_whole(brand, manager, legal, outsider, other_brand):
    review = wanting(brand, manager, legal)
    made = asked(review, manager)
    rest = rest_as(legal, brand)
    [row] = rest.json("remediations/")["results"]
    assert (row["id"], row["state"], row["times"]) == (made.pk, "open", 1)
    assert (row["review"], row["channel"], row["owner"]) == (review.pk, "message", manager.email)
    assert rest.json("remediations/", state="resolved")["results"] == []
    whole = rest.json(f"remediations/{made.pk}/")
    [event] = whole["events"]
    assert (event["act"], event["by"]) == ("ask", manager.display_name)
    assert event["words"] == "Begin with “Reklame”."
    assert rest.get("remediations/", state="nothing").status_code == 400
    elsewhere = rest_as(outsider, other_brand)
    assert elsewhere.json("remediations/")["results"] == []
    assert elsewhere.get(f"remediations/{made.pk}/").status_code == 404
    assert rest_as(legal, brand, [Scope.CREATORS_READ]).get("remediations/").status_code == 403


def test_asked_by_hand_asked_again_and_put_right(brand, manager, legal, outsider, other_brand):
    review = wanting(brand, manager, legal, at=timezone.now())
    rest = rest_as(manager, brand)
    due = (timezone.now() + timedelta(days=2)).isoformat()
    ask = {"review": review.pk, "words": "Begin with “Reklame”.", "due_at": due}
    for said, pointer, code in (
        ({"channel": "mail"}, "/channel", "invalid_choice"),
        ({"channel": "phone", "due_at": "2020-01-01"}, "/due_at", "invalid"),
        ({"channel": "phone", "review": 2**40}, "/review", "does_not_exist"),
    ):
        [fault] = assert_problem(rest.send("POST", "remediations/", ask | said), 400)["errors"]
        assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert not Remediation.objects.exists()
    made = rest.send("POST", "remediations/", ask | {"channel": "phone"})
    assert made.status_code == 201, made.content
    path = f"remediations/{made.json()['id']}"
    assert (made.json()["state"], made.json()["channel"]) == ("open", "phone")
    assert_problem(rest.send("POST", "remediations/", ask | {"channel": "phone"}), 409)
    more = {"version": 1, "words": "Please, today", "due_at": due, "channel": "message"}
    again = rest.send("POST", f"{path}:again", more).json()
    assert (again["times"], again["channel"], again["version"]) == (2, "message", 2)
    assert_problem(rest.send("POST", f"{path}:again", more), 409, "outdated")
    elsewhere = rest_as(outsider, other_brand)
    for verb in ("again", "done", "withdraw"):
        assert_problem(elsewhere.send("POST", f"{path}:{verb}", more), 404)
    done = rest.send("POST", f"{path}:done", {"version": 2, "note": "She says so"}).json()
    assert done["events"][-1]["note"] == "She says so"
    gone = rest.send("POST", f"{path}:withdraw", {"version": done["version"], "reason": "Gone"})
    assert gone.json()["state"] == "withdrawn"
