"""What the public hands in to a campaign: the page, the inbox, and permission to use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from campaigns.choices import PermissionState, SubmissionOrigin, SubmissionState, Usage
from campaigns.models.assets import Asset
from campaigns.models.campaigns import Campaign
from campaigns.models.rights import UsageRight
from crm.models import Brand, Platform, Post, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# What nobody has decided about yet.
WAITING = (SubmissionState.OPEN, SubmissionState.ASKED)
# Whoever uses the account of somebody else as an advertisement agrees that with them, by contract.
USES = (Usage.ORGANIC, Usage.PAID)
_USES = [usage.value for usage in USES]


class SubmissionPage(models.Model):
    """The hashtag of a campaign and its public page; no row: there is neither."""

    campaign = models.OneToOneField(
        Campaign, on_delete=models.CASCADE, primary_key=True, related_name="submission_page"
    )
    is_open = models.BooleanField(default=False)
    # In small letters, without #; empty: posts cannot be found by it.
    hashtag = models.CharField(max_length=60, blank=True, default="")
    # Plain text, in the language that is named (BCP 47).
    title = models.CharField(max_length=120, blank=True, default="")
    text = models.TextField(max_length=4_000, blank=True, default="")
    language = models.CharField(max_length=20, default="en")
    # Where somebody writes to who cannot use the form, or who changes their mind.
    contact_email = models.EmailField(blank=True, default="")
    # What they agree to who hand something in. The number is raised with each change of the words.
    consent_text = models.TextField(max_length=2_000, blank=True, default="")
    consent_version = models.PositiveIntegerField(default=1)
    # What the brand would do with it, in words and as rights; the number as above.
    permission_text = models.TextField(max_length=2_000, blank=True, default="")
    permission_version = models.PositiveIntegerField(default=1)
    usages = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    # ISO 3166-1 alpha-2; empty: worldwide.
    territory = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    # null: without an end.
    months = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    min_age = models.PositiveSmallIntegerField(
        default=18, validators=[MinValueValidator(13), MaxValueValidator(99)]
    )
    # After so many days what was refused, or never answered, is erased.
    keep_days = models.PositiveSmallIntegerField(
        default=180, validators=[MinValueValidator(1), MaxValueValidator(3_650)]
    )
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            # Nobody is asked to agree to nothing.
            models.CheckConstraint(
                name="campaigns_submit_page_whole",
                condition=Q(is_open=False)
                | (~Q(title="") & ~Q(consent_text="") & ~Q(permission_text="") & ~Q(usages=[])),
            ),
            models.CheckConstraint(
                name="campaigns_submit_page_numbers",
                condition=Q(min_age__range=(13, 99), keep_days__range=(1, 3_650))
                & (Q(months=None) | Q(months__range=(1, 120))),
            ),
            models.CheckConstraint(
                name="campaigns_submit_page_uses", condition=Q(usages__contained_by=_USES)
            ),
            models.CheckConstraint(
                name="campaigns_submit_page_hashtag",
                condition=Q(hashtag=Lower("hashtag")) & ~Q(hashtag__startswith="#"),
            ),
        ]

    def __str__(self) -> str:
        return f"Submissions to {self.campaign_id}"

    @property
    def brand(self) -> Brand:
        """Whose page it is."""
        return self.campaign.brand

    @classmethod
    def of(cls, campaign: Campaign) -> SubmissionPage:
        """The campaign's page, or a closed one where nobody made any."""
        return cls.objects.filter(campaign=campaign).first() or cls(campaign=campaign)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What came to the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def waiting(self) -> Self:
        """What nobody has decided about yet."""
        return self.filter(state__in=WAITING)

    def with_details(self) -> Self:
        """With what a row of the inbox shows."""
        return self.select_related(
            "campaign", "platform", "relationship__creator", "asset", "decided_by"
        ).prefetch_related(
            models.Prefetch(
                "permissions",
                queryset=SubmissionPermission.objects.select_related("asked_by", "recorded_by"),
            )
        )


