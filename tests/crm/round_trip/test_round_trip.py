"""A brand out of one database and into another: equal, with its ledger, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from crm.choices import (
    ApplicationStatus,
    MailDirection,
    MailStatus,
    SuppressionOrigin,
    SuppressionReason,
)
from crm.models import (
    Application,
    Attachment,
    AuditEntry,
    Brand,
    Creator,
    LedgerOrigin,
    Message,
    Relationship,
    StageCount,
    SuppressedAddress,
    Thread,
    User,
)
from crm.outreach.attachments import STORE
from crm.services.brands import create_brand
from crm.services.demo import PEOPLE, ensure_demo_brand
from crm.services.ledger import checkpoints, verifying
from crm.services.outreach.suppressions import suppress_address
from crm.services.round_trip import exporting, importing, places, reading
from segmentation.models import AttributionReport, Membership, Scorecard, Segment
from tests.crm.applications.worlds import applied
from tests.database import TEMPLATE

OUT, IN = "round_trip_out", "round_trip_in"
# The demo has none of these. All statements are made in one way out of the models, and the tables
# that it fills have every type of column.
_EMPTY = """
    campaigns.AffectedCampaign campaigns.AttributionSettings campaigns.AuthenticityReading
    campaigns.AuthenticityScore campaigns.CampaignHold campaigns.CauseEvidence campaigns.CauseTag
    campaigns.ChannelResult campaigns.Clause campaigns.Comment campaigns.CommentTie
    campaigns.CommenterReading campaigns.ConnectionEntry campaigns.ContractRules
    campaigns.ConversionBatch campaigns.ConversionFeed campaigns.Correction campaigns.Delegation
    campaigns.Donation campaigns.DraftFile campaigns.EventPost campaigns.EvidenceFile
    campaigns.ExchangeRate campaigns.ExclusiveElsewhere campaigns.FastLane campaigns.FirstReading
    campaigns.FlagDismissal campaigns.Invoice campaigns.Keyword campaigns.KeywordAssignment
    campaigns.KeywordList campaigns.KeywordUse campaigns.Likeness campaigns.Opinion
    campaigns.PackAddition campaigns.PackSignOff campaigns.PayRules campaigns.Payment
    campaigns.Permit campaigns.PlatformWeek campaigns.PolicyAcceptance campaigns.PolicyReading
    campaigns.PostFormat campaigns.PostReference campaigns.PostSetAside campaigns.PublicPolicy
    campaigns.PublicPolicyVersion campaigns.ReliabilityReading campaigns.Remediation
    campaigns.RemediationEvent campaigns.ReviewPlan campaigns.RisingTopic campaigns.RiskAssessment
    campaigns.RiskOverride campaigns.RuleFact campaigns.SearchSettings campaigns.SeriesBatch
    campaigns.Sighting campaigns.Spike campaigns.Submission campaigns.SubmissionPage
    campaigns.SubmissionPermission campaigns.SubmissionPermission_rights campaigns.SurveyAnswer
    campaigns.SurveyBatch campaigns.SurveyRule campaigns.TopicPost campaigns.TopicWeek
    campaigns.TrackingSettings campaigns.TrustReading campaigns.TrustWeights campaigns.ValueSet
    campaigns.VirtualCreator campaigns.VisitBatch campaigns.VisitDay campaigns.WatchSettings
    campaigns.Whereabouts campaigns.WhereaboutsRule campaigns.WorkingWeek crm.Agent crm.Answer
    crm.AudienceSample crm.AudienceSnapshot crm.CommentBatch crm.CommentLabel crm.CommentScore
    crm.CommentSettings crm.CommentSorting crm.CommentTheme crm.CommentThread crm.Connector
    crm.ConnectorSpend crm.ContactPoint crm.CreatorTag crm.Criterion crm.DuplicatePair crm.Enrolment
    crm.EnrolmentStep crm.Erasure crm.ExternalId crm.FactChange crm.FormCriterion crm.FormerHandle
    crm.Hold crm.ImportBatch crm.ImportReject crm.IncidentFile crm.LearnedModel crm.LedgerKeeping
    crm.MailFolder crm.MailTemplate crm.MailTemplateVersion crm.Mailbox crm.Mention crm.NoteVersion
    crm.Notice crm.NoticeText crm.OutreachPolicy crm.PitchApproval crm.PostComment
    crm.PostMetricSnapshot crm.PrivacyPolicy crm.PrivacyRequest crm.Pull crm.PullAnswer crm.Reminder
    crm.Representation crm.RetentionItem crm.RetentionProposal crm.RetentionRule crm.Review
    crm.ReviewForm crm.Runbook crm.SampleBatch crm.SavedMapping crm.SavedView crm.Sequence
    crm.SequenceStep crm.SequenceVersion crm.Snooze crm.StageLimit crm.Tag crm.Task crm.Vetting
    crm.VettingResult crm.ViewPin crm.Webhook segmentation.Activation segmentation.ActivationPick
    segmentation.AudienceSegment segmentation.AudienceSegment_segments segmentation.BenchmarkSet
    segmentation.BenchmarkValue segmentation.BudgetPick segmentation.BudgetPlan
    segmentation.CampaignForecast segmentation.CampaignForecastLine segmentation.ClaimTrial
    segmentation.Classifier segmentation.ClassifierSettings segmentation.Cluster
    segmentation.ClusterBuild segmentation.ClusterStay segmentation.ContentPiece
    segmentation.ContentReading segmentation.ContentTest segmentation.ContentVariant
    campaigns.FormatReading segmentation.ExpectedViews
    segmentation.CreatorForecast segmentation.CreatorScore segmentation.DriftAlert
    segmentation.DriftReport segmentation.ForecastModel segmentation.Match segmentation.MatchLesson
    segmentation.MatchRow segmentation.MatchWeights segmentation.MetricTarget segmentation.Override
    segmentation.RunNorm segmentation.RunOrder segmentation.ScoreBacktest
    segmentation.ScoreComparison segmentation.ScoreModel segmentation.ScoreMove
    segmentation.ScoreNorm segmentation.ScoreVersion segmentation.ScorecardShare
    segmentation.ScorecardShare_segments segmentation.SegmentExample segmentation.StageRule
    segmentation.StageRuleVersion segmentation.StageSuggestion segmentation.SuggestedValue
    segmentation.TierScorecards
