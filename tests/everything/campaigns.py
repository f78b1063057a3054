"""What the app campaigns keeps: a campaign with all that belongs to one, files, papers, words."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

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
    Campaign,
    Deliverable,
    DisclosureHint,
    DisclosureReview,
    Engagement,
    PostFormat,
    PostReference,
    Remediation,
    RisingTopic,
    TopicWeek,
)
from campaigns.services import calendar, channels, claims_library, exclusivities, gifts, policies
from campaigns.services.assets import files
from campaigns.services.authenticity.now import look_now
from campaigns.services.causes import papers as receipts
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
from campaigns.services.tracking import writing
from campaigns.services.trust.reading import read_some
from campaigns.services.whereabouts import saying
from campaigns.services.whereabouts.saying import Said
from config.api import UPLOADS
from crm.choices import Stage
from crm.models import Brand, CommentTheme, Post, Relationship, User
from segmentation.services import stage_suggestions
from tests.campaigns.briefs import made as briefs
from tests.campaigns.events.worlds import an_event
from tests.campaigns.made import engage, make_campaign
from tests.campaigns.offers.worlds import an_offer
from tests.campaigns.rights.worlds import asset_of, terms
from tests.campaigns.submissions.worlds import a_page, handed_in
from tests.campaigns.tracking.worlds import a_code, a_link, followed
from tests.crm.applications.worlds import applied
from tests.crm.mail.world import creator_of
from tests.everything.papers import PDF
from tests.factories import NOW, MetricSnapshotFactory, RelationshipFactory
from tests.segmentation.stages.building import suggestion
from tests.test_api_uploads import NEEDED


def give_uploads(brand: Brand) -> None:
    """A file of each kind, and a competitor."""
    for kind in UPLOADS:
        needed = NEEDED.get(kind.key) or dict.fromkeys(kind.counts, 3)
        kind.model.objects.create(brand=brand, file_name="x", created_at=NOW, **needed)
    save_competitor(brand=brand, name="Globex", handles=[], actor=None, at=NOW)
    post = Post.objects.filter(creator__relationships__brand=brand).earliest("pk")
    PostFormat.objects.create(brand=brand, post=post, kind=ContentKind.TUTORIAL, at=NOW)


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
    bill = Bill(
        "7", NOW.date(), Decimal(250), "EUR", payee="Studio Nord", file_name="7.pdf", content=PDF
    )
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


def give_a_character(brand: Brand, actor: User) -> None:
    """A virtual creator who is like somebody who allowed it."""
    made = RelationshipFactory(brand=brand, creator__creator_type="virtual")
    virtual.save_person(
        relationship=made,
        wanted=virtual.Person("Bo Holm", ["face"], consent="held"),
        paper=virtual.keep(brand=brand, name="x.pdf", content=PDF),
        actor=actor,
        at=NOW,
    )


def give_search_words(brand: Brand) -> None:
    """A list that a campaign is for, and a post that points to the brand and reads like an ad."""
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
    DisclosureHint.objects.create(
        brand=brand,
        post=post,
        strength=4,
        sentence="Use code ANNA.",
        terms=[["a discount or promotion code", 3]],
        source="list",
        version="2026-11-23",
        made_at=NOW,
        suggested_at=NOW,
    )
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


def give_what_is_thought(kept: Relationship, actor: User) -> None:
    """Risk, reliability, how authentic and trusted a creator is, and what they stand for."""
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
    read_some(brand=kept.brand, relationships=[kept], at=NOW)
    stood = tag(relationship=kept, cause="climate", note="", actor=actor, at=NOW)
    add_evidence(
        tag_id=stood.pk,
        relationship=kept,
        what="A talk",
        on=NOW.date(),
        url="https://example.com/talk",
        paper=None,
        actor=actor,
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
    paper = receipts.keep(brand=kept.brand, name="receipt.pdf", content=PDF)
    donate(brand=kept.brand, given=given, paper=paper, actor=actor, at=NOW)
