"""What the OpenAPI schema promises holds: every address is there, every answer fits."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from campaigns.choices import (
    ClaimStatus,
    ContentKind,
    CostKind,
    MarketingChannel,
    ReviewStage,
    RightSource,
    WordLanguage,
)
from campaigns.models import (
    Asset,
    Brief,
    Campaign,
    CauseTag,
    ChannelResult,
    Claim,
    Commission,
    Competitor,
    Contract,
    Conversion,
    Deadline,
    Deliverable,
    DisclosureReview,
    Donation,
    Engagement,
    Event,
    EventInvitation,
    ExclusiveElsewhere,
    Gift,
    Invoice,
    KeywordList,
    Likeness,
    Offer,
    Payable,
    Permit,
    Policy,
    PostFormat,
    PostReference,
    PromoCode,
    Remediation,
    ReportCopy,
    RisingTopic,
    RuleAlert,
    Slot,
    Submission,
    TopicWeek,
    TrackingLink,
    UsageRight,
    Whereabouts,
)
from campaigns.services import (
    calendar,
    channels,
    claims_library,
    exclusivities,
    gifts,
    policies,
)
from campaigns.services.assets import files
from campaigns.services.authenticity.now import look_now
from campaigns.services.causes.donating import Given, donate
from campaigns.services.causes.tagging import add_evidence, tag
from campaigns.services.channels import Result
from campaigns.services.commissions import agreeing
from campaigns.services.competitors import save_competitor
from campaigns.services.contracts.variable import CommissionPart
from campaigns.services.contracts.writing import draft
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures import opening
from campaigns.services.events.answering import invite
from campaigns.services.keywords import keeping as keyword_keeping
from campaigns.services.keywords.keeping import Searched
from campaigns.services.payments import invoices
from campaigns.services.payments.invoices import Bill
from campaigns.services.payments.planning import Cost, add_cost
from campaigns.services.registers import permits, virtual
from campaigns.services.reliability.reading import read_one
from campaigns.services.reports import take_copy
from campaigns.services.rights.evidence import Document, Evidence
from campaigns.services.rights.granting import grant
from campaigns.services.risk.assessing import assess_one
from campaigns.services.series import keeping
from campaigns.services.series.notes import add_note
from campaigns.services.tracking import writing
from campaigns.services.trust.reading import read_some
from campaigns.services.whereabouts import saying
from campaigns.services.whereabouts.saying import Said
from config import api
from config.api import UPLOADS
from crm import audit
from crm.api.base import BrandViewSet
from crm.choices import Scope, Stage
from crm.models import (
    Agent,
    ApiToken,
    Application,
    Brand,
    CommentTheme,
    Connector,
    ContactPoint,
    Creator,
    Enrolment,
    ImportBatch,
    ImportReject,
    Incident,
    Job,
    LedgerCheckpoint,
    Mailbox,
    MailTemplate,
    Note,
    PitchApproval,
    Post,
    PostalAddress,
    PrivacyRequest,
    Pull,
    PullAnswer,
    Relationship,
    Representation,
    Review,
    SavedView,
    Sequence,
    Suppression,
    Task,
    Thread,
    TierScheme,
    User,
    Vetting,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
)
from crm.outreach.secrets import encrypt
from crm.services import saved_views
from crm.services.connectors import keeping as connecting
from crm.services.holds import pause
from crm.services.ledger import checkpoints
from crm.services.metrics import refresh_metrics
from crm.services.round_trip import asking, places
from crm.services.tasks import add_task
from crm.services.webhooks import again
from segmentation.choices import OutcomeMetric, OverrideKind
from segmentation.models import (
    AttributionReport,
    BudgetPlan,
    ClaimTrial,
    Cluster,
    ClusterBuild,
    ClusterStay,
    ContentTest,
    CreatorTie,
    DriftReport,
    Experiment,
    Match,
    MatchLesson,
    Membership,
    Override,
    ScoreBacktest,
    ScoreComparison,
    Segment,
    StageRule,
    StageSuggestion,
    SuggestedValue,
    TierScorecards,
)
from segmentation.services import changesets, claims, drift, packs, runs, stage_suggestions
from segmentation.services.attribution import requests as attribution
from segmentation.services.audiences import create_audience
from segmentation.services.content_tests import pieces as content_pieces
from segmentation.services.content_tests import planning as content_planning
from segmentation.services.content_tests import reading as content_reading
from segmentation.services.matches import asking as match_asking
from segmentation.services.matches import counting as match_counting
from segmentation.services.matches import weighing as match_weighing
from segmentation.services.matches.asking import Question
from segmentation.services.overrides import force
from segmentation.services.tier_scorecards import compute as compute_tier_scorecards
from segmentation.services.tier_scorecards import request_scorecards
from tests.campaigns.briefs import made as briefs
from tests.campaigns.conversions.worlds import order
from tests.campaigns.events.worlds import an_event
from tests.campaigns.incidents.made import reported
from tests.campaigns.made import engage, make_campaign
from tests.campaigns.offers.worlds import an_offer
from tests.campaigns.rest_records import give_records, places_of_records
from tests.campaigns.rights.worlds import asset_of, terms
from tests.campaigns.series.test_keeping import make_series
from tests.campaigns.submissions.worlds import a_page, handed_in
from tests.campaigns.tracking.worlds import a_code, a_link, followed
from tests.crm.applications.worlds import applied
from tests.crm.mail.world import creator_of, queued
from tests.crm.outreach.worlds import write_to_somebody
from tests.crm.privacy.worlds import ask_about_data
from tests.crm.reviews.world import ask, publish, said, write
from tests.factories import NOW, MetricSnapshotFactory, NoteFactory, RelationshipFactory
from tests.rest import Rest, assert_problem, close_files, rest_as
from tests.schema import KEPT, assert_fits, kept_schema
from tests.segmentation.budgets.building import planned as plan_a_budget
from tests.segmentation.building import populate
from tests.segmentation.content_tests.worlds import planned as planned_test
from tests.segmentation.experiments.worlds import make_experiment, read, start
from tests.segmentation.forecasts.building import learned as learn_forecasts
from tests.segmentation.scores.building import counted, study_scores
from tests.segmentation.stages.building import suggestion
from tests.segmentation.suggestions.building import suggested
from tests.test_api_uploads import NEEDED

NO_BODY = {"204", "304"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return kept_schema()


def test_the_kept_schema_is_the_present_one(tmp_path):
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(made), validate=True, fail_on_warn=True)
    assert made.read_text() == KEPT.read_text(), (
        "run manage.py spectacular --file docs/openapi.yaml"
    )


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_its_shapes_are_json_schema(schema):
    """OpenAPI 3.1: a null is a type, and the word of 3.0 for it would say nothing."""
    assert schema["openapi"].startswith("3.1.")
    assert "nullable:" not in KEPT.read_text("utf-8")
    for shape in schema["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)


def test_every_operation_says_what_it_does_takes_and_answers(schema):
    scopes = {scope.value for scope in Scope}
    for name, operation in operations(schema):
        assert operation["summary"], name
        assert operation["description"].rpartition("`")[0].rpartition("`")[2] in scopes, name
        assert operation["security"] == [{"token": []}], name
        assert {"400", "401", "403"} <= set(operation["responses"]), name
        assert ("404" in operation["responses"]) == ("{" in name), name
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
            assert status in NO_BODY or answer["content"], (name, status)


def test_every_viewset_is_guarded():
    views = [
        pattern.callback.cls for pattern in api.ADDRESSES if hasattr(pattern.callback, "actions")
    ]
    assert len(views) > 20
    for view in views:
        assert issubclass(view, BrandViewSet)
        assert view.scope in Scope
        assert [guard.__name__ for guard in view.permission_classes] == ["HasScope"]


def test_the_schema_and_its_page_are_for_everybody(client: Client):
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert "/api/v1/segments/{key}/scorecard/" in answer.json()["paths"]
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert b"swagger-ui" in page.content
    # The page's policy allows no inline script: its script is a file, served by the same view.
    assert b"<script>" not in page.content
    assert client.get("/api/v1/docs/?script=").status_code == 200


def give_a_day_of_work(brand: Brand, actor: User) -> None:
    """A mail, a note, a task, an agent, an address, a review, a job and a view."""
    mia = creator_of(brand)
    queued(Mailbox.objects.get(), mia, actor)
    NoteFactory(relationship=mia)
    add_task(brand=brand, title="Call", actor=actor, at=NOW, relationship=mia)
    Job.objects.create(brand=brand, asked_by=actor, kind="crm.duplicates", title="Duplicates")
    Representation.objects.create(
        agent=Agent.objects.create(brand=brand, name="Bo"), creator=mia.creator
    )
    PostalAddress.objects.create(
        brand=brand,
        creator=mia.creator,
        recipient="x",
        street="x",
        city="x",
        country="DK",
        confirmed_at=NOW,
    )
    publish(brand, actor, reviewers=1, requester_may_review=True)
    write(ask(mia, actor, actor), actor, said(4, None, 1, "never"))
    saved_views.save_new(brand=brand, name="Core", query="stage=core", author=actor, is_shared=True)


def give_a_webhook(brand: Brand, actor: User) -> None:
    """A webhook that had a trial, which failed."""
    webhook = Webhook.objects.create(
        brand=brand,
        owner=actor,
        name="Warehouse",
        url="https://hooks.example/",
        events=["crm.stage"],
        secret=encrypt("whsec_AAAA"),
        created_at=NOW,
    )
    delivery = again.ping(webhook=webhook, at=NOW)
    WebhookAttempt.objects.create(
        delivery=delivery, number=1, at=NOW, duration_ms=38, error="Nothing listens."
    )


def give_an_export(brand: Brand, actor: User) -> None:
    export = asking.ask(brand=brand, actor=actor, at=NOW)
    (places.of_job(export.pk) / "everything.zip").write_bytes(b"PK")
    export.params = {"file": "everything.zip", "size": 2, "rows": 0}
    export.save()


def give_uploads(brand: Brand) -> None:
    """A file of each kind, and a competitor."""
    for kind in UPLOADS:
        needed = NEEDED.get(kind.key) or dict.fromkeys(kind.counts, 3)
        kind.model.objects.create(brand=brand, file_name="x", created_at=NOW, **needed)
    save_competitor(brand=brand, name="Globex", handles=[], actor=None, at=NOW)
    post = Post.objects.filter(creator__relationships__brand=brand).earliest("pk")
    PostFormat.objects.create(brand=brand, post=post, kind=ContentKind.TUTORIAL, at=NOW)


def give_a_connector(brand: Brand, actor: User) -> None:
    """A connector with a pull that a killed worker left."""
    wanted = connecting.Wanted("Counts", {"key": "k-1"})
    made = connecting.create(brand=brand, kind="youtube", wanted=wanted, actor=actor, at=NOW)
    pull = Pull.objects.create(
        connector=made,
        started_at=NOW,
        profiles_total=3,
        answers_count=1,
        counts={"posts": 2},
        rejected={"missing": 1},
    )
    PullAnswer.objects.create(
        pull=pull,
        number=1,
        step="channels",
        fetched_at=NOW,
        took_ms=80,
        status_code=200,
        rejected=[{"profile": 1, "code": "missing", "reason": "YouTube knows no such channel."}],
    )


def give_a_campaign(brand: Brand, actor: User) -> None:
    """An application, an offer, a gift, a creator in a campaign, a suggestion of a stage."""
    noa = creator_of(brand, "Noa", "noa@example.com")
    applied(brand)
    an_offer(noa, actor)
    shoes = gifts.Details("Trail shoes", "blue, 39", Decimal(120), "EUR")
    gifts.plan_gift(relationship=noa, details=shoes, actor=actor, at=NOW)
    campaign = make_campaign(brand, actor)
    place = engage(campaign, relationship=noa)
    link = a_link(brand, actor, place)
    writing.write([followed(link, visitor=1)])
    a_code(brand, actor, place=place)
    event = an_event(brand, actor, campaign)
    invite(event_id=event.pk, brand=brand, relationships=[noa.pk], actor=actor, at=NOW)
    briefs.draft(campaign, actor)
    wanted = claims_library.Wanted("cures acne", ClaimStatus.FORBIDDEN, reason="No medicine")
    claims_library.save_claim(brand=brand, wanted=wanted, actor=actor, at=NOW)
    piece = Deliverable.objects.create(
        engagement=place, title="Reel", platform_id="instagram", kind="review", form="short_video"
    )
    opening.begin(
        piece,
        stage=ReviewStage.LIVE,
        draft=None,
        opening=0,
        due_at=NOW,
        requested=(actor, None),
        at=NOW,
    )
    studio = Cost(CostKind.PRODUCTION, "Studio for a day", "EUR", amount=Decimal(250))
    add_cost(campaign=campaign, cost=studio, actor=actor, at=NOW)
    bill = Bill("7", NOW.date(), Decimal(250), "EUR", payee="Studio Nord")
    invoices.enter(brand=brand, bill=bill, payables=[], actor=actor, at=NOW)
    ads = Result(MarketingChannel.SEARCH, NOW.date(), NOW.date(), Decimal(9), "EUR", "Ads account")
    channels.enter(brand=brand, result=ads, actor=actor, at=NOW)
    agreed = agreeing.agree(
        engagement=place,
        part=CommissionPart(each=Decimal(2)),
        currency="EUR",
        starts_on=NOW.date(),
        ends_on=None,
        actor=actor,
        at=NOW,
    )
    agreed.statements.create(
        number=1, until=NOW.date(), as_of=NOW, carried=Decimal(0), total=Decimal(2)
    ).lines.create(
        sale="order-1", sold_at=NOW, earned=Decimal(2), before=Decimal(0), amount=Decimal(2)
    )
    asked = Remediation.objects.create(
        brand=brand,
        deliverable=piece,
        review=DisclosureReview.objects.get(),
        asked_at=NOW,
        state_since=NOW,
        due_at=NOW + timedelta(days=1),
        words="Begin with “Reklame”.",
        channel="message",
    )
    asked.events.create(act="ask", state="open", at=NOW, words=asked.words)
    give_a_plan(campaign, noa, actor)
    take_copy(campaign=campaign, actor=actor, at=NOW)
    draft(engagement_id=place.pk, brand=brand, actor=actor, at=NOW)
    give_a_paper(place)
    handed_in(a_page(brand, actor, campaign), may_use=True)
    saying.say(relationship=noa, said=Said(place="Rome"), by=Actor(actor), at=NOW)
    paper = permits.Wanted("AE", "permit", number="UAE-1", valid_until=date(2026, 12, 1))
    permits.save_permit(relationship=noa, wanted=paper, actor=actor, at=NOW)
    rule = policies.save_policy(
        brand=brand, title="Marking", text="First line.", for_creators=True, actor=actor, at=NOW
    )
    policies.publish(policy_id=rule.pk, brand=brand, actor=actor, at=NOW, expected_version=None)
    suggestion(brand, "followers >= 1", Stage.PROSPECT, Stage.FIRST_TIME)
    stage_suggestions.refresh(brand=brand, at=NOW)


def give_a_paper(place: Engagement) -> None:
    """A right with its document, and an asset with its file."""
    paper = SimpleUploadedFile("paper.txt", b"I agree.", "text/plain")
    kept = files.keep(place.campaign.brand, paper)
    document = Document(kept.sha256, kept.name, kept.content_type)
    grant(
        engagement=place,
        terms=terms(),
        source=RightSource.CONTRACT,
        evidence=Evidence(reference="Contract 12", document=document),
        actor=None,
        at=NOW,
    )
    asset_of(
        place,
        sha256=kept.sha256,
        file_name=kept.name,
        content_type=kept.content_type,
        size=kept.size,
    )


def give_a_character(brand: Brand, actor: User) -> None:
    """A virtual creator who is like somebody who allowed it."""
    made = RelationshipFactory(brand=brand, creator__creator_type="virtual")
    virtual.save_person(
        relationship=made,
        wanted=virtual.Person("Bo Holm", ["face"], consent="held"),
        paper=virtual.keep(brand=brand, name="x.pdf", content=b"%PDF-1.4\ntrailer<<>>\n%%EOF"),
        actor=actor,
        at=NOW,
    )


def give_a_plan(campaign: Campaign, noa: Relationship, actor: User) -> None:
    """A slot of the calendar, and what a creator promised to others."""
    days = {"first_on": campaign.starts_on, "until": campaign.ends_on}
    slot = {"title": "Lesson", "segment": "", "platform": None, "cadence": "monthly", "places": 1}
    calendar.add_slot(
        campaign_id=campaign.pk,
        brand=campaign.brand,
        values={**slot, **days},  # type: ignore[typeddict-item]
        actor=actor,
        at=NOW,
    )
    elsewhere = {"category": "soap", "to": "", "until": None, "source": "A post"}
    exclusivities.note(relationship=noa, **elsewhere, actor=actor, at=NOW)


@pytest.fixture
def rest(brand, admin_user) -> Rest:
    """Of an admin of a brand that has some of everything."""
    give_everything(brand, admin_user)
    return rest_as(admin_user, brand)


def ask_to_pitch(brand: Brand, admin_user: User) -> None:
    """One asking that waits for an answer."""
    PitchApproval.objects.create(
        brand=brand,
        relationship=brand.relationships.first(),
        depth="colleague",
        segment="Early adopter",
        reason="She asked for the prototype",
        asked_by=admin_user,
        asked_at=NOW,
    )


def give_everything(brand: Brand, admin_user: User) -> None:
    """Some of everything that the API tells of."""
    populate(brand, 30)
    refresh_metrics(creator_ids=None, as_of=NOW)
    packs.install_pack(brand=brand, name="size_glossary_6", actor=None, at=NOW)
    run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
    runs.execute_run(run_id=run.pk, at=NOW)
    batch = ImportBatch.objects.create(
        brand=brand, source="x", file_name="x", captured_at=NOW, mapping={"columns": {}}
    )
    ImportReject.objects.create(batch=batch, line=1, reason="no handle")
    audit.record(brand=brand, verb="test", target=brand, at=NOW)
    report = drift.request_report(
        brand=brand, since_on=date(2026, 9, 30), until_on=NOW.date(), actor=None, at=NOW
    )
    drift.compute_report(report_id=report.pk, at=NOW)
    order(brand, value=50, code_text="ANNA10")
    credited = attribution.request_report(
        brand=brand,
        campaign=None,
        first_on=date(2026, 11, 1),
        last_on=NOW.date(),
        currency="EUR",
        actor=None,
        at=NOW,
    )
    attribution.compute(report_id=credited.pk, at=NOW)
    give_numbers_to_compare(brand)
    segment = Segment.objects.order_by("pk").first()
    create_audience(
        brand=brand,
        key="parents",
        values={"name": "Parents"},
        segments=[segment.key],
        at=NOW,
        actor=admin_user,
    )
    force(
        segment_id=segment.pk,
        creator_id=brand.relationships.first().creator_id,
        kind=OverrideKind.IN,
        reason="They asked",
        at=NOW,
        actor=admin_user,
    )
    write_to_somebody(brand, admin_user)
    ask_to_pitch(brand, admin_user)
    ask_about_data(brand, admin_user)
    give_a_day_of_work(brand, admin_user)
    give_a_campaign(brand, admin_user)
    plan_a_budget(brand)
    give_a_content_test(brand, admin_user)
    asked = request_scorecards(
        brand=brand,
        scheme=TierScheme.objects.get(key="glossary_6"),
        period="2026Q4",
        actor=None,
        at=NOW,
    )
    compute_tier_scorecards(scorecards_id=asked.pk, at=NOW)
    checkpoints.make(brand=brand, at=NOW)
    give_a_character(brand, admin_user)
    give_matches(brand)
    give_clusters(brand)
    give_search_words(brand)
    give_a_webhook(brand, admin_user)
    give_an_export(brand, admin_user)
    give_a_connector(brand, admin_user)
    kept = brand.relationships.get(creator=Membership.objects.order_by("pk").first().creator)
    assess_one(relationship=kept, at=NOW)
    read_one(relationship=kept, at=NOW)
    # Enough to say something of how authentic they are.
    MetricSnapshotFactory(
        profile=kept.creator.profiles.earliest("pk"),
        followers=10_000,
        following=120,
        avg_likes=300,
        avg_comments=10,
        avg_views=5_000,
    )
    look_now(relationship=kept, at=NOW)
    read_some(brand=brand, relationships=[kept], at=NOW)
    stood = tag(relationship=kept, cause="climate", note="", actor=admin_user, at=NOW)
    add_evidence(
        tag_id=stood.pk,
        relationship=kept,
        what="A talk",
        on=NOW.date(),
        url="https://example.com/talk",
        paper=None,
        actor=admin_user,
        at=NOW,
    )
    given = Given(
        cause="climate",
        recipient="Trees for Denmark",
        amount=Decimal(100),
        currency="EUR",
        on=NOW.date(),
        url="https://example.com/receipt",
    )
    donate(brand=brand, given=given, paper=None, actor=admin_user, at=NOW)
    reported(brand, admin_user, kept)
    give_records(brand, admin_user)
    pause(brand=brand, relationship=kept, reason="Look", until=None, actor=admin_user, at=NOW)
    suggested(brand, kept.creator)


def give_a_content_test(brand: Brand, actor: User) -> None:
    """A test that is running and was read once; too little is known to suggest anything."""
    campaign = Campaign.objects.get(brand=brand)
    test = planned_test(brand, campaign, metric=OutcomeMetric.SAVES, target="")
    content_planning.start(test_id=test.pk, actor=None, at=NOW)
    content_pieces.assign(test_id=test.pk, actor=actor, at=NOW)
    asked = content_reading.ask(test_id=test.pk, actor=None, at=NOW)
    content_reading.read(reading_id=asked.pk, at=NOW)


def give_numbers_to_compare(brand: Brand) -> None:
    """An experiment that was read, a series and a note on a day."""
    largest = Segment.objects.order_by("-members_count", "pk").first()
    read(start(make_experiment(brand, segment=largest.key, reading="anytime")))
    claims.compute(
        trial_id=claims.request_trial(
            brand=brand,
            scheme=TierScheme.objects.get(key="harvard_media"),
            first_period="2026Q3",
            period="2026Q4",
            actor=None,
            at=NOW,
        ).pk,
        at=NOW,
    )
    study_scores(counted(brand))
    learn_forecasts(brand)
    give_uploads(brand)
    series = make_series(brand)
    keeping.put_values(series=series, values={NOW.date(): 3.0}, actor=None, at=NOW)
    add_note(brand=brand, day=NOW.date(), title="Sale", platform=None, url="", actor=None, at=NOW)


def give_search_words(brand: Brand) -> None:
    """A list that a campaign is for, and a post that points to the brand."""
    made = keyword_keeping.create_list(
        brand=brand,
        name="Soap",
        language=WordLanguage.ENGLISH,
        words=[Searched("post"), Searched("hand soap", 90, "commercial")],
        actor=None,
        at=NOW,
    )
    for campaign in Campaign.objects.filter(brand=brand):
        keyword_keeping.assign(
            keyword_list=made, keywords=None, campaign=campaign, brief=None, actor=None, at=NOW
        )
    post = Post.objects.filter(creator__relationships__brand=brand).earliest("pk")
    PostReference.objects.create(
        brand=brand, post=post, kind="link", target="acme.example", first_seen_at=NOW
    )
    week = TopicWeek.objects.create(
        brand=brand,
        week=date(2026, 11, 16),
        terms=9,
        creators=5,
        posts=7,
        before=40,
        weeks_before=12,
        computed_at=NOW,
    )
    RisingTopic.objects.create(
        week=week, kind="hashtag", term="soap", creators=4, before=0, chance=0, false_share=0
    )
    CommentTheme.objects.create(brand=brand, kind="question", term="lid")


def give_matches(brand: Brand) -> None:
    """Creators ranked for the campaign, and what campaigns teach."""
    match = match_asking.request(
        campaign_id=Campaign.objects.get(brand=brand).pk,
        brand=brand,
        question=Question(score="fit"),
        actor=None,
        at=NOW,
    )
    match_counting.count(match_id=match.pk, at=NOW)
    lesson = match_weighing.request(brand=brand, actor=None, at=NOW)
    match_weighing.compute(lesson_id=lesson.pk, at=NOW)


def give_clusters(brand: Brand) -> None:
    """Two creators in one cluster, tied, and how the map was made."""
    one, other = Creator.objects.filter(relationships__brand=brand).order_by("pk")[:2]
    cluster = Cluster.objects.create(
        brand=brand,
        number=1,
        terms=["#soap"],
        size=2,
        stability=0.9,
        x=500,
        y=500,
        radius=40,
        found_at=NOW,
    )
    for creator in (one, other):
        ClusterStay.objects.create(
            brand=brand, creator=creator, cluster=cluster, entered_at=NOW, stability=0.9
        )
    CreatorTie.objects.create(brand=brand, one=one, other=other, hashtags=3, weight=1.5)
    ClusterBuild.objects.create(
        brand=brand,
        number=1,
        built_at=NOW,
        creators=2,
        tied=2,
        clustered=2,
        clusters=1,
        inputs={"hashtags": {"ties": 1}},
        method={"runs": 30},
    )


def test_every_answer_fits_the_schema(schema, rest):
    """Each GET with its items, and no member that the schema does not name."""
    stay = Membership.objects.order_by("pk").first()
    run = changesets.last_applied(stay.segment.brand)
    character = Likeness.objects.get().virtual.relationship.creator.uid
    values = {
        # Before those whose addresses end alike.
        "/creators/{uid}/virtual": f"{character}/virtual",
        "/creators/{uid}/likenesses": f"{character}/likenesses",
        **{
            f"/uploads/{kind.key}/{{id}}": str(kind.model.objects.earliest("pk").pk)
            for kind in UPLOADS
        },
        **places_of_records(),
        "/competitors/{id}": str(Competitor.objects.get().pk),
        "/audit/{number}": "1",
        "/connectors/{id}": str(Connector.objects.get().pk),
        "/connector-pulls/{id}": str(Pull.objects.get().pk),
        "/webhooks/{id}": str(Webhook.objects.get().pk),
        "/webhook-deliveries/{id}": str(WebhookDelivery.objects.get().pk),
        "/creators/{uid}": str(stay.creator.uid),
        "/segments/{key}": stay.segment.key,
        "/facts/{key}": "followers",
        "/metrics/{key}": "engagement_rate_followers",
        "/dimensions/{key}": "size_glossary_6",
        "/runs/{id}": str(run.pk),
        "/profiles/{id}": str(stay.creator.profiles.first().pk),
        "/posts/{id}": str(rest.json("posts/")["results"][0]["id"]),
        "/relationships/{id}": str(stay.creator.relationships.get().pk),
        "/drift/{id}": str(DriftReport.objects.get().pk),
        "/attribution-reports/{id}": str(AttributionReport.objects.get().pk),
        "/conversions/{id}": str(Conversion.objects.get().pk),
        "/experiments/{id}": str(Experiment.objects.get().pk),
        "/content-tests/{id}": str(ContentTest.objects.get().pk),
        "/tier-scorecards/{id}": str(TierScorecards.objects.get().pk),
        "/audit-checkpoints/{id}": str(LedgerCheckpoint.objects.get().pk),
        "/series/{key}": "brand-search",
        "/keyword-lists/{id}": str(KeywordList.objects.get().pk),
        "/forecast-models/{number}": "1",
        "/budget-plans/{id}": str(BudgetPlan.objects.get().pk),
        "/score-models/{key}": "fit",
        "/clusters/{number}": "1",
        "/matches/{id}": str(Match.objects.get().pk),
        "/match-lessons/{id}": str(MatchLesson.objects.get().pk),
        "/score-comparisons/{id}": str(ScoreComparison.objects.get().pk),
        "/score-backtests/{id}": str(ScoreBacktest.objects.get().pk),
        "/claim-trials/{id}": str(ClaimTrial.objects.get().pk),
        "/packs/{key}": "skincare_dtc",
        "/fields/{key}": "content_role",
        "/audiences/{key}": "parents",
        "/overrides/{id}": str(Override.objects.get().pk),
        "/versions/{number}": "1",
        "/imports/{id}": str(ImportBatch.objects.get().pk),
        "/enrolments/{id}": str(Enrolment.objects.get().pk),
        "/mail-templates/{id}": str(MailTemplate.objects.earliest("pk").pk),
        "/sequences/{id}": str(Sequence.objects.get().pk),
        "/privacy-requests/{id}": str(PrivacyRequest.objects.get().pk),
        "/suppressions/{id}": str(Suppression.objects.get().pk),
        "/post-formats/{post}": str(PostFormat.objects.earliest("pk").post_id),
        "/pitch-approvals/{id}": str(PitchApproval.objects.get().pk),
        "/threads/{id}": str(Thread.objects.earliest("pk").pk),
        "/notes/{id}": str(Note.objects.get().pk),
        "/tasks/{id}": str(Task.objects.get().pk),
        "/jobs/{id}": str(Job.objects.get(kind="crm.duplicates").pk),
        "/brand-exports/{id}": str(Job.objects.get(kind=asking.KIND).pk),
        "/contacts/{id}": str(ContactPoint.objects.earliest("pk").pk),
        "/addresses/{id}": str(PostalAddress.objects.get().pk),
        "/agents/{uid}": str(Agent.objects.get().uid),
        "/representations/{id}": str(Representation.objects.get().pk),
        "/vettings/{id}": str(Vetting.objects.get().pk),
        "/reviews/{id}": str(Review.objects.get().pk),
        "/review-forms/{number}": "1",
        "/applications/{id}": str(Application.objects.get().pk),
        "/offers/{id}": str(Offer.objects.get().pk),
        "/contracts/{id}": str(Contract.objects.get().pk),
        "/permits/{id}": str(Permit.objects.get().pk),
        "/policies/{id}": str(Policy.objects.get().pk),
        "/rule-alerts/{id}": str(RuleAlert.objects.get().pk),
        "/rule-packs/{key}": "DK",
        "/incidents/{id}": str(Incident.objects.get().pk),
        "/risk/{uid}": str(stay.creator.uid),
        "/flags/{uid}": str(stay.creator.uid),
        "/reliability/{uid}": str(stay.creator.uid),
        "/authenticity/{uid}": str(stay.creator.uid),
        "/trust/{uid}": str(stay.creator.uid),
        "/causes/{id}": str(CauseTag.objects.get().pk),
        "/donations/{id}": str(Donation.objects.get().pk),
        "/gifts/{id}": str(Gift.objects.get().pk),
        "/payments/{id}": str(Payable.objects.get().pk),
        "/invoices/{id}": str(Invoice.objects.get().pk),
        "/commissions/{id}": str(Commission.objects.get().pk),
        "/statements/{number}": "1",
        "/channel-results/{id}": str(ChannelResult.objects.get().pk),
        "/tracking-links/{id}": str(TrackingLink.objects.get().pk),
        "/promo-codes/{id}": str(PromoCode.objects.get().pk),
        "/events/{id}": str(Event.objects.get().pk),
        "/submissions/{id}": str(Submission.objects.get().pk),
        "/whereabouts/{id}": str(Whereabouts.objects.get().pk),
        "/invitations/{id}": str(EventInvitation.objects.get().pk),
        "/briefs/{id}": str(Brief.objects.get().pk),
        "/claims/{id}": str(Claim.objects.get().pk),
        "/deadlines/{id}": str(Deadline.objects.earliest("pk").pk),
        "/likenesses/{id}": str(Likeness.objects.get().pk),
        "/slots/{id}": str(Slot.objects.get().pk),
        "/exclusivities/{id}": str(ExclusiveElsewhere.objects.get().pk),
        "/deliverables/{id}": str(Deliverable.objects.get().pk),
        "/disclosures/{id}": str(DisclosureReview.objects.get().pk),
        "/remediations/{id}": str(Remediation.objects.get().pk),
        "/publications/{id}": str(Deliverable.objects.get().pk),
        "/copies/{number}": str(ReportCopy.objects.get().pk),
        "/assets/{id}": str(Asset.objects.get().pk),
        "/rights/{id}": str(UsageRight.objects.get().pk),
        "/campaigns/{key}": Campaign.objects.get().key,
        "/engagements/{id}": str(Engagement.objects.get().pk),
        "/stage-rules/{id}": str(StageRule.objects.get().pk),
        "/suggested-values/{id}": str(SuggestedValue.objects.earliest("pk").pk),
        "/stage-suggestions/{id}": str(StageSuggestion.objects.earliest("pk").pk),
        "/views/{id}": str(SavedView.objects.get().pk),
        "/tokens/{id}": str(ApiToken.objects.earliest("pk").pk),
    }
    # What a list cannot be asked without.
    asks = {
        "tier-scorecards": {},
        "audience-overlap": {"segment": stay.segment.key},
        "unique-reach": {"segment": stay.segment.key, "population": "1000000"},
        "scorecards/comparison": {"period": "2026Q4", "segments": stay.segment.key},
        "trend": {"period": "2026Q4"},
        "scorecard": {"period": "2026Q4"},
        "near-misses": {"segment": stay.segment.key},
        "disclosure-compliance": {"starts_on": "2026-01-01", "ends_on": "2026-12-31"},
    }
    asked, known, changed = 0, set(), set()
    for path, methods in schema["paths"].items():
        if "get" not in methods:
            continue
        address = path
        for place, value in values.items():
            address = address.replace(place, place.partition("{")[0] + value)
        params = next((given for part, given in asks.items() if part in path), {})
        answer = rest.client.get(address, params)
        assert answer.status_code == 200, (address, answer)
        close_files(answer)
        shape = methods["get"]["responses"]["200"]
        if "application/json" in shape["content"]:
            assert_fits(answer.json(), shape, address)
        else:
            assert answer["Content-Type"] in shape["content"], address
            answer.getvalue()  # To its end, where the file is closed.
        if "304" in methods["get"]["responses"] and answer.has_header("ETag"):
            held = {"If-None-Match": f'"other", {answer["ETag"]}'}
            again = rest.client.get(address, params, headers=held)
            if again.status_code == 304 and not again.content:
                known.add(path)
            else:
                changed.add(path)
            again.getvalue()
        asked += 1
    # What says of which moment it is, is new at each.
    assert changed == {
        "/api/v1/campaigns/{key}/report/",
        "/api/v1/campaigns/{key}/returns/",
        "/api/v1/concentration/",
        "/api/v1/overview/",
    }
    assert len(known) > 150
    assert asked == sum("get" in methods for methods in schema["paths"].values()) > 20
    assert_changes_ask_for_what_was_seen(schema, rest, values)


def assert_changes_ask_for_what_was_seen(schema, rest, values):
    """Each change of what GET shows is refused with another's ETag, and read with its own."""
    tried = 0
    for path, methods in schema["paths"].items():
        for method in ("patch", "put", "delete"):
            if method not in methods or "get" not in methods:
                continue
            address = path
            for place, value in values.items():
                address = address.replace(place, place.partition("{")[0] + value)
            tag = rest.client.get(address)["ETag"]

            def ask(seen, body=b"[]", address=address, method=method):
                return rest.client.generic(
                    method.upper(), address, body, "application/json", headers={"If-Match": seen}
                )

            assert_problem(ask('"other"'), 412, "outdated")
            assert_problem(ask(f"W/{tag}"), 412, "outdated")
            assert_problem(ask("other"), 400, "invalid")
            assert rest.client.get(address)["ETag"] == tag
            if method != "delete":
                # Past the ETag, to a body that no change takes.
                assert_problem(ask(f'"other", {tag}'), 400)
            assert "412" in methods[method]["responses"]
            tried += 1
    assert tried > 25


def test_answers_to_rules_and_runs_fit_the_schema(schema, rest):
    segment = Segment.objects.order_by("-members_count").first()
    rule = {"rule_text": "followers >= 1000"}
    for path, body, status in (
        ("rules:validate", rule, "200"),
        ("rules:preview", {**rule, "segment": segment.key}, "200"),
        ("rules:validate", {"rule_text": "folowers > 1"}, "422"),
        ("runs/", {"dry_run": True, "as_of": "2026-11-21"}, "202"),
        ("runs/", {"as_of": "2190-01-01"}, "409"),
        ("runs/", {"as_of": "x"}, "400"),
    ):
        answer = rest.send("POST", path, body)
        assert str(answer.status_code) == status, answer.content
        promised = schema["paths"][f"/api/v1/{path}"]["post"]["responses"][status]
        assert_fits(answer.json(), promised, path)
