"""The pages of briefs, claims and policies: written, submitted, decided, exported, refused."""

from __future__ import annotations

import pytest
from django.urls import reverse

from campaigns.choices import BriefState, ClaimStatus, EngagementStage
from campaigns.models import Brief, BriefAcceptance, BriefVersion, Claim, Policy
from campaigns.services.briefs.document import Document
from campaigns.services.claims_library import Wanted, save_claim
from tests.campaigns.briefs.made import approved, draft
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager)


def to(name: str, *parts: object) -> str:
    return reverse(f"campaigns:{name}", args=["acme", *parts])


def sent(version: int, **values: str) -> dict[str, str]:
    """A whole form of a brief, as the page sends it."""
    data = {"version": str(version), "goal": "Calm.", "freedom": "guided"}
    for prefix in ("messages", "blocks", "steps"):
        data |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    return data | values


def test_a_brief_goes_from_nothing_to_approved(campaign, manager_client, strategist_client, legal):
    save_claim(
        brand=campaign.brand,
        wanted=Wanted("feels light", ClaimStatus.ALLOWED),
        actor=legal,
        at=NOW,
    )
    manager_client.post(to("brief_new", campaign.key))
    brief = Brief.objects.get()
    where = to("brief_edit", campaign.key, brief.pk)
    text = manager_client.get(where).content.decode()
    assert "Forbrugerombudsmanden: sociale medier" in text
    data = sent(
        brief.version,
        **{
            "messages-TOTAL_FORMS": "2",
            "messages-0-text": "Second.",
            "messages-0-place": "2",
            "messages-1-text": "First.",
            "messages-1-place": "1",
            "messages-1-is_verbatim": "on",
            "blocks-0-platform": "instagram",
            "blocks-0-form": "short_video",
            "blocks-0-seconds": "30",
            "wordings": "DK.label.1:da",
            "claims": str(Claim.objects.get().pk),
            "dos": "Be yourself\n\nTake your time",
        },
    )
    assert manager_client.post(where, data).status_code == 302
    version = BriefVersion.objects.get()
    document = Document.of(version.document)
    assert [(one.text, one.is_verbatim) for one in document.messages] == [
        ("First.", True),
        ("Second.", False),
    ]
    assert document.dos == ("Be yourself", "Take your time")
    assert [one.text for one in document.claims] == ["feels light"]
    assert [one.key for one in document.wordings] == ["DK.label.1:da"]
    brief.refresh_from_db()
    page = to("brief", campaign.key, brief.pk)
    acts = to("brief_act", campaign.key, brief.pk, "submit")
    assert manager_client.post(acts, {"version": brief.version}).status_code == 302
    decide = to("brief_approve", campaign.key, brief.pk)
    yes = {"version": brief.version + 1, "answer": "yes"}
    refused = manager_client.post(decide, yes)
    assert refused.status_code == 409
    assert "You wrote this version." in refused.content.decode()
    assert strategist_client.post(decide, yes).status_code == 302
    version.refresh_from_db()
    assert version.state == BriefState.APPROVED
    assert "50% of the words of your messages" in strategist_client.get(page).content.decode()


