"""A brief from its first draft over approvals to the next version; what is fixed never changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from campaigns.choices import BriefGate, BriefState, CampaignStatus, ClaimStatus
from campaigns.models import Brief, BriefDecision, BriefVersion
from campaigns.services.briefs import deciding, writing
from campaigns.services.briefs.beginnings import first_document
from campaigns.services.briefs.document import Block, Document, Message, Step
from campaigns.services.claims_library import Wanted, save_claim
from campaigns.services.documents import digest_of
from campaigns.services.refusals import CampaignOutdated, CampaignRefused, ReasonNeeded
from crm.models import AuditEntry, Notification
from tests.campaigns.briefs.made import approve, approved, document_of, draft, next_version
from tests.campaigns.made import make_campaign, set_status
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(brand, manager):
    return make_campaign(brand, manager, audience="Beginners", occasion="A new cream.")


def said(version: BriefVersion) -> dict[str, object]:
    return {"brief_id": version.brief_id, "brand": version.brief.campaign.brand, "at": NOW}


def test_the_first_draft_says_what_the_campaign_says(campaign):
    document = first_document(campaign, NOW)
    assert document.goal == (
        "Reach: 100,000 by 12 April 2027, by everybody in the campaign together."
    )
    assert (document.background, document.audience) == ("A new cream.", "Beginners")
    assert document.blocks == (Block("instagram", "short_video"),)
    assert [(one.jurisdiction, one.language, one.text) for one in document.wordings] == [
        ("DK", "da", "reklame")
    ]
    assert document.wordings[0].source == "Forbrugerombudsmanden: sociale medier"
    assert document.steps == (Step("First publication", "2027-03-01"),)


def test_a_document_comes_back_from_json_as_it_went_in(campaign):
    document = document_of(campaign)
    assert Document.of(document.plain) == document


def test_a_draft_is_kept_with_its_digest(campaign, manager):
    version = draft(campaign, manager)
    assert (version.number, version.state, version.author) == (1, BriefState.DRAFT, manager)
    assert version.digest == digest_of(version.document)
    entry = AuditEntry.objects.order_by("number").last()
    assert entry.verb == "campaigns.brief.drafted"
    assert entry.data == {
        "campaign": "spring-launch",
        "segment": "",
        "version": 1,
        "digest": version.digest,
    }


def test_there_is_one_brief_for_all_and_one_for_each_segment(campaign, manager):
    draft(campaign, manager)
    draft(campaign, manager, "educators")
    with pytest.raises(CampaignRefused, match="has a brief for Educators already"):
        draft(campaign, manager, "educators")
    assert Brief.objects.count() == 2


def test_a_campaign_that_is_over_gets_none(campaign, manager):
    set_status(campaign, CampaignStatus.CANCELLED)
    with pytest.raises(CampaignRefused, match="is cancelled"):
        draft(campaign, manager)
    assert not Brief.objects.exists()


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"messages": (Message("x" * 501),)}, "messages/0/text", "501 characters; 500 fit."),
        ({"hashtags": ("two words",)}, "hashtags", "without spaces"),
        ({"links": ("javascript:alert(1)",)}, "links", "is no address"),
        ({"inspiration": ("ftp://x.example good",)}, "inspiration", "is no address"),
        ({"blocks": (Block("myspace", "video"),)}, "blocks/0/platform", "Choose a platform"),
        ({"blocks": (Block("instagram", "opera"),)}, "blocks/0/form", "Choose the form"),
        ({"blocks": (Block("instagram", "video", 0),)}, "blocks/0/count", "From 1 to 99"),
        ({"blocks": (Block("instagram", "video", 1, 0),)}, "blocks/0/seconds", "four hours"),
        ({"steps": (Step("", "2027-03-01"),)}, "steps/0/title", "what is to be done"),
        ({"steps": (Step("Draft", "soon"),)}, "steps/0/due_on", "Write a day"),
        ({"dos": tuple(f"{n}" for n in range(41))}, "dos", "At most 40 lines"),
        ({"freedom": "none"}, "freedom", "how free"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_place(campaign, manager, values, field, words):
    with pytest.raises(CampaignRefused, match=words) as caught:
        draft(campaign, manager, **values)
    assert caught.value.field == field
    assert not Brief.objects.exists()


def test_marks_and_empty_lines_are_put_right(campaign, manager):
    version = draft(
        campaign,
        manager,
        hashtags=("nightcream", " ", "#glow", "#glow"),
        mentions=("acme",),
        messages=(Message("  "), Message(" Calm. ")),
    )
    document = Document.of(version.document)
    assert document.hashtags == ("#nightcream", "#glow")
    assert document.mentions == ("@acme",)
    assert document.messages == (Message("Calm."),)


def test_a_draft_is_changed_in_place_and_the_same_leaves_no_trace(campaign, manager):
    version = draft(campaign, manager)
    entries = AuditEntry.objects.count()
    again = writing.write_draft(
        **said(version),
        document=document_of(campaign),
        actor=manager,
        expected_version=1,
    )
    assert again.pk == version.pk
    assert AuditEntry.objects.count() == entries
    changed = writing.write_draft(
        **said(version),
        document=document_of(campaign, goal="Another goal."),
        actor=manager,
        expected_version=1,
    )
    assert (changed.pk, changed.number) == (version.pk, 1)
    assert Document.of(changed.document).goal == "Another goal."
    with pytest.raises(CampaignOutdated):
        writing.write_draft(
            **said(version), document=document_of(campaign), actor=manager, expected_version=1
        )


def test_what_cannot_be_followed_is_not_submitted(campaign, manager):
    version = draft(campaign, manager, goal="", messages=(), blocks=(), wordings=())
    with pytest.raises(CampaignRefused) as caught:
        deciding.submit(**said(version), actor=manager, expected_version=None)
    assert str(caught.value) == (
        "Say what the goal is. Say at least one thing that is to come across. Say what is to be "
        "made, on which platform. Choose the label of advertising for DK."
    )
    version.refresh_from_db()
    assert version.state == BriefState.DRAFT
    assert not Notification.objects.exists()


def test_nobody_approves_their_own_work_where_somebody_else_could(campaign, manager, strategist):
    version = draft(campaign, manager)
    deciding.submit(**said(version), actor=manager, expected_version=None)
    told = Notification.objects.get()
    assert told.user == strategist
    assert told.text == "Spring launch: Brief for all creators, version 1, waits for approval."
    asked = {**said(version), "gate": BriefGate.BRAND, "is_yes": True, "note": ""}
    with pytest.raises(CampaignRefused, match="You wrote this version"):
        deciding.decide(**asked, actor=manager, expected_version=None)
    assert not BriefDecision.objects.exists()
    made = deciding.decide(**asked, actor=strategist, expected_version=None)
    assert (made.state, made.approved_at) == (BriefState.APPROVED, NOW)
    decision = BriefDecision.objects.get()
    assert (decision.by, decision.digest) == (strategist, version.digest)
    assert Notification.objects.get(user=manager).text.endswith("version 1, is approved.")


def test_who_is_alone_approves_it_themselves(campaign, manager):
    assert approve(draft(campaign, manager), manager).state == BriefState.APPROVED


def test_it_is_sent_back_with_a_reason_and_asked_for_anew(campaign, manager, strategist):
    version = draft(campaign, manager)
    deciding.submit(**said(version), actor=manager, expected_version=None)
    asked = {**said(version), "gate": BriefGate.BRAND, "actor": strategist}
    with pytest.raises(ReasonNeeded):
        deciding.decide(**asked, is_yes=False, note=" ", expected_version=None)
    made = deciding.decide(**asked, is_yes=False, note="Too long.", expected_version=None)
    assert (made.state, made.submitted_at) == (BriefState.DRAFT, None)
    with pytest.raises(CampaignRefused, match="Nothing waits"):
        deciding.decide(**asked, is_yes=True, note="", expected_version=None)


def test_legal_is_asked_where_a_claim_rests_on_evidence(campaign, manager, strategist, legal):
    save_claim(
        brand=campaign.brand,
        wanted=Wanted(
            "clinically proven",
            ClaimStatus.EVIDENCE,
            evidence="Study of 40 people",
            evidence_place="Drive, folder 7",
        ),
        actor=legal,
        at=NOW,
    )
    version = draft(campaign, manager, messages=(Message("It is Clinically Proven to calm."),))
    made = deciding.submit(**said(version), actor=manager, expected_version=None)
    assert made.needs_legal
    assert deciding.open_gates(made) == [BriefGate.BRAND, BriefGate.LEGAL]
    asked = {**said(version), "is_yes": True, "note": "", "expected_version": None}
    made = deciding.decide(**asked, gate=BriefGate.BRAND, actor=strategist)
    assert made.state == BriefState.SUBMITTED
    with pytest.raises(CampaignRefused, match="The brand is not asked any more"):
        deciding.decide(**asked, gate=BriefGate.BRAND, actor=strategist)
    made = deciding.decide(**asked, gate=BriefGate.LEGAL, actor=legal)
    assert made.state == BriefState.APPROVED


def test_an_earlier_yes_does_not_count_for_other_words(campaign, manager, strategist, legal):
    version = draft(campaign, manager, statements=("We are looking into it.",))
    deciding.submit(**said(version), actor=manager, expected_version=None)
    asked = {**said(version), "note": "", "expected_version": None}
    deciding.decide(**asked, is_yes=True, gate=BriefGate.BRAND, actor=strategist)
    deciding.take_back(**said(version), actor=manager, expected_version=None)
    writing.write_draft(
        **said(version),
        document=document_of(campaign, statements=("We call the product back.",)),
        actor=manager,
        expected_version=None,
    )
    made = deciding.submit(**said(version), actor=manager, expected_version=None)
    assert deciding.open_gates(made) == [BriefGate.BRAND, BriefGate.LEGAL]


def test_a_forbidden_claim_is_not_asked_for(campaign, manager, legal):
    save_claim(
        brand=campaign.brand,
        wanted=Wanted("cures acne", ClaimStatus.FORBIDDEN, reason="It is no medicine."),
        actor=legal,
        at=NOW,
    )
    version = draft(campaign, manager, messages=(Message("This cures acne."),))
    with pytest.raises(CampaignRefused) as caught:
        deciding.submit(**said(version), actor=manager, expected_version=None)
    assert str(caught.value) == "“cures acne” must not be said: It is no medicine."


def test_the_next_version_takes_the_place_of_the_one_before(campaign, manager, strategist):
    first = approved(campaign, manager, strategist)
    with pytest.raises(CampaignRefused, match="Nothing differs from version 1"):
        writing.write_draft(
            **said(first),
            document=Document.of(first.document),
            actor=manager,
            expected_version=None,
        )
    second = next_version(first, manager, strategist, goal="A new goal.")
    first.refresh_from_db()
    assert (first.state, second.state, second.number) == (
        BriefState.SUPERSEDED,
        BriefState.APPROVED,
        2,
    )


def test_the_draft_of_a_next_version_is_thrown_away(campaign, manager, strategist):
    first = approved(campaign, manager, strategist)
    document = replace(Document.of(first.document), goal="A new goal.")
    writing.write_draft(**said(first), document=document, actor=manager, expected_version=None)
    left = writing.discard_draft(**said(first), actor=manager, expected_version=None)
    assert left is not None
    assert [version.number for version in left.versions.all()] == [1]
    with pytest.raises(CampaignRefused, match="no draft to throw away"):
        writing.discard_draft(**said(first), actor=manager, expected_version=None)


def test_the_only_draft_goes_with_its_brief(campaign, manager):
    version = draft(campaign, manager)
    assert writing.discard_draft(**said(version), actor=manager, expected_version=None) is None
    assert not Brief.objects.exists()


@pytest.mark.parametrize(
    "change", [{"document": {}}, {"digest": "0" * 64}, {"number": 9}, {"reason": "x"}]
)
def test_the_database_keeps_what_was_approved(campaign, manager, strategist, change):
    version = approved(campaign, manager, strategist)
    rows = BriefVersion.objects.filter(pk=version.pk)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        rows.update(**change)
    manager.delete()
    assert rows.get().author is None


def test_the_database_keeps_what_was_decided(campaign, manager, strategist):
    approved(campaign, manager, strategist)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        BriefDecision.objects.update(is_yes=False, note="No.")
