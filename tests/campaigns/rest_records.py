"""Records of campaigns as the REST API names them: one of each, for tests of all endpoints."""

from __future__ import annotations

from datetime import date

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.choices import DeliverableState, DraftState, FeedSignature, ReadingVerdict
from campaigns.models import (
    Campaign,
    Comment,
    ConversionFeed,
    DailySeries,
    Deliverable,
    Draft,
    FastLane,
    FirstReading,
    Guideline,
    Keyword,
    PackAddition,
    PlatformWeek,
    Publication,
    RuleFact,
    SeriesLift,
    Submission,
    SurveyAnswer,
    SurveyRule,
)
from campaigns.services.disclosures import export_job
from campaigns.services.incidents.acting import attach
from campaigns.services.series.lifts import Asked, ask_lift, usual_spans
from campaigns.services.submissions import files as submissions
from crm.choices import IncidentKind, JobStatus
from crm.models import Brand, Incident, IncidentFile, Job, User
from tests.campaigns.publishing.pieces import PNG
from tests.factories import NOW


def give_records(brand: Brand, actor: User) -> None:
    """One of each, about the brand's only campaign, piece and incident."""
    campaign = Campaign.objects.get(brand=brand)
    piece = Deliverable.objects.get(engagement__campaign=campaign)
    ConversionFeed.objects.create(
        brand=brand,
        name="Shop",
        signature=FeedSignature.BODY,
        secret="x",
        pointers={"key": "/id", "at": "/at"},
    )
    Guideline.objects.create(brand=brand, kind="do", text="Show it", platform_id="instagram")
    PackAddition.objects.create(
        brand=brand,
        jurisdiction="DK",
        kind="insufficient",
        text="#collab",
        starts_on=NOW.date(),
        reason="x",
    )
    SurveyRule.objects.create(brand=brand, words="a friend", choice="channel", channel="Friends")
    SurveyAnswer.objects.create(brand=brand, key="r-1", day=NOW.date(), text="A friend")
    PlatformWeek.objects.create(
        brand=brand,
        platform_id="tiktok",
        week=date(2026, 9, 14),
        creators=40,
        posts=90,
        change=-0.2,
        computed_at=NOW,
    )
    published = Publication.objects.create(
        deliverable=piece, brand=brand, state_before=DeliverableState.APPROVED
    )
    FirstReading.objects.create(
        publication=published,
        read_at=NOW,
        verdict=ReadingVerdict.BELOW,
        rate=0.01,
        usual=0.04,
        low=0.02,
        high=0.06,
        posts=20,
        why="Few likes",
    )
    FastLane.objects.create(
        engagement=piece.engagement, gate_hours=4, reason="Rain", made_by=actor, made_at=NOW
    )
    draft = Draft.objects.create(
        deliverable=piece,
        number=1,
        text="Look",
        submitted_at=NOW,
        state=DraftState.WITHDRAWN,
        state_since=NOW,
    )
    Comment.objects.create(
        deliverable=piece, draft=draft, text="Which?", author=actor, name=str(actor), at=NOW
    )
    RuleFact.objects.create(
        relationship=piece.engagement.relationship,
        key="under_age",
        value="no",
        on=NOW.date(),
        source="Passport",
    )
    series = DailySeries.objects.get(brand=brand)
    before, after = usual_spans(campaign)
    asked = Asked(series, before, after, days_back=364)
    ask_lift(campaign=campaign, asked=asked, actor=actor, at=NOW)
    attach(
        incident_id=Incident.objects.get(brand=brand).pk,
        brand=brand,
        upload=SimpleUploadedFile("post.png", PNG),
        actor=actor,
        at=NOW,
    )
    for submission in Submission.objects.filter(brand=brand):
        kept = submissions.keep(brand, SimpleUploadedFile("balcony.png", PNG))
        submission.file_name, submission.content_type = kept.name, kept.content_type
        submission.size, submission.sha256 = kept.size, kept.sha256
        submission.save()
    job = Job(
        brand=brand,
        asked_by=actor,
        kind=export_job.KIND,
        title="Evidence",
        status=JobStatus.DONE,
        started_at=NOW,
        finished_at=NOW,
        file_name="evidence.zip",
    )
    job.file.save("evidence.zip", ContentFile(b"PK"), save=True)


def places_of_records() -> dict[str, str]:
    """What stands in addresses for them, by the end of each address."""
    found = {
        "conversion-feeds": ConversionFeed,
        "guidelines": Guideline,
        "survey-rules": SurveyRule,
        "survey-answers": SurveyAnswer,
        "platform-weeks": PlatformWeek,
        "post-alerts": FirstReading,
        "remarks": Comment,
        "lifts": SeriesLift,
        "keywords": Keyword,
    }
    return {
        **{
            f"/{name}/{{id}}": str(model.objects.earliest("pk").pk) for name, model in found.items()
        },
        "/evidence-archives/{id}": str(Job.objects.get(kind=export_job.KIND).pk),
        "/files/{number}": str(IncidentFile.objects.get().pk),
        "/contract-clauses/{key}": "work",
        "/runbooks/{key}": IncidentKind.CONTROVERSY.value,
    }
