"""Something is handed in on the public page, or an imported post is taken into the inbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from campaigns.choices import PermissionState, SubmissionOrigin
from campaigns.models import Campaign, Submission, SubmissionPage, SubmissionPermission
from campaigns.models.submissions import WAITING
from campaigns.services.assets.saying import address
from campaigns.services.deliverables.files import Kept
from campaigns.services.refusals import CampaignRefused
from campaigns.services.submissions.record import log
from crm import audit
from crm.choices import NotificationKind, Role
from crm.models import Platform, Post, Relationship, User, UserRole
from crm.services.notifications import notify_all

# Who decides: as crm/permissions.py has it, which stands above the services.
ROLES = (Role.MANAGER, Role.ADMIN)
MANY_MAX = 200


@dataclass(frozen=True)
class Given:
    """What somebody wrote in the form."""

    name: str
    email: str
    # Of the page that they saw.
    words_version: int
    # They ticked that it may be used as the page says.
    may_use: bool = False
    platform: Platform | None = None
    handle: str = ""
    text: str = ""
    is_testimonial: bool = False
    inspired_by: str = ""
    url: str = ""


def words_version(page: SubmissionPage) -> int:
    """One number of both texts: each change of either makes it larger."""
    return page.consent_version + page.permission_version


@transaction.atomic
def receive(*, page: SubmissionPage, given: Given, kept: Kept | None, at: datetime) -> Submission:
    """Keep it; the same sent twice while it waits is one. Raises CampaignRefused."""
    page = (
        SubmissionPage.objects.select_for_update(no_key=True, of=("self",))
        .select_related("campaign__brand", "campaign__owner")
        .get(pk=page.pk)
    )
    campaign = page.campaign
    if not page.is_open or not campaign.is_open:
        raise CampaignRefused(f"{campaign.brand} takes nothing in here at the moment.")
    if given.words_version != words_version(page):
        raise CampaignRefused(
            "The texts below that you agree to have changed while you wrote. Read them again.",
            field="consent",
        )
    values = {
        "text": given.text,
        "url": address(given.url),
        "sha256": kept.sha256 if kept else "",
    }
    if not any(values.values()):
        raise CampaignRefused(
            "Add a picture or film, the address of your post, or a few words.", field="file"
        )
    there = Submission.objects.filter(
        campaign=campaign, email=given.email, state__in=WAITING, **values
    ).first()
    if there is not None:
        return there
    made = Submission.objects.create(
        brand=campaign.brand,
        campaign=campaign,
        origin=SubmissionOrigin.FORM,
        name=given.name,
        email=given.email,
        platform=given.platform,
        handle=given.handle,
        is_testimonial=given.is_testimonial,
        inspired_by=given.inspired_by,
        file_name=kept.name if kept else "",
        content_type=kept.content_type if kept else "",
        size=kept.size if kept else None,
        submitted_at=at,
        created_at=at,
        consent_text=page.consent_text,
        consent_version=page.consent_version,
        min_age=page.min_age,
        **values,
    )
    if given.may_use:
        _permit(made, page, at)
    _tell_team(campaign, at)
    log(
        made,
        "received",
        None,
        at,
        consent_version=page.consent_version,
        permission_version=page.permission_version if given.may_use else None,
    )
    return made


@transaction.atomic
def take_posts(
    *, campaign: Campaign, posts: Iterable[Post], actor: User, at: datetime
) -> list[Submission]:
    """Put posts of creators whom the brand knows into the inbox; those that are there stay.

    Raises CampaignRefused.
    """
    Campaign.objects.select_for_update(no_key=True, of=("self",)).get(pk=campaign.pk)
    wanted = {post.pk: post for post in posts}
    if not wanted or len(wanted) > MANY_MAX:
        raise CampaignRefused(f"Choose 1 to {MANY_MAX} posts.", field="posts")
    known = {
        row.creator_id: row
        for row in Relationship.objects.filter(
            brand=campaign.brand_id, creator__in={post.creator_id for post in wanted.values()}
        )
    }
    if any(post.creator_id not in known for post in wanted.values()):
        raise CampaignRefused(
            "One of these posts is of nobody whom your brand knows.", field="posts"
        )
    there = set(
        Submission.objects.filter(campaign=campaign, post__in=wanted).values_list("post", flat=True)
    )
    made = Submission.objects.bulk_create(
        Submission(
            brand=campaign.brand,
            campaign=campaign,
            origin=SubmissionOrigin.POST,
            name=post.creator.name,
            platform_id=post.profile.platform_id,
            handle=post.profile.handle,
            text=(post.caption or post.title)[:4_000],
            url=post.url,
            post=post,
            relationship=known[post.creator_id],
            submitted_at=post.posted_at or at,
            created_at=at,
        )
        for pk, post in wanted.items()
        if pk not in there
    )
    audit.record_many(
        brand=campaign.brand,
        verb="campaigns.submission.taken_in",
        of=Submission,
        acts=[
            audit.Act(
                row.pk, f"submission {row.pk}", {"campaign": campaign.key, "post": row.post_id}
            )
            for row in made
        ],
        actor=actor,
        at=at,
    )
    return made


def _permit(submission: Submission, page: SubmissionPage, at: datetime) -> None:
    """They ticked it on the page."""
    SubmissionPermission.objects.create(
        submission=submission,
        state=PermissionState.GIVEN,
        is_from_form=True,
        text=page.permission_text,
        wording_version=page.permission_version,
        usages=page.usages,
        territory=page.territory,
        months=page.months,
        asked_at=at,
        answered_at=at,
        given_by=submission.name[:120],
        proof=f"Ticked on the campaign's public page, wording {page.permission_version}; the "
        "address was not checked.",
    )


def _tell_team(campaign: Campaign, at: datetime) -> None:
    """The day's first is told; the others are in the inbox."""
    brand = campaign.brand
    roles = UserRole.objects.filter(brand=brand, role__in=ROLES)
    people = User.objects.filter(pk__in=roles.values("user"), is_active=True)
    leads = people.filter(pk=campaign.owner_id) if campaign.owner_id else people
    day = at.astimezone(ZoneInfo(brand.timezone)).date()
    notify_all(
        users=leads,
        brand=brand,
        kind=NotificationKind.CAMPAIGN,
        text=f"Somebody handed something in to {campaign}. What comes today waits in the inbox.",
        url=reverse("campaigns:submissions", args=[brand.slug, campaign.key]),
        at=at,
        key=f"submissions:{campaign.pk}:{day.isoformat()}",
    )
