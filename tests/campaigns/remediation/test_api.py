"""Requests to put a disclosure right over REST: read only, by who may read legal's work."""

from __future__ import annotations

import pytest

from crm.choices import Scope
from tests.campaigns.remediation.worlds import asked, wanting
from tests.rest import rest_as

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
