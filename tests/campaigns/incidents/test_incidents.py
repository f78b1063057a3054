"""Incidents: reported, confirmed, worked on by the runbook, closed; refused where not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from campaigns.models import AffectedCampaign, Campaign, Deliverable, Engagement
from campaigns.selectors.incidents import checklist_of, incident_rates
from campaigns.services.incidents import acting, reporting, runbooks
from campaigns.services.incidents.record import rights_of
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.choices import IncidentAct, IncidentKind, IncidentState, RunbookPhase, Severity
from crm.models import (
    AuditEntry,
    Brand,
    Incident,
    IncidentEvent,
    Notification,
    Relationship,
    User,
)
from tests.campaigns.incidents.made import reported, seen
from tests.campaigns.made import engage, make_campaign
from tests.factories import NOW, RelationshipFactory

TODAY = NOW.date()
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def creator(brand: Brand) -> Relationship:
    return RelationshipFactory(brand=brand, creator__name="Anna Holm")


def act(incident: Incident, what: IncidentAct, actor: User, reason: str = "Because") -> Incident:
    incident.refresh_from_db()
    return acting.move(
        incident_id=incident.pk,
        brand=incident.brand,
        act=what,
        reason=reason,
        actor=actor,
        at=LATER,
        expected_version=incident.version,
    )


def test_reported_with_its_steps_and_told(
    brand: Brand, creator: Relationship, manager: User, legal: User, admin_user: User
) -> None:
    campaign = make_campaign(brand, manager)
    place = engage(campaign, relationship=creator)
    made = reporting.report(
        brand=brand,
        seen=seen(category="hate", tier="high", url="https://example.org/p/1"),
        relationship=creator,
        campaigns=[campaign],
        actor=manager,
        at=NOW,
    )
    assert (made.state, made.noticed_on, made.taxonomy) == (IncidentState.OPEN, TODAY, "2026.1")
    [touched] = AffectedCampaign.objects.filter(incident=made)
    assert (touched.campaign, touched.engagement) == (campaign, place)
    phases = checklist_of(made)
    assert [(one.phase, len(one.steps), one.done) for one in phases] == [
        (RunbookPhase.FIRST_HOUR, 5, 0),
        (RunbookPhase.FIRST_DAY, 5, 0),
        (RunbookPhase.AFTERWARDS, 4, 0),
    ]
    told = Notification.objects.order_by("user").values_list("user", "text")
    words = "Reported, high: controversy, Anna Holm."
    assert list(told) == sorted([(legal.pk, words), (admin_user.pk, words)])
    [entry] = AuditEntry.objects.filter(verb="crm.incident.reported")
    # What is said of a person stays out of the ledger.
    assert "faith" not in str(entry.__dict__)
    assert entry.target_id == made.pk


def test_reported_by_the_product_once(brand: Brand, creator: Relationship) -> None:
    first = reporting.report(
        brand=brand, seen=seen(), relationship=creator, actor=None, at=NOW, origin="review:7"
    )
    again = reporting.report(
        brand=brand, seen=seen(), relationship=creator, actor=None, at=LATER, origin="review:7"
    )
    assert (again, Incident.objects.count()) == (first, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.create(
            brand=brand,
            kind="other",
            severity="low",
            what="x",
            noticed_on=TODAY,
            origin="review:7",
            created_at=NOW,
            state_since=NOW,
        )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"what": "  "}, "what"),
        ({"what": "x" * 4_001}, "what"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"noticed_on": TODAY + timedelta(days=2)}, "noticed_on"),
        ({"happened_on": TODAY, "noticed_on": TODAY - timedelta(days=1)}, "happened_on"),
        ({"happened_on": date(1200, 1, 1)}, "happened_on"),
        ({"category": "hate"}, "tier"),
        ({"tier": "floor"}, "category"),
        ({"category": "nonsense", "tier": "floor"}, "category"),
    ],
)
def test_not_reported(brand: Brand, manager: User, said: dict[str, Any], field: str) -> None:
    with pytest.raises(CampaignRefused) as refused:
        reported(brand, manager, **said)
    assert refused.value.field == field
    assert not Incident.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_owner_and_a_campaign_of_elsewhere(
    brand: Brand, other_brand: Brand, manager: User, outsider: User
) -> None:
    with pytest.raises(CampaignRefused, match="has no role in Acme"):
        reported(brand, manager, owner=outsider)
    with pytest.raises(CampaignRefused, match="no such campaign"):
        reporting.report(
            brand=brand,
            seen=seen(),
            campaigns=[make_campaign(other_brand)],
            actor=manager,
            at=NOW,
        )
    with pytest.raises(CampaignRefused, match="not among the brand's"):
        reported(brand, manager, RelationshipFactory(brand=other_brand))
    assert not Incident.objects.exists()


def test_from_open_to_closed_and_back(
    brand: Brand, creator: Relationship, manager: User, legal: User
) -> None:
    made = reported(brand, manager, creator, owner=manager)
    act(made, IncidentAct.CONTAIN, manager, "Posts are down")
    with pytest.raises(CampaignRefused, match="not what comes next"):
        act(made, IncidentAct.CLOSE, legal)
    act(made, IncidentAct.RESOLVE, manager, "She apologised")
    # Its owner works on it; closing takes somebody who handles incidents.
    with pytest.raises(CampaignRefused, match="Legal or an admin"):
        act(made, IncidentAct.CLOSE, manager)
    with pytest.raises(CampaignRefused, match="14 steps of the runbook are open"):
        act(made, IncidentAct.CLOSE, legal)
    for step in made.steps.all():
        acting.settle_step(
            incident_id=made.pk,
            brand=brand,
            position=step.position,
            is_done=True,
            skipped_because="Not here" if step.position == 3 else "",
            actor=manager,
            at=LATER,
        )
    with pytest.raises(CampaignRefused, match="a sentence is enough"):
        act(made, IncidentAct.CLOSE, legal, "  ")
    act(made, IncidentAct.CLOSE, legal, "Ask about beliefs in vetting")
    with pytest.raises(CampaignRefused, match="its steps stay"):
        acting.settle_step(
            incident_id=made.pk, brand=brand, position=1, is_done=False, actor=legal, at=LATER
        )
    made = act(made, IncidentAct.REOPEN, legal, "Another post")
    assert made.state == IncidentState.OPEN
    moves = made.events.exclude(from_state="").values_list("act", "from_state", "state")
    assert list(moves) == [
        ("contain", "open", "contained"),
        ("resolve", "contained", "resolved"),
        ("close", "resolved", "closed"),
        ("reopen", "closed", "open"),
    ]
    assert made.events.filter(act=IncidentAct.SKIP).get().note.endswith("(Not here)")
    with pytest.raises(IntegrityError), transaction.atomic():
        IncidentEvent.objects.filter(incident=made, act="close").update(note="Something else")


def test_nobody_confirms_or_dismisses_a_grave_report_of_their_own(
    brand: Brand, creator: Relationship, legal: User, admin_user: User
) -> None:
    made = reported(brand, legal, creator)
    said = {"incident_id": made.pk, "brand": brand, "at": LATER, "expected_version": 1}
    with pytest.raises(CampaignRefused, match="somebody else confirms"):
        reporting.confirm(actor=legal, **said)  # type: ignore[arg-type]
    with pytest.raises(CampaignRefused, match="somebody else dismisses"):
        act(made, IncidentAct.DISMISS, legal)
    made.refresh_from_db()
    assert (made.confirmed_at, made.state, made.version) == (None, "open", 1)
    reporting.confirm(actor=admin_user, **said)  # type: ignore[arg-type]
    with pytest.raises(CampaignOutdated):
        reporting.confirm(actor=admin_user, **said)  # type: ignore[arg-type]
    made.refresh_from_db()
    assert (made.confirmed_at, made.confirmed_by) == (LATER, admin_user)
    made = act(made, IncidentAct.DISMISS, admin_user, "It was somebody else")
    assert (made.state, made.confirmed_at) == (IncidentState.DISMISSED, None)


def test_who_reads_and_who_works(
    brand: Brand,
    creator: Relationship,
    manager: User,
    strategist: User,
    analyst: User,
    legal: User,
    outsider: User,
) -> None:
    made = reported(brand, strategist, creator, owner=manager)
    rights = [
        (one.reads, one.works, one.handles)
        for one in (
            rights_of(made, user, role)
            for user, role in (
                (strategist, "strategist"),
                (manager, "manager"),
                (analyst, "analyst"),
                (legal, "legal"),
                # The owner lost the role.
                (manager, None),
            )
        )
    ]
    assert rights == [
        (True, False, False),
        (True, True, False),
        (False, False, False),
        (True, True, True),
        (False, False, False),
    ]
    for user in (strategist, analyst, outsider):
        with pytest.raises(CampaignRefused) as refused:
            acting.note(incident_id=made.pk, brand=brand, text="Hm", actor=user, at=LATER)
        assert refused.value.code == "not_yours"
    assert made.events.count() == 1


def test_corrected(brand: Brand, creator: Relationship, legal: User, manager: User) -> None:
    made = reported(brand, manager, creator)
    reporting.change(
        incident_id=made.pk,
        brand=brand,
        seen=seen(severity=Severity.LOW, what="Less than we thought", owner=manager),
        actor=legal,
        at=LATER,
        expected_version=1,
    )
    made.refresh_from_db()
    assert (made.severity, made.owner, made.version) == ("low", manager, 2)
    [entry] = AuditEntry.objects.filter(verb="crm.incident.changed")
    assert entry.facts["severity"] == ["high", "low"]
    assert entry.facts["fields"] == ["owner", "severity", "what"]
    assert "thought" not in str(entry.facts)
    assert Notification.objects.filter(user=manager, text__contains="is yours now").exists()


def test_evidence_is_kept_once(brand: Brand, legal: User) -> None:
    made = reported(brand, legal)
    content = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    for name in ("seen.pdf", "again.pdf"):
        acting.attach(
            incident_id=made.pk,
            brand=brand,
            upload=SimpleUploadedFile(name, content),
            actor=legal,
            at=LATER,
        )
    [file] = made.files.all()
    assert (file.name, file.content_type, file.size) == ("seen.pdf", "application/pdf", 48)
    with pytest.raises(CampaignRefused, match="none of the kinds"):
        acting.attach(
            incident_id=made.pk,
            brand=brand,
            upload=SimpleUploadedFile("a.pdf", b"MZ\x90\x00" + b"\0" * 200),
            actor=legal,
            at=LATER,
        )
    assert made.files.count() == 1


def test_runbooks_in_own_words(brand: Brand, legal: User, manager: User) -> None:
    usual = runbooks.book_of(brand, IncidentKind.DATA)
    assert (usual.version, usual.steps[RunbookPhase.FIRST_HOUR][1][:20]) == (
        0,
        "Tell the data protec",
    )
    runbooks.write(
        brand=brand,
        kind=IncidentKind.DATA,
        steps={RunbookPhase.FIRST_HOUR: [" Call Mia ", "", "Call Mia", "Stop the export"]},
        statement="{brand} looks into what happened on {day}.",
        actor=legal,
        at=NOW,
        expected_version=0,
    )
    made = reported(brand, manager, kind=IncidentKind.DATA)
    assert [step.text for step in made.steps.all()] == ["Call Mia", "Stop the export"]
    assert runbooks.statement_for(made) == "Acme looks into what happened on 22 November 2026."
    with pytest.raises(CampaignOutdated):
        runbooks.write(
            brand=brand,
            kind=IncidentKind.DATA,
            steps={RunbookPhase.FIRST_HOUR: ["Mine"]},
            statement="",
            actor=legal,
            at=NOW,
            expected_version=0,
        )
    runbooks.back_to_usual(brand=brand, kind=IncidentKind.DATA, actor=legal, at=LATER)
    assert runbooks.book_of(brand, IncidentKind.DATA) == usual
    assert made.steps.count() == 2


@pytest.mark.parametrize("kind", IncidentKind)
def test_every_kind_has_steps_and_a_statement(kind: IncidentKind) -> None:
    book = runbooks.usual(kind)
    assert all(book.steps[phase] for phase in RunbookPhase)
    assert book.statement


def test_rates(brand: Brand, other_brand: Brand, manager: User, legal: User) -> None:
    for severity in (Severity.LOW, Severity.LOW, Severity.CRITICAL):
        reported(brand, manager, severity=severity)
    reported(other_brand, None)
    act(reported(brand, manager), IncidentAct.DISMISS, legal)
    reported(brand, manager, noticed_on=TODAY - timedelta(days=40))
    place = engage(make_campaign(brand))
    publish(place, 19)
    start = TODAY - timedelta(days=30)
    few = incident_rates(brand, start, TODAY)
    assert (few.posts, few.is_enough, few.all.per_100) == (19, False, None)
    publish(place, 21)
    found = incident_rates(brand, start, TODAY)
    assert [(row.severity.value, row.incidents, row.per_100) for row in found.rows] == [
        ("low", 2, 5.0),
        ("medium", 0, 0.0),
        ("high", 0, 0.0),
        ("critical", 1, 2.5),
    ]
    assert (found.all.incidents, found.all.per_100) == (3, 7.5)


def publish(place: Engagement, posts: int) -> None:
    Deliverable.objects.bulk_create(
        Deliverable(
            engagement=place,
            title="Reel",
            platform_id="instagram",
            kind="lifestyle",
            form="short_video",
            state="published",
            published_at=NOW - timedelta(days=1),
            created_at=NOW - timedelta(days=9),
            state_since=NOW - timedelta(days=1),
        )
        for _one in range(posts)
    )


def test_campaigns_it_touches(brand: Brand, creator: Relationship, legal: User) -> None:
    first, second = make_campaign(brand), make_campaign(brand, name="Autumn")
    made = reported(brand, legal, creator)

    def touch(campaigns: list[Campaign]) -> list[str]:
        reporting.affect(
            incident_id=made.pk, brand=brand, campaigns=campaigns, actor=legal, at=LATER
        )
        rows = AffectedCampaign.objects.filter(incident=made).order_by("campaign__name")
        return [row.campaign.name for row in rows]

    assert touch([first, second]) == ["Autumn", "Spring launch"]
    assert touch([second]) == ["Autumn"]
    assert touch([second]) == ["Autumn"]
    assert made.events.filter(act=IncidentAct.AFFECT).count() == 2
