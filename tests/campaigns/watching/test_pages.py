"""Pages of the watch: alerts, platforms, a post's numbers, posting times, settings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.models import DayNote, FirstReading, PlatformWeek
from campaigns.selectors.watching.times import times_of
from campaigns.services.watching.weeks import look_at_platforms
from crm.choices import Source
from crm.models import AuditEntry, FactChange, PostMetricSnapshot
from crm.services.post_counts import Counted, CountsRefused, Kept, add_counts
from tests.campaigns.watching.crowd import HOUR, accounts, posts
from tests.campaigns.watching.test_platforms import crowd
from tests.campaigns.watching.test_readings import measured, peers
from tests.factories import NOW
from tests.people import logged_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def page(name: str, *args) -> str:
    return reverse(f"campaigns:{name}", args=["acme", *args])


def text_of(answer) -> str:
    return answer.content.decode()


def test_an_alert_is_shown_and_answered(brand, manager, analyst, ready, profile):
    mel = logged_in(manager)
    assert "No post below the usual" in text_of(mel.get(page("post_alerts")))
    peers(brand)
    found = measured(brand, ready, profile, 100)
    text = text_of(mel.get(page("post_alerts")))
    assert "Reel about serum" in text
    assert "1.00% of the followers engaged" in text
    assert "No such post" in text_of(mel.get(page("post_alerts"), {"platform": "tiktok"}))
    assert "Reel about serum" in text_of(mel.get(page("post_alerts"), {"mine": "1"}))
    dismiss = page("post_alert_dismiss", found.pk)
    assert logged_in(analyst).post(dismiss, {"reason": "x"}).status_code == 403
    mel.post(dismiss, {"reason": ""})
    assert FirstReading.objects.open().exists()
    mel.post(dismiss, {"reason": "A holiday in Denmark"})
    assert not FirstReading.objects.open().exists()
    assert "No post below" in text_of(mel.get(page("post_alerts")))
    assert "A holiday in Denmark" in text_of(mel.get(page("post_alerts"), {"state": "answered"}))


def test_alerts_cost_the_same_however_many(
    brand,
    manager,
    ready,
    profile,
    django_assert_num_queries,
):
    peers(brand)
    measured(brand, ready, profile, 100)
    mel = logged_in(manager)
    mel.get(page("post_alerts"))
    with django_assert_num_queries(9):
        mel.get(page("post_alerts"))


def test_a_shift_is_noted_or_set_aside(brand, strategist):
    crowd(brand, 40, 0.8)
    look_at_platforms(brand=brand, at=NOW)
    sam = logged_in(strategist)
    text = text_of(sam.get(page("platform_weeks")))
    assert "as a whole fell by 20 % (99 % interval" in text
    row = PlatformWeek.objects.shifts().get()
    sam.post(page("platform_week_act", row.pk, "dismiss"), {"reason": " "})
    row.refresh_from_db()
    assert row.state == "open"
    sam.post(page("platform_week_act", row.pk, "note"), {"title": "Ranks by watch time"})
    assert DayNote.objects.get().title == "Ranks by watch time"
    assert "Ranks by watch time" in text_of(sam.get(page("platform_weeks")))
    assert sam.post(page("platform_week_act", row.pk, "burn")).status_code == 404


def test_numbers_are_written_down_by_hand(brand, manager, analyst):
    [account] = accounts(brand, 1)
    [post] = posts([(account, NOW - 3 * DAY, 50)])
    mel = logged_in(manager)
    text = text_of(mel.get(page("post_counts", post.pk)))
    assert "50 h" in text
    assert "Vendor" in text or "vendor" in text
    said = {"captured_at": "2026-11-22T10:00", "likes": "80", "views": "1200"}
    assert logged_in(analyst).post(page("post_counts", post.pk), said).status_code == 403
    assert mel.post(page("post_counts", post.pk), {"captured_at": ""}).status_code == 422
    assert PostMetricSnapshot.objects.count() == 1
    assert mel.post(page("post_counts", post.pk), said).status_code == 302
    post.refresh_from_db()
    assert (post.likes, post.views, post.metrics_source) == (80, 1_200, "manual")
    text = text_of(mel.get(page("post_counts", post.pk)))
    assert "1,200" in text
    assert '"name": "Views", "data": [null, 1200]' in text


def test_history_is_never_overwritten(brand, manager):
    [account] = accounts(brand, 1)
    [post] = posts([(account, NOW - 3 * DAY, 50)])
    FactChange.objects.all().delete()
    said = {"brand": brand, "source": Source.MANUAL, "actor": manager, "at": NOW}
    older = Counted(NOW - 2 * DAY, {"likes": 30})
    newer = Counted(NOW - HOUR, {"likes": 90})
    assert add_counts(post_id=post.pk, rows=[older, newer], **said) == Kept(2, 0)
    assert add_counts(post_id=post.pk, rows=[older], **said) == Kept(0, 1)
    post.refresh_from_db()
    assert post.likes == 90
    assert FactChange.objects.filter(creator=post.creator_id).count() == 1
    assert AuditEntry.objects.filter(verb="crm.post.counted").count() == 1
    for row, code in (
        (Counted(NOW - 2 * DAY, {"likes": 31}), "known_differently"),
        (Counted(NOW - 9 * DAY, {"likes": 1}), "too_early"),
        (Counted(NOW + DAY, {"likes": 1}), "ahead"),
        (Counted(NOW, {"likes": -1}), "out_of_range"),
        (Counted(NOW, {}), "number_needed"),
    ):
        with pytest.raises(CountsRefused) as refused:
            add_counts(post_id=post.pk, rows=[Counted(NOW, {"likes": 1}), row], **said)
        assert refused.value.code == code
    assert PostMetricSnapshot.objects.filter(post=post).count() == 3


def test_posting_times_are_beside_each_account(brand, analyst):
    one, two = accounts(brand, 2)
    # Sundays at noon twice as many as Mondays, whatever the account's size.
    sunday, monday = NOW - 28 * DAY, NOW - 27 * DAY
    rows = [
        (account, moment - 7 * n * DAY, round(size * (2 if moment == sunday else 1)) - 1)
        for account, size in ((one, 1_000), (two, 50))
        for moment in (sunday, monday)
        for n in range(6)
    ]
    posts(rows, age=8 * DAY)
    found = times_of(brand, NOW)
    assert found.posts == 24
    cells = dict(found.days)
    # Half the posts are sqrt(2) above the mean of the logarithms, half below.
    assert cells["Sunday"][4].posts == 12
    assert cells["Sunday"][4].better == pytest.approx(2**0.5 - 1)
    assert cells["Monday"][4].better == pytest.approx(0.5**0.5 - 1)
    assert cells["Tuesday"][4].posts == 0
    assert times_of(brand, NOW, creators=[one.creator_id]).posts == 12
    assert dict(times_of(brand, NOW, creators=[one.creator_id]).days)["Sunday"][4].better is None
    assert "Posting times" in text_of(logged_in(analyst).get(page("posting_times")))


def test_settings_are_an_admins(brand, admin_user, manager):
    said = {"measure": "views", "hours": 24, "low_percent": 20, "peers_min": 30}
    said |= {"creators_min": 50, "version": 0}
    assert logged_in(manager).post(page("watch_settings"), said).status_code == 403
    ada = logged_in(admin_user)
    assert ada.post(page("watch_settings"), said | {"hours": 5}).status_code == 422
    assert ada.post(page("watch_settings"), said).status_code == 302
    assert ada.post(page("watch_settings"), said | {"hours": 72}).status_code == 422
    assert 'value="24"' in text_of(ada.get(page("watch_settings")))