def test_what_is_wrong_is_told_at_its_place_and_stays(campaign, manager, manager_client):
    version = draft(campaign, manager)
    where = to("brief_edit", campaign.key, version.brief_id)
    data = sent(1, links="no address", goal="Kept words.")
    answer = manager_client.post(where, data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "“no address” is no address: it begins with https://." in text
    assert "Kept words." in text
    lines = {"blocks-0-form": "video", "steps-0-title": "Draft"}
    text = manager_client.post(where, sent(1, **lines)).content.decode()
    assert "Choose on which platform it appears." in text
    assert "Say by when." in text
    assert "Somebody changed this brief" in manager_client.post(where, sent(9)).content.decode()
    version.refresh_from_db()
    assert Document.of(version.document).goal == "More people know the night cream."


def test_who_is_missing_is_written_down_on_the_list(
    campaign, manager, strategist, manager_client, django_assert_max_num_queries
):
    version = approved(campaign, manager, strategist)
    engagements = [engage(campaign, EngagementStage.INVITED) for _ in range(2)]
    where = to("briefs", campaign.key)
    with django_assert_max_num_queries(20) as few:
        text = manager_client.get(where).content.decode()
    assert "Who accepted it: 2 of 2 missing" in text
    for _ in range(3):
        engage(campaign, EngagementStage.CONTRACTED)
    with django_assert_max_num_queries(len(few.captured_queries)):
        manager_client.get(where)
    said = {"engagement": engagements[0].pk, "version": version.pk, "name": "Ida"}
    manager_client.post(to("brief_accepted", campaign.key), said)
    assert not BriefAcceptance.objects.exists()
    manager_client.post(to("brief_accepted", campaign.key), said | {"note": "Mail of Tuesday"})
    assert BriefAcceptance.objects.get().note == "Mail of Tuesday"
    panel = to("engagement_brief", campaign.key, engagements[0].pk)
    assert "written down by" in manager_client.get(panel).content.decode()
    assert manager_client.post(to("brief_links", campaign.key)).status_code == 302
    assert "Make links" not in manager_client.get(where).content.decode()


def test_another_brands_brief_is_not_there(campaign, manager, outsider_client, manager_client):
    version = draft(campaign, manager)
    assert outsider_client.get(to("brief", campaign.key, version.brief_id)).status_code == 404
    elsewhere = make_campaign(campaign.brand, manager, name="Autumn")
    for name in ("brief", "brief_edit"):
        where = to(name, elsewhere.key, version.brief_id)
        assert manager_client.get(where).status_code == 404
    where = to("brief", campaign.key, version.brief_id)
    assert manager_client.get(where + "?version=7").status_code == 404


def test_a_brief_of_a_hundred_lines_asks_as_much_as_one(
    campaign, manager, strategist, manager_client, django_assert_max_num_queries
):
    version = approved(campaign, manager, strategist)
    where = to("brief", campaign.key, version.brief_id)
    with django_assert_max_num_queries(16):  # session, user, role, frame, brief, versions, names
        manager_client.get(where)


def test_claims_are_kept_looked_for_and_exported(brand, legal_client, analyst_client):
    data = {"text": "cures acne", "status": "forbidden", "variants": "heal* acne"}
    answer = legal_client.post(to("claim_new"), data)
    assert answer.status_code == 422
    assert "Say why it must not be said." in answer.content.decode()
    legal_client.post(to("claim_new"), data | {"reason": "No medicine", "jurisdictions": ["DK"]})
    claim = Claim.objects.get()
    assert (claim.variants, claim.jurisdictions, claim.version) == (["heal* acne"], ["DK"], 1)
    assert "No medicine" in analyst_client.get(to("claims"), {"q": "HEAL"}).content.decode()
    nothing = analyst_client.get(to("claims"), {"q": "wrinkle", "status": "forbidden"})
    assert "No claim is like that." in nothing.content.decode()
    assert analyst_client.post(to("claim", claim.pk), data).status_code == 403
    text = analyst_client.post(to("claims_check"), {"text": "It heals <b>acne</b>, heals acne"})
    assert "<mark>heals acne</mark>" in text.content.decode()
    assert "&lt;b&gt;acne" in text.content.decode()
    rows = b"".join(analyst_client.get(to("claims_export", "csv"))).decode().splitlines()
    assert rows[1].startswith("cures acne,heal* acne,Forbidden,No medicine,")
    stale = data | {"reason": "Other", "version": 0}
    assert (
        "Somebody changed this claim"
        in legal_client.post(to("claim", claim.pk), stale).content.decode()
    )
    legal_client.post(to("claim_away", claim.pk))
    assert "No claim yet" in analyst_client.get(to("claims")).content.decode()
    assert (
        "No claim of the library"
        in analyst_client.post(to("claims_check"), {"text": "cures acne"}).content.decode()
    )


def test_a_policy_is_written_published_and_read(legal_client, manager_client, manager, brand):
    data = {"title": "Ads", "text": "Mark them.", "roles": ["manager"]}
    legal_client.post(to("policy_new"), data)
    policy = Policy.objects.get()
    where = to("policy", policy.pk)
    act = to("policy_act", policy.pk, "publish")
    assert legal_client.post(act, {"version": policy.version}).status_code == 302
    assert "You are asked to read and accept" in manager_client.get(to("policies")).content.decode()
    assert "Ads" in manager_client.get(reverse("crm:day", args=["acme"])).content.decode()
    version = policy.versions.get()
    manager_client.post(
        to("policy_read", policy.pk), {"version": version.pk, "digest": version.digest}
    )
    assert "You accepted this version" in manager_client.get(where).content.decode()
    assert "not yet" not in manager_client.get(where).content.decode()
