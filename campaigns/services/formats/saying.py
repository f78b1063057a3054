"""Say what a post is about: a person's word wins over what its words suggest."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import ContentKind
from campaigns.models import PostFormat
from campaigns.services.formats import reading
from campaigns.services.formats.words import suggest
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Post, Relationship, User


@transaction.atomic
def say(
    *, relationship: Relationship, post_id: int, kind: str, actor: User | None, at: datetime
) -> PostFormat | None:
    """Say what a post of the creator is about; an empty `kind` takes one's word back.

    Nothing to take back leaves no trace.
    Raises CampaignRefused, Post.DoesNotExist.
    """
    if relationship.unprofiled_at is not None:
        raise CampaignRefused("They objected to profiling: their posts are not sorted.")
    if kind and kind not in ContentKind.values:
        raise CampaignRefused("Choose a format.", code="invalid", field="kind")
    brand = relationship.brand
    post = Post.objects.get(pk=post_id, creator=relationship.creator_id)
    if kind:
        guess = suggest(post.title, post.caption)
        made, _ = PostFormat.objects.update_or_create(
            brand=brand,
            post=post,
            defaults={"kind": kind, "suggested": guess[0] if guess else "", "by": actor, "at": at},
        )
    else:
        made = None
        gone, _ = PostFormat.objects.filter(brand=brand, post=post).delete()
        if not gone:
            return None
    reading.read_some(brand=brand, relationships=[relationship.pk], at=at)
    audit.record(
        brand=brand,
        verb="campaigns.post_format.said" if kind else "campaigns.post_format.taken_back",
        target=relationship,
        actor=actor,
        at=at,
        data={"post": post.pk, "kind": kind},
        label=relationship.creator.name,
    )
    return made
