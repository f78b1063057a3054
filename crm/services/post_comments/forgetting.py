"""Comments that go: the words of old ones, and all of somebody who asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from crm import audit
from crm.models import AudienceSample, Brand, CommentSettings, Platform, User
from crm.services.post_comments.authors import number_of
from crm.services.post_comments.importing import remove
from crm.services.post_comments.keeping import CommentsRefused, wait_for

# In bites, or a brand's month would be one long transaction.
BITE = 20_000
LOOKED_BACK = timedelta(days=40)
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_LET_GO = """
UPDATE crm_postcomment SET text = '', author = NULL WHERE id IN (
  SELECT id FROM crm_postcomment
  WHERE brand_id = %s AND created_at < %s AND created_at >= %s
    AND (text <> '' OR author IS NOT NULL)
  LIMIT %s)
"""


_OUT_OF_SAMPLES = """
UPDATE crm_audiencesample SET members = array_remove(members, %(person)s)
WHERE brand_id = %(brand)s AND members @> ARRAY[%(person)s]::bigint[]
"""


def settings_of(brand: Brand) -> CommentSettings:
    """What the brand decided, or the defaults."""
    return CommentSettings.objects.filter(brand=brand).first() or CommentSettings(brand=brand)


@transaction.atomic
def set_keeping(
    *, brand: Brand, keep_months: int, version: int, actor: User | None, at: datetime
) -> CommentSettings:
    """Say for how many months words are kept. Raises CommentsRefused."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    decided = settings_of(brand)
    before = decided.keep_months
    if decided.version != version:
        msg = "Somebody has changed this since: look at it again."
        raise CommentsRefused(msg, code="outdated")
    decided.keep_months = keep_months
    try:
        decided.full_clean(exclude=["brand"])
    except ValidationError:
        msg = "Between 1 and 60 months."
        raise CommentsRefused(msg, code="out_of_range", field="keep_months") from None
    # The first time too: of two who saw what is usual, the second is told of the first.
    decided.version += 1
    decided.save()
    audit.record(
        brand=brand,
        verb="crm.post_comments.keeping_changed",
        target=brand,
        actor=actor,
        at=at,
        label="comments",
        data={"keep_months": [before, keep_months]},
    )
    return decided


def let_words_go(*, brand: Brand, at: datetime) -> int:
    """Empty comments and samples that came in before the brand's months. Returns how many comments.

    Their numbers stay: who counts a quarter again finds the same.
    """
    before = at - relativedelta(months=settings_of(brand).keep_months)
    # Every night what came since the last weeks' edge, on the first of a month everything: a brand
    # may keep less than it did.
    since = BEGINNING if at.day == 1 else before - LOOKED_BACK
    AudienceSample.objects.filter(brand=brand, created_at__lt=before).exclude(members=[]).update(
        members=[]
    )
    gone = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_LET_GO, [brand.pk, before, since, BITE])
            bite: int = cursor.rowcount
        gone += bite
        if bite < BITE:
            return gone


@transaction.atomic
def forget_author(
    *, brand: Brand, platform: str, key: str, actor: User | None, at: datetime
) -> int:
    """Delete all comments of somebody who asks for it, by the platform's key. Returns how many.

    Neither the key nor the number is kept of it. Raises CommentsRefused.
    """
    if not Platform.objects.filter(key=platform).exists():
        msg = "There is no platform of this key."
        raise CommentsRefused(msg, code="unknown_platform", field="platform")
    number = number_of(brand_id=brand.pk, platform=platform, key=key)
    if number is None:
        msg = "Say who: the key or the name that the file had of them."
        raise CommentsRefused(msg, code="author_needed", field="author")
    posts = remove(brand, "author = %(author)s", author=number)
    if posts:
        wait_for(brand, set(posts), at=at)
    with connection.cursor() as cursor:
        cursor.execute(_OUT_OF_SAMPLES, {"brand": brand.pk, "person": number})
    audit.record(
        brand=brand,
        verb="crm.post_comments.author_forgotten",
        target=brand,
        actor=actor,
        at=at,
        label="comments",
        data={"comments": len(posts), "platform": platform},
    )
    return len(posts)
