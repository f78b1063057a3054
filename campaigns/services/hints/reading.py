"""Each night: learn, read the newest posts that disclose nothing, and hint at those like ads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from campaigns.choices import HintState
from campaigns.models import DisclosureHint
from campaigns.models.disclosure_hints import ANSWERED
from campaigns.selectors.packs import packs_for
from campaigns.services.hints import learning
from campaigns.services.hints.telling import Teller, Told, text_of
from crm.choices import LearnedTask
from crm.models import Brand, Post, Relationship
from crm.services.learning.learning import used
from crm.services.promised_tasks import promise_soon

# So far back, so many posts at most, the newest first; and no longer a queue than people work off.
SINCE, POSTS_MAX, HINTS_MAX = timedelta(days=90), 20_000, 500
_SAID = ("sure", "strength", "sentence", "terms", "source", "version", "made_at")
_CHANGED = (*_SAID, "suggested_at", "state", "closed_at")
LOOK_TASK = "campaigns.tasks.hint_at_ads_of"
LOOK_WITHIN = 120
# A post: its number and its words.
Words = tuple[int, str]


def look_soon(*, brand: Brand) -> None:
    """Have a worker learn and read within two minutes, once for all who ask."""
    promise_soon(LOOK_TASK, brand_id=brand.pk)


def refresh(*, brand: Brand, at: datetime, learns: bool = True) -> int:
    """Learn where there is news, and hint; returns how many wait for an answer.

    Afterwards those wait that what is in use says now, and no others.
    """
    if learns:
        learning.learn_posts(brand=brand, at=at)
    model = used(brand.pk, LearnedTask.DISCLOSURE)
    teller = Teller.of(brand, packs_for(brand, at.date()), model)
    found: list[tuple[Told, Words]] = []
    for words in _to_read(brand, at):
        told = teller.tell(teller.look(words[1]))
        if told is not None:
            found.append((told, words))
    found.sort(key=lambda one: (-one[0].strength, -one[1][0]))
    said = {post: _said(told, text, teller) for told, (post, text) in found[:HINTS_MAX]}
    return _write(brand, said, at)


def _to_read(brand: Brand, at: datetime) -> Iterator[Words]:
    """Posts of which nobody said what they are, and the platform does not say that they are ads."""
    known = Relationship.objects.filter(
        brand=brand, creator=OuterRef("creator"), unprofiled_at=None
    )
    answered = DisclosureHint.objects.filter(brand=brand, post=OuterRef("pk"), state__in=ANSWERED)
    rows = Post.objects.filter(
        Exists(known),
        ~Exists(answered),
        ~Q(caption="", title=""),
        posted_at__range=(at - SINCE, at),
    ).exclude(is_paid_partnership=True)
    newest = rows.order_by("-posted_at", "-pk").values_list("pk", "title", "caption")[:POSTS_MAX]
    for pk, title, caption in newest.iterator(chunk_size=2_000):
        yield pk, text_of(title, caption)


def _said(told: Told, text: str, teller: Teller) -> Mapping[str, object]:
    evidence = teller.evidence(text)
    return {
        "sure": told.sure,
        "strength": told.strength,
        "sentence": evidence.sentence,
        "terms": [list(term) for term in evidence.terms],
        "source": teller.source,
        "version": teller.version,
        "made_at": teller.made_at,
    }


@transaction.atomic
def _write(brand: Brand, said: Mapping[int, Mapping[str, object]], at: datetime) -> int:
    """Keep what was said; what waits and is not said any more is withdrawn. How many wait."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    rows = DisclosureHint.objects.filter(brand=brand).filter(
        Q(state=HintState.OPEN) | Q(post__in=said)
    )
    held = {row.post_id: row for row in rows.select_for_update(no_key=True, of=("self",))}
    changed = []
    for post, values in said.items():
        row = held.get(post)
        if row is None or row.state in ANSWERED:
            continue
        before = {name: getattr(row, name) for name in _SAID}
        if row.state == HintState.OPEN and before == values:
            continue
        for name, value in values.items():
            setattr(row, name, value)
        row.state, row.closed_at, row.suggested_at = HintState.OPEN, None, at
        changed.append(row)
    DisclosureHint.objects.bulk_update(changed, _CHANGED, batch_size=500)
    DisclosureHint.objects.bulk_create(
        DisclosureHint(brand=brand, post_id=post, suggested_at=at, **values)
        for post, values in said.items()
        if post not in held
    )
    waiting = DisclosureHint.objects.filter(brand=brand).open()
    waiting.exclude(post__in=said).update(state=HintState.WITHDRAWN, closed_at=at)
    return waiting.count()
