"""Learn how a brand's creators write when they advertise, from their own posts. Workers only.

Advertising are posts that say so (the words that say so are cut out), that their platform marks as
paid partnerships, or that are pieces of the brand's campaigns. All others count as none, which is
wrong of some: what people answer to hints counts before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from campaigns.choices import HintState
from campaigns.disclosure.advertising import signs
from campaigns.models import Deliverable, DisclosureHint
from campaigns.models.disclosure_hints import ANSWERED, DisclosureHintQuerySet
from campaigns.selectors.packs import packs_for
from campaigns.services.hints.telling import AD, NO_AD, SURE_MIN, Teller, text_of
from crm.choices import LearnedTask
from crm.models import Brand, LearnedModel, Post, Relationship
from crm.services.learning.learning import Bar, Decided, learn

# The newest ones; and as many answers at most.
POSTS_MAX = 10_000
# Learned anew so often, or sooner once there are so many new answers.
EVERY, ANSWERS = timedelta(days=7), 5
_PARTS = ("post", "post__title", "post__caption", "post__creator", "state")


def learn_posts(*, brand: Brand, at: datetime) -> LearnedModel | None:
    """Learn anew where it is due; None: nothing was learned."""
    if not _is_due(brand, at):
        return None
    return learn(
        brand=brand,
        task=LearnedTask.DISCLOSURE,
        decided=list(_decided(brand, at)),
        at=at,
        bar=Bar(AD, SURE_MIN),
    )


def _is_due(brand: Brand, at: datetime) -> bool:
    rows = LearnedModel.objects.filter(brand=brand, task=LearnedTask.DISCLOSURE)
    newest = rows.order_by("-number").values_list("trained_at", flat=True).first()
    if newest is None or newest <= at - EVERY:
        return True
    return _answers(brand).filter(closed_at__gt=newest).count() >= ANSWERS


def _answers(brand: Brand) -> DisclosureHintQuerySet:
    return DisclosureHint.objects.filter(brand=brand, state__in=ANSWERED).of_the_willing()


def _decided(brand: Brand, at: datetime) -> Iterator[Decided]:
    teller = Teller.of(brand, packs_for(brand, at.date()), None)
    answers = _answers(brand).order_by("-closed_at", "-pk").values_list(*_PARTS)[:POSTS_MAX]
    answered = set()
    for post, title, caption, creator, state in answers:
        answered.add(post)
        is_ad = state == HintState.ACCEPTED
        yield from _one(teller, text_of(title, caption), creator, is_ad=is_ad)
    for post, title, caption, creator, is_known in _posts(brand, at):
        if post not in answered:
            yield from _one(teller, text_of(title, caption), creator, is_ad=is_known or None)


def _posts(brand: Brand, at: datetime) -> Iterator[tuple[int, str, str, int, bool]]:
    """Number, title, caption and creator of the newest posts, and whether they are known ads."""
    known = Relationship.objects.filter(
        brand=brand, creator=OuterRef("creator"), unprofiled_at=None
    )
    piece = Deliverable.objects.filter(post=OuterRef("pk"), engagement__campaign__brand=brand)
    rows = Post.objects.filter(Exists(known), ~Q(caption="", title=""), posted_at__lte=at)
    rows = rows.annotate(is_known=Q(is_paid_partnership=True) | Q(Exists(piece)))
    newest = rows.order_by("-posted_at", "-pk")[:POSTS_MAX]
    yield from newest.values_list("pk", "title", "caption", "creator", "is_known").iterator(
        chunk_size=2_000
    )


def _one(teller: Teller, text: str, creator: int, *, is_ad: bool | None) -> Iterator[Decided]:
    """As an example; `is_ad` None: its own words decide. Nothing where nothing is left of it."""
    looked = teller.look(text)
    if looked.words.strip():
        is_ad = looked.is_labelled if is_ad is None else is_ad
        by_list = AD if looked.strength >= signs().least else NO_AD
        label = AD if is_ad else NO_AD
        yield Decided(looked.words, looked.marks, label, f"creator {creator}", by_list)