"""
EMPTY = frozenset(_EMPTY.split())
# What an import adds, and nothing else differs.
GROWN = {"crm.AuditEntry", "crm.AuditText"}


@contextmanager
def database(name: str) -> Iterator[None]:
    """Work in another database of the server."""
    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    point_to(name)
    try:
        yield
    finally:
        point_to(before)


def point_to(name: str) -> None:
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = name


def make(name: str) -> None:
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, dbname="postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        # A template is copied while nobody is connected to it.
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [os.environ[TEMPLATE]],
        )
        server.execute(f"CREATE DATABASE {name} TEMPLATE {os.environ[TEMPLATE]}")


def export(folder: Path, slug: str = "demo") -> Path:
    folder.mkdir()
    brand = Brand.objects.get(slug=slug)
    return exporting.write(brand, folder, at=timezone.now(), advance=lambda: None).path


@pytest.fixture(scope="module")
def home(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[Path]:
    """A place for files, while databases of our own may be used."""
    made = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(settings, "RAPPORT_HOME", made)
        yield made


@pytest.fixture(scope="module")
def archive(home) -> Path:
    """The export of a brand that was worked with."""
    make(OUT)
    with database(OUT):
        passwords = {email: "made-up-9k2" for email, _name in PEOPLE.values()}
        ensure_demo_brand(passwords=passwords, at=timezone.now())
        call_command("make_demo", "--creators", "12", "--seed", "1", verbosity=0)
        brand = Brand.objects.get(slug="demo")
        call_command("install_pack", "content_roles", "--brand", "demo", verbosity=0)
        call_command("run_segmentation", "--brand", "demo", "--apply", verbosity=0)
        creator = Creator.objects.order_by("pk").first()
        Creator.objects.filter(pk=creator.pk).update(name='=A \\ "b"\t…\n🦊')
        suppress_address(
            brand=brand,
            address="mia@brand.example",
            reason=SuppressionReason.OPT_OUT,
            origin=SuppressionOrigin.PERSON,
            at=timezone.now(),
        )
        keep_a_file(brand)
        checkpoints.make(brand=brand, at=timezone.now())
        path = export(home / "first")
        assert Brand.objects.count() == 1
    return path


def keep_a_file(brand: Brand) -> None:
    """A mail with an attachment."""
    content = b"the brief"
    digest = hashlib.sha256(content).hexdigest()
    thread = Thread.objects.create(brand=brand, subject="Brief", last_at=timezone.now())
    message = Message.objects.create(
        brand=brand,
        thread=thread,
        direction=MailDirection.IN,
        status=MailStatus.RECEIVED,
        message_id="<1@brand.example>",
        from_address="mia@brand.example",
        at=timezone.now(),
    )
    Attachment.objects.create(
        message=message, brand=brand, name="brief.txt", sha256=digest, size=len(content)
    )
    STORE.keep(brand.pk, digest, ContentFile(content))
    made = Relationship.objects.filter(brand=brand).earliest("pk")
    applied(
        brand,
        status=ApplicationStatus.ACCEPTED,
        relationship=made,
        decided_at=timezone.now(),
        made={"creator": made.creator_id, "relationship": made.pk, "version": 1},
    )


def brand_segment(brand: Brand) -> Segment:
    return Segment.objects.filter(brand=brand).order_by("-members_count", "pk").first()


def seen_of(slug: str) -> dict[str, object]:
    """What people and programs see of a brand."""
    brand = Brand.objects.get(slug=slug)
    segment = brand_segment(brand)
    cards = Scorecard.objects.filter(segment__brand=brand).order_by("segment__key", "period")
    members = Membership.objects.filter(segment__brand=brand).as_of(timezone.now())
    return {
        "members": sorted(members.values_list("segment__key", "creator__uid")),
        "segment": (segment.key, segment.members_count),
        "scorecards": list(cards.values_list("segment__key", "period", "size", "metrics", "as_of")),
        "stages": sorted(
            Relationship.objects.filter(brand=brand).values_list("creator__uid", "stage")
        ),
        "counts": sorted(
            StageCount.objects.filter(brand=brand, creators__gt=0).values_list("stage", "creators")
        ),
    }


def lines(path: Path, label: str) -> list[bytes]:
    with zipfile.ZipFile(path) as file:
        return file.read(places.table_name(label)).splitlines()


def manifest(path: Path) -> dict:
    with zipfile.ZipFile(path) as file:
        return json.loads(file.read(places.MANIFEST))


@pytest.fixture(scope="module")
def empty(home) -> None:
    make(IN)


@pytest.mark.slow
def test_out_and_in_again_is_equal(archive, empty, home):
    with database(OUT):
        before = seen_of("demo")
    with database(IN):
        found = importing.load(archive, at=timezone.now())
        assert found.shift == 0
        again = export(home / "second")
        after = seen_of("demo")
        brand = Brand.objects.get(slug="demo")
        checked = verifying.verify(brand)
        people = User.objects.filter(roles__brand=brand)
        assert [user.is_active or user.has_usable_password() is True for user in people] == [
            False
        ] * len(people)
    assert after == before
    assert before["members"]
    assert before["scorecards"]
    assert checked.broken is None
    assert checked.checkpoints == 1
    first, second = manifest(archive), manifest(again)
    assert sum(table["rows"] for table in first["tables"].values()) == found.rows
    assert {label for label, table in first["tables"].items() if not table["rows"]} <= EMPTY
    for label in {*first["tables"], *first["shared"]} - GROWN:
        assert lines(archive, label) == lines(again, label), label
    for label in GROWN:
        was, now = lines(archive, label), lines(again, label)
        assert now[: len(was)] == was
        assert len(now) == len(was) + 1
    assert second["origins"][0]["number"] == len(lines(archive, "crm.AuditEntry"))


@pytest.fixture(scope="module")
def without_opt_outs(archive, home) -> Path:
    """The same where nobody is suppressed."""
    with database(OUT):
        SuppressedAddress.objects.all().delete()
        return export(home / "third")


@pytest.mark.slow
def test_among_other_brands_numbers_are_raised(archive, without_opt_outs, home):
    make(IN)
    with database(IN):
        other = create_brand(slug="demo", name="First", at=timezone.now())
        with pytest.raises(reading.ImportRefused, match="There is a brand “demo” here already"):
            importing.load(archive, at=timezone.now())
        with pytest.raises(reading.ImportRefused, match="suppressed addresses are hashed"):
            importing.load(archive, slug="second", at=timezone.now())
        assert Brand.objects.get() == other
        assert not Creator.objects.exists()
        found = importing.load(without_opt_outs, slug="second", at=timezone.now())
        after = seen_of("second")
        assert found.shift > 0
        assert found.brand.pk > found.shift
        digest = Attachment.objects.get().sha256
        assert STORE.open(found.brand.pk, digest).read() == b"the brief"
        assert verifying.verify(found.brand).broken is None
        assert verifying.verify(other).broken is None
        taken_on = Application.objects.get(name="Ida Holm")
        assert taken_on.made == {
            "creator": taken_on.relationship.creator_id,
            "relationship": taken_on.relationship_id,
            "version": 1,
        }
        ways = AttributionReport.objects.get().paths
        assert ways
        assert {int(creator) for creator in ways} <= set(
            Creator.objects.values_list("pk", flat=True)
        )
        assert LedgerOrigin.objects.get().shift == found.shift
        mine = AuditEntry.objects.filter(brand=found.brand, target_type="crm.relationship")
        named = set(mine.values_list("target_id", flat=True))
        there = set(Relationship.objects.filter(brand=found.brand).values_list("pk", flat=True))
        assert named & there
        assert min(named) > found.shift
        # Once more from here: numbers of three installations.
        again = export(home / "fourth", "second")
    with database(OUT):
        before = seen_of("demo")
    assert after == before
    make(IN)
    with database(IN):
        twice = importing.load(again, at=timezone.now())
        assert twice.shift == 0
        assert verifying.verify(twice.brand).broken is None
        assert LedgerOrigin.objects.count() == 2
        with pytest.raises(reading.ImportRefused, match="creators of the file are in this"):
            importing.load(again, slug="third", at=timezone.now())


def rewritten(archive: Path, target: Path, **changed: bytes | None) -> Path:
    """The archive with parts that are other ones, left out (None) or added."""
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(target, "w", 8) as file:
        for info in source.infolist():
            content = changed.pop(info.filename, source.read(info.filename))
            if content is not None:
                file.writestr(info.filename, content)
        for name, content in changed.items():
            file.writestr(name, content)
    return target


def said_anew(archive: Path, **members: object) -> dict[str, bytes]:
    """A manifest that says something else, with its sum."""
    text = json.dumps(manifest(archive) | members).encode()
    return {places.MANIFEST: text, places.CHECKSUMS: hashlib.sha256(text).hexdigest().encode()}


POSTS = places.table_name("crm.Post")


@pytest.mark.slow
def test_a_damaged_file_changes_nothing(archive, tmp_path):
    make(IN)
    whole = archive.read_bytes()
    posts = b"\n".join(lines(archive, "crm.Post")) + b"\n"
    bomb = b"0" * (4 << 20)
    tables = manifest(archive)["tables"]
    few = {label: table for label, table in tables.items() if label != "crm.Post"}
    forged = json.dumps({**json.loads(lines(archive, "crm.Note")[0]), "relationship_id": 10**9})
    forged_note = forged.encode() + b"\n"
    note = {
        "columns": tables["crm.Note"]["columns"],
        "rows": 1,
        "bytes": len(forged_note),
        "sha256": hashlib.sha256(forged_note).hexdigest(),
    }
    cut, other = tmp_path / "cut.zip", tmp_path / "other.zip"
    cut.write_bytes(whole[: len(whole) // 2])
    other.write_text("not a ZIP file")
    cases = [
        (cut, "cannot be read as a ZIP file"),
        (other, "cannot be read as a ZIP file"),
        ({POSTS: posts.replace(b"1", b"2", 1)}, "is damaged"),
        ({POSTS: None}, "crm.Post.jsonl is missing"),
        ({places.MANIFEST: None}, "has no manifest.json"),
        ({places.MANIFEST: b"{}"}, "was changed"),
        ({"../../escape": b"x"}, "not in its manifest"),
        ({"/etc/escape": b"x"}, "not in its manifest"),
        ({"csv/posts.csv": bomb}, "would grow to"),
        (said_anew(archive, format="else"), "The format of the file is 'else'"),
        (said_anew(archive, tables=few), "table crm.Post is missing"),
        (said_anew(archive, media={"media/mail/../../x": {}}), "no file that rows can name"),
        (said_anew(archive, product={"crm": "9999"}), "of another version"),
        (
            said_anew(archive, tables={**tables, "crm.Note": note})
            | {places.table_name("crm.Note"): forged_note},
            "The database refused the file",
        ),
    ]
    with database(IN):
        for number, (change, words) in enumerate(cases):
            path = change
            if isinstance(change, dict):
                path = rewritten(archive, tmp_path / f"{number}.zip", **change)
            with pytest.raises(reading.ImportRefused, match=words):
                importing.load(path, at=timezone.now())
        assert not Brand.objects.exists()
        assert not Creator.objects.exists()
        assert not User.objects.exists()


def test_a_worker_that_goes_on_writes_only_what_changed(archive, home):
    folder = home / "fifth"
    folder.mkdir()
    with database(OUT):
        brand = Brand.objects.get(slug="demo")
        killed = iter(range(10_000))

        def die() -> None:
            if next(killed) == 200:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            exporting.write(brand, folder, at=timezone.now(), advance=die)
        before = {part.name: part.stat().st_mtime_ns for part in folder.glob("*.jsonl")}
        Creator.objects.filter(relationships__brand=brand).update(name="Anew")
        kept = {}

        def look() -> None:
            kept.update({part.name: part.stat().st_mtime_ns for part in folder.glob("*.jsonl")})

        path = exporting.write(brand, folder, at=timezone.now(), advance=look).path
    written = {name for name, moment in before.items() if kept[name] != moment}
    assert written == {"crm.Creator.jsonl"}
    assert {json.loads(line)["name"] for line in lines(path, "crm.Creator")} == {"Anew"}
