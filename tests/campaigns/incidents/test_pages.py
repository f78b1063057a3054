"""The pages of incidents, pauses and risk: what each role sees and may do there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import CampaignHold, RiskOverride
from crm.models import Brand, Hold, Incident, Relationship, User
from tests.campaigns.incidents.made import reported
from tests.campaigns.made import engage, make_campaign
from tests.factories import RelationshipFactory

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
WORDS = "neighbour"


@pytest.fixture
def creator(brand: Brand) -> Relationship:
    return RelationshipFactory(brand=brand, creator__name="Anna Holm")


def test_reported_from_the_creators_page(
    brand: Brand, creator: Relationship, manager_client: Client
) -> None:
    make_campaign(brand)
    address = f"/acme/legal/incidents/new/?creator={creator.creator.uid}"
    assert b"Report an incident about Anna Holm" in manager_client.get(address).content
    refused = manager_client.post(address, {"kind": "other", "severity": "low", "what": ""})
    assert refused.status_code == 422
    said = {"kind": "claim", "severity": "high", "what": "Heals warts", "happened_on": ""}
    done = manager_client.post(address, said)
    made = Incident.objects.get()
    assert (done.status_code, done["Location"]) == (302, f"/acme/legal/incidents/{made.pk}/")
    assert (made.relationship, made.kind) == (creator, "claim")


def test_the_words_are_for_few(
    brand: Brand,
    creator: Relationship,
    legal: User,
    legal_client: Client,
    manager_client: Client,
    outsider_client: Client,
) -> None:
    made = reported(brand, legal, creator)
    address = f"/acme/legal/incidents/{made.pk}/"
    legal_client.post(f"{address}files/", {"file": SimpleUploadedFile("seen.pdf", PDF)})
    file = made.files.get()
    assert WORDS in legal_client.get(address).content.decode()
    page = manager_client.get(address).content.decode()
    assert WORDS not in page
    assert "seen.pdf" not in page
    assert "Controversy" in page
    assert outsider_client.get(address).status_code == 404
    got = legal_client.get(f"{address}files/{file.pk}/")
    assert b"".join(got.streaming_content) == PDF  # type: ignore[attr-defined]
    assert got["Content-Disposition"] == 'attachment; filename="seen.pdf"'
    assert manager_client.get(f"{address}files/{file.pk}/").status_code == 403
    listed = manager_client.get("/acme/legal/incidents/export.csv")
    assert WORDS.encode() not in b"".join(listed.streaming_content)  # type: ignore[attr-defined]
    done = manager_client.post(f"{address}contain/", {"version": 1, "reason": "Mine"})
    assert done.status_code == 403
    made.refresh_from_db()
    assert made.state == "open"


def test_worked_on(
    brand: Brand, creator: Relationship, manager: User, legal_client: Client
) -> None:
    made = reported(brand, manager, creator)
    address = f"/acme/legal/incidents/{made.pk}/"
    legal_client.post(f"{address}confirm/", {"version": 1})
    legal_client.post(f"{address}contain/", {"version": 2, "reason": "Down"})
    # From an old page: nothing is done, and it says so.
    stale = legal_client.post(f"{address}resolve/", {"version": 2, "reason": "Gone"}, follow=True)
    assert "Somebody changed this incident" in stale.content.decode()
    legal_client.post(f"{address}steps/1/", {"is_done": "1"})
    legal_client.post(f"{address}steps/2/", {"reason": "Nobody knows"})
    legal_client.post(f"{address}note/", {"text": "Her agent called"})
    assert legal_client.post(f"{address}note/", {"text": ""}).status_code == 422
    assert legal_client.post(f"{address}nonsense/", {"version": 3}).status_code == 404
    assert legal_client.post(f"{address}steps/99/", {"is_done": "1"}).status_code == 404
    made.refresh_from_db()
    assert (made.state, made.confirmed_at is None) == ("contained", False)
    assert made.steps.filter(done_at__isnull=False).count() == 2
    page = legal_client.get(address).content.decode()
    assert "Her agent called" in page
    change = {"kind": "ip", "severity": "low", "what": "A song", "version": made.version}
    assert legal_client.post(f"{address}change/", change).status_code == 302
    made.refresh_from_db()
    assert made.kind == "ip"


def test_lists_ask_the_same_number_of_queries(
    brand: Brand, manager: User, legal_client: Client
) -> None:
    counted = []
    for _round in range(2):
        for _one in range(3):
            reported(brand, manager, RelationshipFactory(brand=brand))
        for row in Incident.objects.all():
            legal_client.post(f"/acme/creators/{row.relationship.creator.uid}/risk/now/")  # type: ignore[union-attr]
        with CaptureQueriesContext(connection) as asked:
            page = legal_client.get("/acme/legal/incidents/?state=open&kind=controversy")
        assert page.status_code == 200
        with CaptureQueriesContext(connection) as of_risk:
            assert legal_client.get("/acme/legal/risk/").status_code == 200
        with CaptureQueriesContext(connection) as of_pauses:
            assert legal_client.get("/acme/legal/pauses/").status_code == 200
        counted.append((len(asked), len(of_risk), len(of_pauses)))
    assert counted[0] == counted[1]


def test_paused_and_lifted(
    brand: Brand,
    creator: Relationship,
    manager_client: Client,
    legal_client: Client,
    analyst_client: Client,
) -> None:
    make_campaign(brand)
    assert manager_client.get("/acme/legal/pauses/new/").status_code == 403
    assert analyst_client.post("/acme/legal/pauses/new/?campaign=spring-launch").status_code == 403
    new = "/acme/legal/pauses/new/"
    assert manager_client.post(f"{new}?campaign=spring-launch", {"reason": ""}).status_code == 422
    assert manager_client.get(f"{new}?creator=nonsense").status_code == 404
    manager_client.post(f"{new}?campaign=spring-launch", {"reason": "Recall"})
    manager_client.post(f"{new}?creator={creator.creator.uid}", {"reason": "Look first"})
    legal_client.post(new, {"reason": "Crisis"})
    of_all = Hold.objects.get(relationship=None)
    campaign = CampaignHold.objects.get()
    page = manager_client.get("/acme/legal/pauses/").content.decode()
    # Every page says it, and the campaign's own say why.
    assert "Everything of Acme is paused: nothing is sent, approved or published." in page
    assert "Legal or an admin lifts it." in page
    top = manager_client.get("/acme/campaigns/spring-launch/pause/").content.decode()
    assert "Recall" in top
    lift = f"/acme/legal/pauses/creator/{of_all.pk}/lift/"
    assert manager_client.post(lift, {"reason": "Over"}).status_code == 403
    of_all.refresh_from_db()
    assert of_all.lifted_at is None
    legal_client.post(lift, {"reason": "Over"})
    manager_client.post(f"/acme/legal/pauses/campaign/{campaign.pk}/lift/", {"reason": "Fixed"})
    assert Hold.objects.in_force(timezone.now()).count() == 1
    assert CampaignHold.objects.in_force(timezone.now()).count() == 0
    page = legal_client.get("/acme/legal/pauses/").content.decode()
    assert "Everything of Acme is paused" not in page
    assert "Fixed" in page


def test_risk_of_a_creator(
    brand: Brand, creator: Relationship, legal_client: Client, analyst_client: Client
) -> None:
    engage(make_campaign(brand, goods=["alcohol"]), relationship=creator)
    address = f"/acme/creators/{creator.creator.uid}/risk/"
    assert "Not computed yet" in legal_client.get(address).content.decode()
    assert legal_client.post(f"{address}now/").status_code == 302
    page = legal_client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "15.0 points" in page
    assert "alcohol (Spring launch)" in page
    assert "Not known, so it brought no points: Missed disclosures" in page
    last = timezone.localdate() + timedelta(days=30)
    said = {"tier": "high", "reason": "Her agent lied", "last_day": last.isoformat()}
    assert analyst_client.post(f"{address}override/", said).status_code == 403
    assert legal_client.post(f"{address}override/", said | {"reason": ""}).status_code == 422
    assert not RiskOverride.objects.exists()
    legal_client.post(f"{address}override/", said)
    listed = analyst_client.get("/acme/legal/risk/?tier=high").content.decode()
    assert "Anna Holm" in listed
    assert "said; computed low" in listed
    assert (
        "Nobody is of this risk"
        in analyst_client.get("/acme/legal/risk/?tier=low").content.decode()
    )
    sheet = analyst_client.get("/acme/legal/risk/export.csv")
    assert b"Anna Holm,High,Low,15.0" in b"".join(sheet.streaming_content)  # type: ignore[attr-defined]
    legal_client.post(f"{address}override/end/")
    assert "Anna Holm" in analyst_client.get("/acme/legal/risk/?tier=low").content.decode()


def test_runbooks(brand: Brand, legal_client: Client, manager_client: Client) -> None:
    assert "as Rapport brings them" in manager_client.get("/acme/legal/runbooks/").content.decode()
    address = "/acme/legal/runbooks/data/"
    assert "Tell the data protection officer" in manager_client.get(address).content.decode()
    said = {"first_hour": "Call Mia\nStop", "statement": "Soon.", "version": 0}
    assert manager_client.post(address, said).status_code == 403
    assert legal_client.post(address, said | {"first_hour": ""}).status_code == 422
    assert legal_client.post(address, said).status_code == 302
    assert "Call Mia" in manager_client.get(address).content.decode()
    assert legal_client.get("/acme/legal/runbooks/nonsense/").status_code == 404
    assert legal_client.post(address, {"usual": "1"}).status_code == 302
    assert "Call Mia" not in manager_client.get(address).content.decode()


def test_the_first_pages_say_what_to_do(brand: Brand, manager_client: Client) -> None:
    for address, words in (
        ("/acme/legal/incidents/", "Nothing has gone wrong yet"),
        ("/acme/legal/pauses/", "Nothing is paused"),
        ("/acme/legal/risk/", "Nothing to compute yet"),
    ):
        assert words in manager_client.get(address).content.decode()


@pytest.mark.parametrize(
    ("page", "minute"), [("risk", "04:20"), ("reliability", "04:30"), ("trust", "04:30")]
)
def test_before_the_first_night_lists_say_when_it_is_computed(
    brand: Brand, manager_client: Client, page: str, minute: str
) -> None:
    engage(make_campaign(brand))
    shown = manager_client.get(f"/acme/legal/{page}/").content.decode()
    assert "Not computed yet" in shown
    assert f"1 creator waits for it: it is computed in the coming night, at {minute} UTC" in shown
