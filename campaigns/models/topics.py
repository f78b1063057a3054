"""Words and hashtags that more of a brand's creators use than before, week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from campaigns.choices import TermKind, TopicState
from campaigns.models.keywords import Keyword
from crm.models import Brand, Post, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class TopicWeekQuerySet(models.QuerySet["TopicWeek"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Weeks of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class TopicWeek(models.Model):
    """A week that was looked at, whether or not anything rose in it.

    terms     words and hashtags that enough creators used to be compared
    creators  who posted in the week
    before    creators who posted, added up over the weeks that it is compared with
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # Its Monday, by the brand's calendar.
    week = models.DateField()
    terms = models.PositiveIntegerField()
    creators = models.PositiveIntegerField()
    posts = models.PositiveIntegerField()
    before = models.PositiveIntegerField()
    weeks_before = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    objects = TopicWeekQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-week"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "week"], name="campaigns_topic_week_once"),
            models.CheckConstraint(
                name="campaigns_topic_week_monday", condition=Q(week__iso_week_day=1)
            ),
        ]

    def __str__(self) -> str:
        return f"topics of {self.brand_id} in the week of {self.week}"


class RisingTopicQuerySet(models.QuerySet["RisingTopic"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Topics of the brands in which `user` has a role."""
        return self.filter(week__brand__in=Brand.objects.visible_to(user))


class RisingTopic(models.Model):
    """A term that more creators used in a week than in those before.

    creators  who used it in the week
    before    creators who used it, added up over the weeks before
    times     its share of creators against that of the weeks before; null: nobody used it before
    low, high 95 % interval of `times`; null: no bound
    chance    as rare or rarer by chance (p), and after the correction for all terms (false_share)
    """

    week = models.ForeignKey(
        TopicWeek, on_delete=models.CASCADE, db_index=False, related_name="topics"
    )
    kind = models.CharField(max_length=7, choices=TermKind.choices)
    term = models.CharField(max_length=100)
    creators = models.PositiveIntegerField()
    before = models.PositiveIntegerField()
    times = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    chance = models.FloatField()
    false_share = models.FloatField()
    state = models.CharField(max_length=9, choices=TopicState.choices, default=TopicState.OPEN)
    # What it became for briefs.
    keyword = models.ForeignKey(
        Keyword, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = RisingTopicQuerySet.as_manager()

    class Meta:
        ordering = ["week", "false_share", "-creators", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["week", "kind", "term"], name="campaigns_topic_once"),
            models.CheckConstraint(
                name="campaigns_topic_valid",
                condition=Q(
                    kind__in=TermKind.values,
                    chance__range=(0, 1),
                    false_share__range=(0, 1),
                    creators__gte=1,
                )
                & ~Q(term="")
                & (Q(low=None) | Q(times=None) | Q(low__lte=F("times"))),
            ),
            models.CheckConstraint(
                name="campaigns_topic_decided",
                condition=Q(state=TopicState.OPEN, decided_at=None)
                | Q(
                    state__in=[TopicState.FOLLOWED, TopicState.DISMISSED], decided_at__isnull=False
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.term}" if self.kind == TermKind.HASHTAG else self.term


class TopicPost(models.Model):
    """One of the posts by which a topic was seen."""

    topic = models.ForeignKey(
        RisingTopic, on_delete=models.CASCADE, db_index=False, related_name="evidence"
    )
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["topic", "post"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "post"], name="campaigns_topic_post_once"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} shows {self.topic_id}"