class Submission(models.Model):
    """Something that somebody made and handed in: personal data of one brand."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="submissions"
    )
    origin = models.CharField(max_length=4, choices=SubmissionOrigin.choices)
    state = models.CharField(
        max_length=9, choices=SubmissionState.choices, default=SubmissionState.OPEN
    )
    name = models.CharField(max_length=200)
    # In lower case; empty for posts.
    email = models.CharField(max_length=254, blank=True, default="")
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    # Normalised, as in Profile; as they say, nobody has checked.
    handle = models.CharField(max_length=200, blank=True, default="")
    # What they wrote, or the caption.
    text = models.TextField(max_length=4_000, blank=True, default="")
    # A sentence about the product that may be quoted.
    is_testimonial = models.BooleanField(default=False)
    # Whom they name as having made them think of it: a handle, without @.
    inspired_by = models.CharField(max_length=200, blank=True, default="")
    url = models.CharField(max_length=500, blank=True, default="")
    # The file, kept by its hash.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    file_name = models.CharField(max_length=255, blank=True, default="")
    content_type = models.CharField(max_length=120, blank=True, default="")
    size = models.PositiveBigIntegerField(null=True, blank=True)

    post = models.ForeignKey(
        Post, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The creator whom the brand knows, where it is theirs.
    relationship = models.ForeignKey(
        Relationship, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # When it was handed in, or posted.
    submitted_at = models.DateTimeField()
    # What they agreed to, word for word, and from which age on they said to be; not for posts.
    consent_text = models.TextField(max_length=2_000, blank=True, default="")
    consent_version = models.PositiveIntegerField(null=True, blank=True)
    min_age = models.PositiveSmallIntegerField(null=True, blank=True)

    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # For ourselves.
    reason = models.CharField(max_length=300, blank=True, default="")
    asset = models.ForeignKey(
        Asset, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_submission_choices",
                condition=Q(state__in=SubmissionState.values, origin__in=SubmissionOrigin.values),
            ),
            models.CheckConstraint(
                name="campaigns_submission_named",
                condition=~Q(name="") & (~Q(text="") | ~Q(url="") | ~Q(sha256="")),
            ),
            # Whoever hands something in can be asked, and has agreed to its being kept.
            models.CheckConstraint(
                name="campaigns_submission_agreed",
                condition=Q(origin=SubmissionOrigin.POST)
                | (
                    ~Q(email="")
                    & ~Q(consent_text="")
                    & Q(consent_version__isnull=False, min_age__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="campaigns_submission_normal",
                condition=Q(email=Lower("email"), handle=Lower("handle")),
            ),
            # A file is whole.
            models.CheckConstraint(
                name="campaigns_submission_file",
                condition=(
                    Q(sha256__regex="^[0-9a-f]{64}$", size__gt=0)
                    & ~Q(file_name="")
                    & ~Q(content_type="")
                )
                | Q(sha256="", file_name="", content_type="", size=None),
            ),
            models.CheckConstraint(
                name="campaigns_submission_decided",
                condition=Q(state__in=[state.value for state in WAITING], decided_at=None)
                | (~Q(state__in=[state.value for state in WAITING]) & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="campaigns_submission_refused_why",
                condition=~Q(state=SubmissionState.REFUSED) | ~Q(reason=""),
            ),
            models.UniqueConstraint(
                fields=["campaign", "post"],
                condition=Q(post__isnull=False),
                name="campaigns_submission_post_once",
            ),
        ]
        indexes = [
            # The tabs of the inbox, and how many wait: the oldest first.
            models.Index(
                fields=["campaign", "state", "created_at", "id"], name="campaigns_submission_queue"
            ),
            # My day, the task that erases, and all of a brand over REST.
            models.Index(fields=["brand", "state", "id"], name="campaigns_submission_brand"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def medium(self) -> str:
        """What a page can do with its file: image, video, audio; anything else is fetched."""
        kind = self.content_type.partition("/")[0]
        return kind if kind in {"image", "video", "audio"} else ""


class SubmissionPermission(models.Model):
    """What an author was asked and what they said; the words that were asked never change."""

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, db_index=False, related_name="permissions"
    )
    state = models.CharField(max_length=9, choices=PermissionState.choices)
    # They ticked it on the page, instead of being asked by somebody.
    is_from_form = models.BooleanField(default=False)
    # Word for word, with the number of the campaign's wording that it was made from.
    text = models.TextField(max_length=2_000)
    wording_version = models.PositiveIntegerField()
    usages = ArrayField(models.CharField(max_length=12))
    territory = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    answered_at = models.DateTimeField(null=True, blank=True)
    # Who said yes or no, and where that can be seen.
    given_by = models.CharField(max_length=120, blank=True, default="")
    proof = models.CharField(max_length=1_000, blank=True, default="")
    proof_url = models.CharField(max_length=500, blank=True, default="")
    recorded_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True, default="")
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rights = models.ManyToManyField(UsageRight, blank=True, related_name="+")

    class Meta:
        ordering = ["submission", "asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(state__in=[PermissionState.ASKED, PermissionState.GIVEN]),
                name="campaigns_permission_one",
            ),
            models.CheckConstraint(
                name="campaigns_permission_said",
                condition=Q(state__in=PermissionState.values, usages__contained_by=_USES)
                & ~Q(text="")
                & ~Q(usages=[])
                & (Q(months=None) | Q(months__range=(1, 120))),
            ),
            # An answer is somebody's, at a moment, and can be shown.
            models.CheckConstraint(
                name="campaigns_permission_answered",
                condition=Q(state=PermissionState.ASKED, answered_at=None)
                | (
                    ~Q(state=PermissionState.ASKED)
                    & Q(answered_at__gte=F("asked_at"))
                    & ~Q(given_by="")
                    & ~Q(proof="")
                ),
            ),
            models.CheckConstraint(
                name="campaigns_permission_withdrawn",
                condition=Q(state=PermissionState.WITHDRAWN, withdrawn_at__gte=F("answered_at"))
                & ~Q(withdrawn_because="")
                | ~Q(state=PermissionState.WITHDRAWN) & Q(withdrawn_at=None, withdrawn_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.state}"
