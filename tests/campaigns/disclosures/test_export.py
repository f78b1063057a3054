"""Evidence taken out: it proves itself, and one changed byte is noticed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.choices import DisclosureVerdict as V
from campaigns.models import Evidence
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures import export_job
from campaigns.services.disclosures.exporting import SUMS, Scope, write
from campaigns.services.disclosures.gathering import gather
from campaigns.services.documents import digest_of
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import AuditEntry, Job
from crm.services import jobs
from tests.campaigns.disclosures.worlds import at_legal, judge, review_of
from tests.campaigns.publishing.pieces import DAY, PNG, piece, producing, published, running
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def campaign(brand, manager, legal):
    return running(brand, manager)


@pytest.fixture
def proved(campaign, manager, legal):
    """A published piece with a picture, decided about."""
    found = piece(producing(campaign))
    published(found, NOW - DAY, actor=manager)
    gather(
        deliverable_id=found.pk,
        brand=campaign.brand,
        seen={"text": "Ny creme fra @acme 🌿", "platform_tool": False},
        uploads=[SimpleUploadedFile("shot.png", PNG)],
        captured_at=NOW,
        actor=Actor(manager),
        at=NOW,
    )
    judge(review_of(found, "live"), legal, V.MISSING, "No label at all.")
    return found


def archive(brand, scope=None, at=NOW):
    file = io.BytesIO()
    count = write(file, brand=brand, scope=scope or Scope(), at=at)
    return file.getvalue(), count


def wrong(content: bytes) -> list[str]:
    """What `sha256sum --check` would complain of."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sums = dict(
            reversed(line.split("  ", 1)) for line in packed.read(SUMS).decode().splitlines()
        )
        found = {
            name: hashlib.sha256(packed.read(name)).hexdigest()
            for name in packed.namelist()
            if name != SUMS
        }
    assert set(sums) == set(found)
    return sorted(name for name in sums if sums[name] != found[name])


def test_the_archive_proves_itself(brand, campaign, manager, proved):
    at_legal(campaign, manager)
    content, count = archive(brand)
    assert (count, wrong(content)) == (2, [])
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.namelist()
        root = f"pieces/{proved.pk}"
        picture = f"{root}/files/{hashlib.sha256(PNG).hexdigest()}.png"
        assert packed.read(picture) == PNG
        assert packed.read("summary.pdf")[:5] == b"%PDF-"
        assert "sha256sum --check SHA256SUMS" in packed.read("README.txt").decode()
        record = json.loads(packed.read(f"{root}/record.json"))
        ledger = [
            json.loads(line) for line in packed.read(f"{root}/ledger.jsonl").decode().splitlines()
        ]
    assert names[-1] == SUMS
    [shot], [review] = record["evidence"], record["reviews"]
    assert (
        digest_of(shot["document"])
        == shot["digest"]
        == Evidence.objects.get(deliverable=proved).digest
    )
    [decision] = review["decisions"]
    assert (review["verdict"], decision["reason"]) == ("missing", "No label at all.")
    stands_on = {one["id"]: one for one in review["findings"]}[decision["finding"]]
    assert stands_on["case"]["text"] == "Ny creme fra @acme 🌿"
    assert list(stands_on["packs"]["jurisdictions"]) == ["DK"]
    kept = {entry["verb"]: entry for entry in ledger}
    assert kept["campaigns.disclosure.captured"]["facts"]["digest"] == shot["digest"]
    numbers = [entry["number"] for entry in ledger]
    entry = AuditEntry.objects.get(brand=brand, number=numbers[0])
    assert ledger[0]["hash"] == audit.hash_of(entry)


def test_one_changed_byte_is_noticed(brand, proved):
    content, _ = archive(brand)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    for name in sorted(set(files) - {SUMS}):
        changed = files | {name: bytes([files[name][0] ^ 1]) + files[name][1:]}
        again = io.BytesIO()
        with zipfile.ZipFile(again, "w") as packed:
            for path, inside in changed.items():
                packed.writestr(path, inside)
        assert wrong(again.getvalue()) == [name]


def test_the_same_records_give_the_same_bytes(brand, legal_client, proved):
    first, _ = archive(brand)
    path = f"/acme/legal/evidence/pieces/{proved.pk}.zip"
    answer = legal_client.get(path)
    assert answer["Content-Type"] == "application/zip"
    assert wrong(b"".join(answer.streaming_content)) == []
    told = AuditEntry.objects.get(verb="campaigns.disclosure.exported")
    assert (told.target_id, told.data) == (proved.pk, {"deliverable": proved.pk, "pieces": 1})
    # Taking it out is no record of the piece.
    assert archive(brand)[0] == first


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        (Scope(campaign="spring-launch"), 1),
        (Scope(campaign="nowhere"), 0),
        (Scope(since=NOW.date(), until=NOW.date()), 1),
        (Scope(since=NOW.date() + timedelta(days=1)), 0),
        (Scope(until=date(2020, 1, 1)), 0),
    ],
)
def test_a_campaign_or_a_time(brand, proved, scope, count):
    assert scope.pieces(brand).count() == count
    assert Scope.of(json.loads(json.dumps(scope.params()))) == scope


def test_of_many_a_worker_makes_it(brand, other_brand, legal, proved):
    with pytest.raises(CampaignRefused, match="Nothing was reviewed"):
        export_job.ask(brand=other_brand, scope=Scope(), actor=legal, at=NOW)
    days = Scope(since=NOW.date(), until=NOW.date() - DAY)
    with pytest.raises(CampaignRefused, match="after the last one"):
        export_job.ask(brand=brand, scope=days, actor=legal, at=NOW)
    assert not Job.objects.exists()
    job = export_job.ask(brand=brand, scope=Scope(), actor=legal, at=NOW)
    assert job.title == "Evidence of 1 piece: All campaigns"
    jobs.run(job_id=job.pk, at=NOW)
    job.refresh_from_db()
    assert (job.status, job.done, job.result) == (
        "done",
        1,
        "1 piece. The file is kept for 3 days.",
    )
    assert job.file_name == f"evidence-acme-{NOW:%Y-%m-%d}.zip"
    assert wrong(job.file.read()) == []
    told = AuditEntry.objects.get(verb="campaigns.disclosure.exported")
    assert (told.actor, told.data) == (legal, {"pieces": 1})


def test_the_page_asks_for_it(brand, legal_client, manager_client, proved):
    path = "/acme/legal/evidence/"
    assert manager_client.get(path).status_code == 403
    assert "Take evidence out" in legal_client.get(path).content.decode()
    refused = legal_client.post(path, {"since": "2126-01-01"})
    assert refused.status_code == 422
    assert "Nothing was reviewed or captured there" in refused.content.decode()
    assert not Job.objects.exists()
    assert legal_client.post(path, {"campaign": "spring-launch"}).status_code == 302
    assert Job.objects.get().params["campaign"] == "spring-launch"
