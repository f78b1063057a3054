"""Who has to be told, and how long what is kept: proposals, a yes, and what was needed since."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Gift
from crm.choices import MailPurpose, ProposalStatus, RetentionPurpose
from crm.models import (
    Job,
    Notice,
    NoticeText,
    PrivacyPolicy,
    Relationship,
    RetentionProposal,
    RetentionRule,
    Suppression,
)
from crm.outreach.dressing import dress
from crm.services import jobs
from crm.services.mail.sending import mark_sent
from crm.services.notes import add_note
from crm.services.privacy import notices, retention
from crm.services.privacy.refusals import PrivacyRefused
from tests.crm.outreach.worlds import mail, mailbox_of
from tests.factories import NOW, CreatorFactory, RelationshipFactory

pytestmark = pytest.mark.django_db
OLD = NOW - timedelta(days=400)
P = RetentionPurpose


def known(brand, name, since=OLD):
    return RelationshipFactory(brand=brand, creator=CreatorFactory(name=name), since=since)


@pytest.fixture
def world(brand, manager):
    """One of each purpose, and one of each that somebody needed lately."""
    mailbox = mailbox_of(brand)
    made = {name: known(brand, name) for name in ("never", "noted", "mailed", "answered", "worked")}
    made["new"] = known(brand, "new", NOW - timedelta(days=10))
    add_note(relationship=made["noted"], text="Look again.", author=manager, at=NOW)
    mail(made["mailed"], mailbox, at=OLD)
    mail(made["answered"], mailbox, at=NOW - timedelta(days=3))
    Gift.objects.create(
        brand=brand, relationship=made["worked"], product="Shoes", state="planned", created_at=OLD
    )
    return made


def names(rows):
    return set(rows.values_list("creator__name", flat=True))


def test_each_purpose_finds_its_own_and_nobody_who_was_needed_since(brand, world):
    cutoff = retention.cutoff_of(12, NOW)
    assert cutoff == NOW.replace(year=2025)
    assert names(retention.rows_of(brand, P.NEVER_CONTACTED, cutoff)) == {"never"}
    assert names(retention.rows_of(brand, P.CONTACTED, cutoff)) == {"mailed"}
    assert names(retention.rows_of(brand, P.WORKED_WITH, cutoff)) == {"worked"}
    assert retention.rows_of(brand, P.MAILS, cutoff).count() == 0
    assert retention.rows_of(brand, P.NOTES, cutoff).count() == 0


def test_nothing_goes_without_a_yes_and_then_what_is_still_due(
    brand, world, admin_user, legal, manager
):
    other = known(brand, "never either")
    retention.set_rules(
        brand=brand,
        rules=[(P.NEVER_CONTACTED, 12, False), (P.CONTACTED, 24, False), (P.NOTES, None, False)],
        actor=admin_user,
        at=NOW,
    )
    [proposal] = retention.propose(brand=brand, at=NOW)
    assert (proposal.purpose, proposal.found, proposal.status) == ("never_contacted", 2, "waiting")
    [again] = retention.propose(brand=brand, at=NOW)
    proposal.refresh_from_db()
    assert (proposal.status, again.status) == ("replaced", "waiting")
    with pytest.raises(PrivacyRefused, match="decided about it already"):
        retention.decide(proposal_id=proposal.pk, brand=brand, is_yes=True, actor=legal, at=NOW)
    assert Relationship.objects.filter(brand=brand).count() == 7
    retention.decide(proposal_id=again.pk, brand=brand, is_yes=True, actor=legal, at=NOW)
    # Somebody became interested while it waited for a worker.
    add_note(relationship=other, text="Now!", author=manager, at=NOW)
    job = Job.objects.get()
    jobs.run(job_id=job.pk, at=NOW)
    job.refresh_from_db()
    assert (job.status, job.error) == ("done", "")
    assert job.result == "Deleted: 1 of 2; the others were needed since."
    assert "never" not in names(Relationship.objects.filter(brand=brand))
    assert "never either" in names(Relationship.objects.filter(brand=brand))
    # They did not ask for it: an import may bring them again.
    assert not Suppression.objects.exists()


def test_the_command_counts_proposes_and_lets_go_what_may(brand, world):
    RetentionRule.objects.create(
        brand=brand, purpose=P.NEVER_CONTACTED, months=12, is_automatic=True
    )
    RetentionRule.objects.create(brand=brand, purpose=P.CONTACTED, months=12)

    def said(*options):
        out = StringIO()
        call_command("retain", "--brand", brand.slug, *options, stdout=out)
        return json.loads(out.getvalue())

    assert said("--dry-run") == {"contacted": 1, "never_contacted": 1}
    assert not RetentionProposal.objects.exists()
    assert said() == {"contacted": 1, "never_contacted": 1}
    by_purpose = dict(RetentionProposal.objects.values_list("purpose", "status"))
    assert by_purpose == {"contacted": "waiting", "never_contacted": "done"}
    assert "never" not in names(Relationship.objects.filter(brand=brand))
    assert "mailed" in names(Relationship.objects.filter(brand=brand))


def test_mails_and_notes_go_by_their_age(brand, world, manager, admin_user):
    cutoff = NOW - timedelta(days=100)
    assert retention.rows_of(brand, P.MAILS, cutoff).count() == 0
    thread = mail(world["never"], mailbox_of(brand, address="older@acme.example"), at=OLD).thread
    type(thread).objects.filter(pk=thread.pk).update(last_at=OLD)
    assert list(retention.rows_of(brand, P.MAILS, cutoff)) == [thread]
    old = add_note(relationship=world["never"], text="x", author=manager, at=OLD)
    assert list(retention.rows_of(brand, P.NOTES, cutoff)) == [old]


def test_who_is_overdue_is_told_by_hand_and_back(brand, legal, django_assert_num_queries):
    for number in range(3):
        known(brand, f"late {number}")
    known(brand, "soon", NOW - timedelta(days=25))
    known(brand, "new", NOW - timedelta(days=2))
    found = notices.standing(brand, NOW)
    assert (found.told, found.waiting, found.soon, found.overdue) == (0, 1, 1, 3)
    with pytest.raises(PrivacyRefused, match="Say how"):
        notices.mark_told(brand=brand, note=" ", actor=legal, at=NOW)
    assert notices.mark_told(brand=brand, note="Letter", actor=legal, at=NOW) == 3
    assert notices.standing(brand, NOW).overdue == 0
    with pytest.raises(PrivacyRefused, match="Nobody is overdue"):
        notices.mark_told(brand=brand, note="Letter", actor=legal, at=NOW)
    assert notices.mark_untold(brand=brand, told_at=NOW, actor=legal, at=NOW) == 3
    assert notices.standing(brand, NOW).overdue == 3
    with django_assert_num_queries(2):
        assert len(notices.overdue(brand, NOW)[:50]) == 3


def test_everybody_who_is_overdue_is_on_some_page(client, brand, legal):
    for number in range(52):
        known(brand, f"late {number:02}")
    client.force_login(legal)
    here = reverse("crm:privacy_notices", args=[brand.slug])
    first = client.get(here).context["page"]
    assert (len(first.items), first.previous) == (50, None)
    second = client.get(here, {"cursor": first.next}).context["page"]
    assert (len(second.items), second.next) == (2, None)
    assert len({row.pk for row in [*first.items, *second.items]}) == 52
    # Those of the second page are marked like those of the first.
    answer = client.post(here, {"note": "Letter", "who": [row.pk for row in second.items]})
    assert answer.status_code == 302
    assert notices.standing(brand, timezone.now()).overdue == 50
    assert client.get(here, {"cursor": "nonsense"}).status_code == 200


def test_a_first_mail_tells_in_the_creators_language(brand, legal):
    her = known(brand, "Maya")
    her.creator.language = "de-AT"
    her.creator.save()
    for language, words in (("en", "We keep your data."), ("de", "Wir speichern Daten.")):
        notices.set_text(brand=brand, language=language, text=words, actor=legal, at=NOW)
    asked = {"relationship": her, "to": "m@example.com", "at": NOW}
    first = dress(**asked, purpose=MailPurpose.FIRST)
    assert "Wir speichern Daten." in first.footer
    assert "Daten" not in dress(**asked, purpose=MailPurpose.REPLY).footer
    message = mail(her, mailbox_of(brand), at=NOW, closing=first.footer, purpose="first")
    mark_sent(message, at=NOW)
    assert Notice.objects.get(relationship=her).way == "mail"
    notices.set_text(brand=brand, language="de", text="", actor=legal, at=NOW)
    assert "We keep your data." in dress(**asked, purpose=MailPurpose.FIRST).footer
    plain = mail(known(brand, "Bo"), mailbox_of(brand, address="b@a.example"), at=NOW)
    mark_sent(plain, at=NOW)
    assert Notice.objects.count() == 1


def test_pages_of_the_rules(brand, world, legal_client, admin_user_client):
    url = f"/{brand.slug}/privacy/"
    page = legal_client.get(f"{url}notices/").content.decode()
    assert "First mails carry no notice yet" in page
    told = legal_client.post(
        f"{url}notices/", {"note": "Letter", "who": [world["never"].pk]}, follow=True
    )
    assert "1 marked as told" in told.content.decode()
    assert Notice.objects.get().relationship == world["never"]
    notice = Notice.objects.get()
    legal_client.post(f"{url}notices/undo/?at={notice.at.isoformat()}")
    assert not Notice.objects.exists()
    assert legal_client.post(f"{url}settings/texts/", {"language": "1"}).status_code == 422
    legal_client.post(f"{url}settings/texts/", {"language": "en", "text": "We keep it."})
    assert NoticeText.objects.get().text == "We keep it."
    half = {"contract_years": 6, "exempt_reason": "Too many."}
    assert legal_client.post(f"{url}settings/", half).status_code == 422
    whole = half | {"exempt_url": "https://acme.example/privacy"}
    assert legal_client.post(f"{url}settings/", whole).status_code == 302
    assert PrivacyPolicy.objects.get().contract_years == 6
    assert "Nobody is told one by one" in legal_client.get(f"{url}notices/").content.decode()
    assert "Nothing is due" in legal_client.get(f"{url}retention/").content.decode()
    rules = {"never_contacted_months": 12}
    assert legal_client.post(f"{url}retention/", rules).status_code == 403
    shown = admin_user_client.post(f"{url}retention/", rules, follow=True).content.decode()
    proposal = RetentionProposal.objects.get(status=ProposalStatus.WAITING)
    assert proposal.made_at <= timezone.now()
    assert "Delete them for good" in shown
    legal_client.post(f"{url}retention/{proposal.pk}/", {"yes": "0"})
    proposal.refresh_from_db()
    assert proposal.status == "declined"
    assert not Job.objects.exists()
