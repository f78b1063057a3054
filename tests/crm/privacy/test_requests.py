"""Requests of people about their data: the register, the copy, what takes effect at once."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.utils import timezone

from crm.choices import RequestKind, RequestOrigin, RequestStatus, Scope
from crm.models import AuditEntry, Job, Note, Notice, PrivacyRequest, Relationship, Suppression
from crm.outreach.guard import may_send
from crm.services import jobs
from crm.services.creators import change_creator
from crm.services.merge import merge
from crm.services.privacy import copying, requests, standing
from crm.services.privacy.origins import origins_of
from crm.services.privacy.refusals import PrivacyRefused
from segmentation.models import CreatorFacts
from tests.crm.imports.conftest import put
from tests.crm.outreach.worlds import mailbox_of
from tests.crm.privacy.worlds import EMAIL, HANDLE, MARKER, NAME, mark, somebody, whole_world
from tests.factories import NOW, ContactPointFactory, RelationshipFactory
from tests.rest import rest_as
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import members, run_now

pytestmark = pytest.mark.django_db
__all__ = ("put",)
TODAY = date(2026, 11, 22)


@pytest.fixture
def her(brand):
    made = RelationshipFactory(brand=brand, creator__name=NAME)
    ContactPointFactory(brand=brand, creator=made.creator, value=EMAIL)
    return made


@pytest.fixture
def ask(brand, her, legal):
    def do(kind: RequestKind = RequestKind.ACCESS, **said: object) -> PrivacyRequest:
        return requests.open_request(
            **{
                "brand": brand,
                "kind": kind,
                "origin": RequestOrigin.MAIL,
                "received_on": TODAY,
                "relationship": her,
                "actor": legal,
                "at": NOW,
            }
            | said
        )

    return do


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 11, 22), date(2026, 12, 22)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last(day, due):
    assert requests.months_after(day, 1) == due


def test_a_request_goes_its_way(ask, brand, legal):
    made = ask()
    assert (made.name, made.due_on, made.identity) == (NAME, date(2026, 12, 22), "waiting")
    said = {"request_id": made.pk, "brand": brand, "actor": legal, "at": NOW}
    done = {"status": RequestStatus.DONE, "outcome": "Sent the file."}
    with pytest.raises(PrivacyRefused, match="First say how you know"):
        requests.close(**said, **done)
    requests.check_identity(**said, how="Answered from the known address.")
    late = requests.extend(**said, months=2, because="Three mailboxes to look through.")
    assert late.due_on == date(2027, 2, 22)
    with pytest.raises(PrivacyRefused, match="extended already"):
        requests.extend(**said, months=1, because="More.")
    closed = requests.close(**said, **done)
    assert (closed.status, closed.closed_by, closed.closed_at) == ("done", legal, NOW)
    with pytest.raises(PrivacyRefused, match="closed already"):
        requests.close(**said, **done)
    verbs = AuditEntry.objects.filter(brand=brand, target_type="crm.privacyrequest")
    assert list(verbs.order_by("number").values_list("verb", flat=True)) == [
        "crm.privacy.asked",
        "crm.privacy.identity_checked",
        "crm.privacy.extended",
        "crm.privacy.closed",
    ]


def test_what_is_refused_changes_nothing(ask, brand, legal):
    made = ask()
    with pytest.raises(PrivacyRefused, match="asked already"):
        ask()
    with pytest.raises(PrivacyRefused, match="after today"):
        ask(RequestKind.ERASURE, received_on=TODAY + timedelta(days=1))
    with pytest.raises(PrivacyRefused, match="Say who asks"):
        ask(RequestKind.ERASURE, relationship=None, name=" ")
    said = {"request_id": made.pk, "brand": brand, "actor": legal}
    with pytest.raises(PrivacyRefused, match="time is over"):
        requests.extend(**said, at=NOW + timedelta(days=40), months=1, because="Late.")
    assert PrivacyRequest.objects.count() == 1
    made.refresh_from_db()
    assert (made.status, made.due_on) == ("open", date(2026, 12, 22))


def test_an_erasure_is_closed_by_erasing(ask, brand, legal):
    made = ask(RequestKind.ERASURE)
    said = {"request_id": made.pk, "brand": brand, "actor": legal, "at": NOW}
    requests.check_identity(**said, how="By phone.")
    with pytest.raises(PrivacyRefused, match="Erase them"):
        requests.close(**said, status=RequestStatus.DONE, outcome="Erased.")


def test_an_objection_to_advertising_takes_effect_at_once(ask, her):
    ask(RequestKind.MARKETING)
    entry = Suppression.objects.get(creator=her.creator)
    assert (entry.is_person, entry.reason, entry.lifted_at) == (True, "opt_out", None)


def test_who_objects_to_profiling_is_in_no_segment_any_more(brand, manager, legal, put):
    her = somebody(brand, put, manager)
    segment = segment_of(dimension_of(brand), "known", "followers >= 1000")
    run_now(brand)
    assert her.creator_id in members(segment)
    standing.leave_alone(relationship=her, kind=RequestKind.PROFILING, actor=legal, at=NOW)
    her.refresh_from_db()
    assert (her.unprofiled_at, her.restricted_at) == (NOW, None)
    run_now(brand, as_of=NOW + timedelta(days=1))
    assert her.creator_id not in members(segment)
    assert len(members(segment)) == 1
    run_now(brand, as_of=NOW + timedelta(days=2))
    assert not CreatorFacts.objects.filter(brand=brand, creator=her.creator_id).exists()
    standing.lift(relationship=her, because="She changed her mind.", actor=legal, at=NOW)
    run_now(brand, as_of=NOW + timedelta(days=3))
    assert her.creator_id in members(segment)


def test_a_copy_holds_everything_and_names_sources_and_rules(brand, manager, legal, put):
    her = whole_world(brand, put, manager, legal)
    segment_of(dimension_of(brand), "known", "followers >= 1000")
    run_now(brand)
    marked = mark(her.creator)
    job = copying.ask(relationship=her, actor=legal, at=timezone.now())
    jobs.run(job_id=job.pk, at=timezone.now())
    job = Job.objects.get(pk=job.pk)
    assert (job.status, job.error) == ("done", "")
    assert job.expires_at is not None
    with zipfile.ZipFile(io.BytesIO(job.file.read())) as archive:
        assert archive.namelist() == ["your-data.html", "your-data.json"]
        page = archive.read("your-data.html").decode()
        data = json.loads(archive.read("your-data.json"))
    for word in (NAME, HANDLE, EMAIL, MARKER, "followers &gt;= 1000", "By this rule"):
        assert word in page
    # Every column that took the word is in it, but for what is ours alone, and for what others
    # wrote below her posts.
    text = json.dumps(data["data"])
    hers = [column for column in marked if not column.startswith(("crm.PostC", "crm.Comment"))]
    assert len(hers) < len(marked)
    assert text.count(MARKER) >= len(hers) - 15
    assert not any("omment" in heading and "post" in heading for heading in data["data"])
    assert {"You", "Accounts", "Notes", "Contact points", "Contract versions"} <= set(data["data"])
    assert manager.email not in page
    entry = AuditEntry.objects.filter(brand=brand, verb="crm.privacy.copied").get()
    assert entry.target_id == her.pk


def test_pages_of_a_request(brand, her, legal, legal_client):
    url = f"/{brand.slug}/privacy/"
    assert "Nobody waits for an answer" in legal_client.get(url).content.decode()
    sent = {"kind": "erasure", "who": EMAIL.upper(), "origin": "phone", "text": "Please."}
    refused = legal_client.post(url, sent)
    assert refused.status_code == 422
    answer = legal_client.post(url, sent | {"received_on": timezone.localdate()}, follow=True)
    made = PrivacyRequest.objects.get()
    assert made.relationship == her
    assert "See what would be erased" in answer.content.decode()
    act = f"{url}requests/{made.pk}/"
    assert legal_client.post(f"{act}identity/", {"how": ""}).status_code == 422
    legal_client.post(f"{act}identity/", {"how": "By phone."})
    Note.objects.create(relationship=her, text="Hm.", created_at=NOW)
    page = legal_client.get(f"{url}creators/{her.creator.uid}/erase/").content.decode()
    assert "Nothing of the creator stays in any list" in page
    assert "Notes" in page
    erase = f"{url}creators/{her.creator.uid}/erase/"
    assert legal_client.post(erase, {"reason": "She asked."}).status_code == 422
    assert Relationship.objects.filter(pk=her.pk).exists()
    assert legal_client.post(erase, {"reason": "She asked.", "is_sure": "on"}).status_code == 302
    job = Job.objects.get()
    jobs.run(job_id=job.pk, at=timezone.now())
    job.refresh_from_db()
    assert (job.status, job.result[:8]) == ("done", "Erased: ")
    assert not Relationship.objects.filter(pk=her.pk).exists()
    made.refresh_from_db()
    assert (made.status, made.name, made.text) == ("done", "(erased)", "(erased)")
    assert "Answered" in legal_client.get(url).content.decode()


def test_pages_about_a_creator(brand, her, legal, legal_client, manager_client):
    url = f"/{brand.slug}/privacy/creators/{her.creator.uid}/"
    assert "Nothing is restricted here" in legal_client.get(url).content.decode()
    standing.leave_alone(relationship=her, kind=RequestKind.RESTRICTION, actor=legal, at=NOW)
    assert "used for nothing" in legal_client.get(url).content.decode()
    assert legal_client.post(f"{url}lift/", {"because": ""}).status_code == 422
    assert manager_client.post(f"{url}lift/", {"because": "Mine."}).status_code == 403
    her.refresh_from_db()
    assert her.restricted_at == NOW
    assert legal_client.post(f"{url}lift/", {"because": "She wants."}).status_code == 302
    her.refresh_from_db()
    assert (her.restricted_at, her.unprofiled_at) == (None, None)


def test_nobody_writes_to_who_is_restricted(brand, her, legal):
    mailbox = mailbox_of(brand)
    asked = {"mailbox": mailbox, "to": EMAIL, "purpose": "reply", "at": NOW}
    fresh = Relationship.objects.select_related("brand", "creator")
    assert may_send(relationship=fresh.get(pk=her.pk), **asked).allowed
    standing.leave_alone(relationship=her, kind=RequestKind.RESTRICTION, actor=legal, at=NOW)
    found = may_send(relationship=fresh.get(pk=her.pk), **asked)
    assert "restricted" in {one.code for one in found.reasons}


def test_rest_gives_the_register_to_who_handles_it(ask, brand, her, legal, manager):
    made = ask()
    found = rest_as(legal, brand, [Scope.PRIVACY_READ]).json("privacy-requests/", status="open")
    assert found["results"] == [
        {
            "id": made.pk,
            "creator": {"uid": str(her.creator.uid), "name": NAME},
            "kind": "access",
            "origin": "mail",
            "received_on": "2026-11-22",
            "due_on": "2026-12-22",
            "identity": "waiting",
            "status": "open",
            "outcome": None,
            "closed_at": None,
            "closed_by": None,
        }
    ]
    assert rest_as(manager, brand).get("privacy-requests/").status_code == 403
    assert rest_as(legal, brand).get(f"privacy-requests/{made.pk}/").status_code == 200


def test_what_is_due_soon_is_on_the_day_of_who_answers(ask, brand, legal_client, manager_client):
    made = ask()
    PrivacyRequest.objects.filter(pk=made.pk).update(due_on=timezone.localdate())
    url = f"/{brand.slug}/"
    assert f"{NAME}: a copy of the data" in legal_client.get(url).content.decode()
    assert "a copy of the data" not in manager_client.get(url).content.decode()


def test_each_thing_is_told_with_its_source_its_day_and_how_it_came(
    brand, manager, legal, put, django_assert_max_num_queries
):
    her = whole_world(brand, put, manager, legal)
    change_creator(relationship=her, changes={"country": "SE"}, actor=manager, at=NOW)
    her = Relationship.objects.select_related("brand", "creator").get(pk=her.pk)
    with django_assert_max_num_queries(11):
        found = {one.what: one for one in origins_of(her)}
    name = found["Name"]
    assert (name.value, name.way) == (NAME, f"import #{her.import_batch_id}, instagram.csv")
    country = found["Country"]
    assert (country.value, country.source) == ("SE", f"corrected by {manager.email}")
    assert found["E-mail"].value == EMAIL
    assert found["Account on Instagram"].value == f"@{HANDLE}"


def test_two_who_were_told_can_be_merged(brand, her, manager):
    twin = RelationshipFactory(brand=brand)
    for one in (her, twin):
        Notice.objects.create(relationship=one, at=NOW, way="hand")
    merge(
        kept_id=her.creator_id,
        gone_id=twin.creator_id,
        brand=brand,
        choices={},
        actor=manager,
        at=NOW,
        allowed=[brand.pk],
    )
    assert Notice.objects.get().relationship == her
