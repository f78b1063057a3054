"""Runs: starting, watching, reading and deciding."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from crm.models import AuditEntry
from segmentation import tasks
from segmentation.choices import Cause, ChangeKind, ErrandStatus, RunStatus
from segmentation.models import Change, CreatorFacts, Dimension, Membership, Run, RunSegment
from segmentation.rules import text
from segmentation.services import packs, runs
from segmentation.services.segments import reword_rule
from tests.factories import NOW
from tests.segmentation.world import change, make_creator, make_run, make_segment, moment

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def list_url(brand):
    return reverse("segmentation:runs", args=[brand.slug])


def run_url(run, name="run"):
    return reverse(f"segmentation:{name}", args=[run.brand.slug, run.pk])


def page(client, url, **data):
    response = client.get(url, data)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def waiting(brand):
    """A change set that waits: one creator joins one segment, with evidence."""
    segment = make_segment(brand)
    creator = make_creator(brand, name="Ana Waits")
    CreatorFacts.objects.create(brand=brand, creator=creator, as_of=moment(11, 1))
    run = make_run(
        brand,
        moment(11, 1),
        status=RunStatus.WAITING,
        applied_at=None,
        population=4,
        moved=1,
    )
    RunSegment.objects.create(
        run=run,
        segment=segment,
        version=segment.active_version,
        members=1,
        joined=1,
        unknown=3,
        missing={"followers": 1, "country": 3},
    )
    change(
        run,
        segment,
        creator,
        ChangeKind.JOINED,
        evidence={"followers": 12_300, "country": "DK", "engagement_rate": None},
    )
    return run


@pytest.fixture
def two_waiting(waiting):
    """The same, with a single-valued dimension in which somebody else moves up."""
    size = {"dimension": "size", "owner": None}
    big, small = (make_segment(waiting.brand, key, **size) for key in ("big", "small"))
    Dimension.objects.filter(key="size").update(is_exclusive=True, name="Size")
    creator = make_creator(waiting.brand, name="Bo Grows")
    CreatorFacts.objects.create(brand=waiting.brand, creator=creator, as_of=moment(11, 1))
    for segment, kind, joined in ((big, ChangeKind.JOINED, 1), (small, ChangeKind.LEFT, 0)):
        RunSegment.objects.create(
            run=waiting,
            segment=segment,
            version=segment.active_version,
            members=joined,
            joined=joined,
            left=1 - joined,
            near={"followers": 2} if joined else {},
        )
        change(
            waiting,
            segment,
            creator,
            kind,
            cause=Cause.OVERRIDE if joined else Cause.RULE,
            evidence={"followers": 20_000},
        )
    return waiting


class TestStarting:
    def test_now_for_real(self, segmented, strategist_client):
        segmented.approval_threshold_percent = 100
        segmented.save()
        response = strategist_client.post(list_url(segmented), {"as_of": ""})
        run = Run.objects.order_by("-pk").first()
        assert response.status_code == 302
        assert response["Location"] == run_url(run)
        assert run.status == RunStatus.APPLIED
        assert abs((run.as_of - timezone.now()).total_seconds()) < 600
        assert run.requested_by.email == "strategist@acme.example"

    def test_dry_as_of_a_moment_on_the_brands_clock(self, segmented, strategist_client):
        segmented.timezone = "Europe/Copenhagen"
        segmented.save()
        before = set(Membership.objects.values_list("pk"))
        dimension = "relationship_stage"
        strategist_client.post(
            list_url(segmented),
            {"as_of": "2026-02-01T09:30", "is_dry": "on", "dimension": dimension},
        )
        run = Run.objects.order_by("-pk").first()
        assert run.is_dry
        assert run.status == RunStatus.DRY
        assert run.as_of == moment(2, 1, 8).replace(minute=30)
        assert run.dimension.key == dimension
        assert set(Membership.objects.values_list("pk")) == before

    @pytest.mark.parametrize(
        ("as_of", "words"),
        [
            ("2026-02-01T00:00", "The ledger only moves forward"),
            ("2999-01-01T00:00", "has not come yet"),
            ("yesterday", "Write the moment as 2026-11-22T09:30."),
            ("2026-13-01T00:00", "Write the moment as 2026-11-22T09:30."),
        ],
    )
    def test_refusals_stay_on_the_page_in_words(self, segmented, strategist_client, as_of, words):
        count, entries = Run.objects.count(), AuditEntry.objects.count()
        response = strategist_client.post(list_url(segmented), {"as_of": as_of})
        assert response.status_code == 422
        assert words in response.content.decode()
        assert f'value="{as_of}"' in response.content.decode()
        assert (Run.objects.count(), AuditEntry.objects.count()) == (count, entries)

    def test_nothing_to_run(self, brand, strategist_client):
        response = strategist_client.post(list_url(brand), {})
        assert "Install the standard packs first." in response.content.decode()
        assert not Run.objects.exists()

    def test_another_brands_dimension_is_no_choice(self, segmented, other_brand, strategist_client):
        make_segment(other_brand, dimension="theirs")
        response = strategist_client.post(list_url(segmented), {"dimension": "theirs"})
        assert response.status_code == 422
        assert Run.objects.count() == 1

    def test_a_manager_may_look_and_not_start(self, segmented, manager_client):
        assert 'id="start"' not in page(manager_client, list_url(segmented))
        assert manager_client.post(list_url(segmented), {}).status_code == 403
        assert Run.objects.count() == 1

    def test_without_a_worker_the_run_stays_queued_and_says_so(
        self, segmented, strategist_client, monkeypatch
    ):
        def unreachable(**_options):
            raise OperationalError

        monkeypatch.setattr(tasks.execute_run, "apply_async", unreachable)
        response = strategist_client.post(list_url(segmented), {}, follow=True)
        assert "No worker can be reached at the moment." in response.content.decode()
        assert Run.objects.order_by("-pk").first().status == RunStatus.QUEUED


class TestList:
    def test_newest_first_with_sums(self, run, waiting, analyst_client):
        shown = page(analyst_client, list_url(run.brand))
        assert shown.index(f"Run {run.pk}") < shown.index(f"Run {waiting.pk}")
        assert "Waiting for approval" in shown

    def test_filter(self, run, waiting, analyst_client):
        shown = page(analyst_client, list_url(run.brand), status="waiting")
        assert f"Run {waiting.pk}<" in shown
        assert f"Run {run.pk}<" not in shown
        shown = page(analyst_client, list_url(run.brand), trigger="quarterly")
        assert "No run matches" in shown
        assert "invalid-feedback" in page(analyst_client, list_url(run.brand), status="none")

    def test_empty(self, brand, analyst_client):
        assert "No runs yet" in page(analyst_client, list_url(brand))

    def test_pages(self, brand, analyst_client):
        runs = [make_run(brand, moment(1, 1 + n % 28)).pk for n in range(70)]
        seen, params = [], {}
        while True:
            found = analyst_client.get(list_url(brand), params, **HTMX).context["page"]
            seen += [line.run.pk for line in found.items]
            if not found.next:
                break
            params["cursor"] = found.next
        assert sorted(seen) == runs
        response = analyst_client.get(list_url(brand), {"cursor": "nonsense"}, follow=True)
        assert "Start again from page one." in response.content.decode()


class TestRun:
    def test_headline_numbers_and_segments(self, run, legal_client):
        shown = page(legal_client, run_url(run))
        assert "Creators looked at" in shown
        assert "+" in shown
        assert "Biggest movements" in shown
        assert 'hx-trigger="every' not in shown

    def test_missing_facts_by_weight(self, waiting, analyst_client):
        shown = page(analyst_client, run_url(waiting))
        assert "Country (3), Followers (1)" in shown
        assert "A strategist or an admin can apply or reject it." in shown
        assert "It moves 1 of 4 creators, more than the 20" in shown

    @pytest.mark.parametrize("status", [RunStatus.QUEUED, RunStatus.RUNNING])
    def test_an_unfinished_run_asks_again_until_it_is_done(self, brand, status, analyst_client):
        run = make_run(brand, NOW, status=status, finished_at=None, applied_at=None)
        assert 'hx-trigger="every 2s"' in page(analyst_client, run_url(run))
        polled = analyst_client.get(run_url(run), **HTMX)
        assert "progress-bar" in polled.content.decode()
        assert "<html" not in polled.content.decode()
        Run.objects.update(status=RunStatus.APPLIED)
        done = analyst_client.get(run_url(run), **HTMX)
        assert done["HX-Refresh"] == "true"

    def test_a_failed_run_says_why(self, brand, analyst_client):
        run = make_run(brand, NOW, status=RunStatus.FAILED, error="The disk is full.")
        assert "The disk is full." in page(analyst_client, run_url(run))

    def test_a_broken_segment_is_loud(self, waiting, analyst_client):
        waiting.segments.update(error="There is no fact “gone”.")
        shown = page(analyst_client, run_url(waiting))
        assert "is broken and keeps its members: There is no fact “gone”." in shown

    def test_who_moved_with_evidence(self, waiting, analyst_client):
        url = reverse(
            "segmentation:changes", args=[waiting.brand.slug, waiting.pk, "educators", "joined"]
        )
        shown = page(analyst_client, url)
        assert "Ana Waits" in shown
        assert "12,300" in shown
        assert "DK" in shown
        assert '<span class="unknown">not known</span>' in shown
        left = reverse(
            "segmentation:changes", args=[waiting.brand.slug, waiting.pk, "educators", "left"]
        )
        assert "No creator moved this way in this run." in page(analyst_client, left)
        assert analyst_client.get(left.replace("left", "sideways")).status_code == 404

    def test_another_brands_run_is_not_there(self, other_brand, brand, analyst_client):
        run = make_run(other_brand, NOW)
        url = reverse("segmentation:run", args=[brand.slug, run.pk])
        assert analyst_client.get(url).status_code == 404
        huge = reverse("segmentation:run", args=[brand.slug, 10**30])
        assert analyst_client.get(huge).status_code == 404


@pytest.fixture
def worker(django_capture_on_commit_callbacks):
    """Does at the end of the block what was handed over in it."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


class TestDeciding:
    def test_apply(self, waiting, strategist_client, worker):
        with worker():
            response = strategist_client.post(run_url(waiting, "decide"), {"decision": "apply"})
        assert response.status_code == 302
        waiting.refresh_from_db()
        assert waiting.status == RunStatus.APPLIED
        assert waiting.decided_by.email == "strategist@acme.example"
        assert Membership.objects.filter(creator__name="Ana Waits", left_at=None).count() == 1

    def test_reject_with_a_reason(self, waiting, strategist_client):
        strategist_client.post(
            run_url(waiting, "decide"), {"decision": "reject", "reason": "Odd numbers."}
        )
        waiting.refresh_from_db()
        assert waiting.status == RunStatus.REJECTED
        assert not Membership.objects.exists()
        assert "Rejected by strategist: Odd numbers." in page(strategist_client, run_url(waiting))

    def test_hold_a_segment(self, two_waiting, strategist_client, worker):
        shown = page(strategist_client, run_url(two_waiting))
        assert 'name="hold" value="educators" form="decide"' in shown
        assert 'name="hold_dimension" value="size" form="decide"' in shown
        with worker():
            response = strategist_client.post(
                run_url(two_waiting, "decide"),
                {"decision": "apply", "hold": "educators", "reason": "Ask first."},
                follow=True,
            )
            shown = response.content.decode()
            assert "Being applied, but for 1 segment held back, as strategist asked" in shown
        shown = page(strategist_client, run_url(two_waiting))
        assert "Held back, and left as they were:" in shown
        assert "Applied by strategist: Ask first." in shown
        assert two_waiting.segments.get(is_held=True).segment.key == "educators"
        assert set(Membership.objects.values_list("segment__key", flat=True)) == {"big"}

    def test_while_it_is_applied_nobody_decides_otherwise(self, waiting, strategist_client):
        asked = {"decision": "apply", "reason": "Ana asked."}
        strategist_client.post(run_url(waiting, "decide"), asked)
        shown = page(strategist_client, run_url(waiting))
        assert 'hx-trigger="every 1s"' in shown
        assert 'id="decide"' not in shown
        assert "Being applied" in page(strategist_client, list_url(waiting.brand))
        part = strategist_client.get(run_url(waiting), **HTMX)
        assert "Until it is through, everybody stays where they are." in part.content.decode()
        for data in (asked, {"decision": "reject", "reason": "No."}):
            response = strategist_client.post(run_url(waiting, "decide"), data)
            assert response.status_code == 409
            words = f"Run {waiting.pk} is being applied already; wait for that."
            assert words in response.content.decode()
        waiting.refresh_from_db()
        assert (waiting.status, waiting.orders.count()) == (RunStatus.WAITING, 1)
        assert not Membership.objects.exists()

    def test_why_it_could_not_be_applied_is_told(self, waiting, strategist_client):
        strategist_client.post(run_url(waiting, "decide"), {"decision": "apply"})
        waiting.orders.update(status=ErrandStatus.FAILED, error="It stopped with an error.")
        response = strategist_client.get(run_url(waiting), **HTMX)
        assert response["HX-Refresh"] == "true"
        shown = page(strategist_client, run_url(waiting))
        assert "It could not be applied: It stopped with an error." in shown
        assert 'id="decide"' in shown

    def test_hold_a_whole_dimension(self, two_waiting, strategist_client, worker):
        with worker():
            strategist_client.post(
                run_url(two_waiting, "decide"), {"decision": "apply", "hold_dimension": "size"}
            )
        held = two_waiting.segments.filter(is_held=True)
        assert set(held.values_list("segment__key", flat=True)) == {"big", "small"}
        assert set(Membership.objects.values_list("segment__key", flat=True)) == {"educators"}

    def test_holding_everything_is_refused_in_words(self, waiting, strategist_client):
        response = strategist_client.post(
            run_url(waiting, "decide"), {"decision": "apply", "hold": "educators"}
        )
        assert response.status_code == 409
        assert "Reject the run instead." in response.content.decode()
        waiting.refresh_from_db()
        assert waiting.status == RunStatus.WAITING
        assert not Membership.objects.exists()

    def test_a_segment_that_is_not_there_cannot_be_held(self, waiting, strategist_client):
        response = strategist_client.post(
            run_url(waiting, "decide"), {"decision": "apply", "hold": "nowhere"}
        )
        assert response.status_code == 422
        waiting.refresh_from_db()
        assert waiting.status == RunStatus.WAITING

    def test_reject_without_a_reason_is_refused(self, waiting, strategist_client):
        response = strategist_client.post(run_url(waiting, "decide"), {"decision": "reject"})
        assert response.status_code == 422
        assert "Say why the run is rejected." in response.content.decode()
        waiting.refresh_from_db()
        assert waiting.status == RunStatus.WAITING
        assert not AuditEntry.objects.exists()

    def test_a_decided_run_cannot_be_decided_again(self, run, strategist_client):
        entries = AuditEntry.objects.count()
        response = strategist_client.post(run_url(run, "decide"), {"decision": "apply"})
        assert response.status_code == 409
        assert "does not wait for approval" in response.content.decode()
        assert AuditEntry.objects.count() == entries

    @pytest.mark.parametrize("who", ["analyst", "manager", "legal"])
    def test_only_those_who_may_apply(self, who, waiting, request):
        client = request.getfixturevalue(f"{who}_client")
        assert client.post(run_url(waiting, "decide"), {"decision": "apply"}).status_code == 403
        waiting.refresh_from_db()
        assert waiting.status == RunStatus.WAITING


class TestMovements:
    def test_who_goes_from_where_to_where(self, two_waiting, analyst_client):
        shown = page(analyst_client, run_url(two_waiting))
        assert "Who moves within Size" in shown
        url = f"{run_url(two_waiting, 'movers')}?dimension=size&amp;from=small&amp;to=big"
        assert f'<a href="{url}">1<span' in shown
        moved = page(analyst_client, url.replace("&amp;", "&"))
        assert "Size: from Small to Big" in moved
        assert "Bo Grows" in moved
        assert "Decided by a person" in moved
        assert "Ana Waits" not in moved

    def test_from_and_to_none(self, two_waiting, analyst_client):
        url = run_url(two_waiting, "movers")
        assert "Nobody" in page(analyst_client, url, dimension="size", to="big")
        assert "Nobody" in page(analyst_client, url, dimension="size", **{"from": "small"})
        assert "Ana Waits" in page(analyst_client, url, dimension="role", to="educators")
        for wrong in (
            {"dimension": "size"},
            {"dimension": "none", "to": "big"},
            {"dimension": "size", "to": "educators"},
            {},
        ):
            assert analyst_client.get(url, wrong).status_code == 404

    def test_filter_by_reason_and_name(self, two_waiting, analyst_client):
        url = reverse("segmentation:changes", args=["acme", two_waiting.pk, "big", "joined"])
        assert "Bo Grows" in page(analyst_client, url, cause="override", name="bo g")
        assert "Nobody matches" in page(analyst_client, url, cause="rule")
        assert "Nobody matches" in page(analyst_client, url, name="Ana")
        assert "invalid-feedback" in page(analyst_client, url, cause="whim")
        part = analyst_client.get(url, {"name": "bo"}, **HTMX).content.decode()
        assert "Bo Grows" in part
        assert "<html" not in part

    def test_what_is_near_and_what_is_missing(self, two_waiting, analyst_client):
        shown = page(analyst_client, run_url(two_waiting))
        assert "Near misses" in shown
        assert "Followers (2)" in shown
        assert "Facts to find out" in shown

    def test_export(self, two_waiting, analyst_client):
        response = analyst_client.get(run_url(two_waiting, "changes_csv"))
        lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[0] == ("dimension,segment,kind,cause,held,creator,name,what the rule read")
        assert len(lines) == 4
        assert lines[2].startswith("size,big,joined,override,no,")
        assert lines[2].endswith(',Bo Grows,"Followers: 20,000"')

    def test_what_is_odd_comes_first(self, brand, analyst_client):
        run = make_run(brand, moment(11, 1), population=100, moved=50, status=RunStatus.WAITING)
        odd = {
            "empties": {"left": 12},
            "halves": {"members": 10, "left": 20},
            "doubles": {"members": 40, "joined": 30},
            "unknown": {"members": 1, "unknown": 51},
            "fine": {"members": 11, "joined": 1},
        }
        for key, counts in odd.items():
            segment = make_segment(brand, key)
            RunSegment.objects.create(
                run=run, segment=segment, version=segment.active_version, **counts
            )
        found = analyst_client.get(run_url(run)).context["page"].odd
        assert [(row.segment.key, row.words) for row in found] == [
            ("doubles", "more than doubles: 30 join 10"),
            ("empties", "would be empty: all 12 leave"),
            ("halves", "loses 20 of 30 members"),
            ("unknown", "is undecided for 51 of 100 creators"),
        ]

    def test_a_rule_that_was_reworded_since_is_named(self, waiting, analyst_client):
        segment = waiting.segments.get().segment
        reword_rule(
            segment_id=segment.pk, rule=text.parse("followers >= 5"), at=moment(11, 2), actor=None
        )
        assert "was reworded since" in page(analyst_client, run_url(waiting))


class TestStopping:
    @pytest.fixture
    def queued(self, brand):
        make_segment(brand)
        return make_run(brand, NOW, status=RunStatus.QUEUED, finished_at=None, applied_at=None)

    def test_cancel(self, queued, analyst_client):
        assert "Cancel this run" in page(analyst_client, run_url(queued))
        response = analyst_client.post(
            run_url(queued, "cancel"), {"reason": "Too early."}, follow=True
        )
        assert "The run was cancelled; nobody moved." in response.content.decode()
        assert "Cancelled by analyst; nobody moved. Too early." in response.content.decode()
        queued.refresh_from_db()
        assert queued.status == RunStatus.CANCELLED

    def test_what_is_done_cannot_be_cancelled(self, run, strategist_client):
        response = strategist_client.post(run_url(run, "cancel"), {})
        assert response.status_code == 409
        assert "cannot be cancelled any more; it is: applied." in response.content.decode()

    def test_a_manager_may_not(self, queued, manager_client):
        assert "Cancel this run" not in page(manager_client, run_url(queued))
        assert manager_client.post(run_url(queued, "cancel"), {}).status_code == 403
        queued.refresh_from_db()
        assert queued.status == RunStatus.QUEUED

    def test_a_lost_worker_and_a_second_attempt_are_told(self, brand, analyst_client):
        run = make_run(brand, NOW, status=RunStatus.RUNNING, started_at=moment(1, 1), attempts=2)
        shown = page(analyst_client, run_url(run))
        assert "The worker that had this run is gone. Nothing was changed" in shown
        assert "Attempt 2: the worker of the one before was lost" in shown


class TestRollingBack:
    def test_with_reason_and_confirmation(self, run, strategist_client, stage_core, worker):
        assert "Put these creators back where they were" in page(strategist_client, run_url(run))
        with worker():
            response = strategist_client.post(
                run_url(run, "roll_back"), {"reason": "A slip", "confirmed": "on"}, follow=True
            )
            shown = response.content.decode()
            assert "Being rolled back, as strategist asked" in shown
            assert "Put these creators back where they were" not in shown
        shown = page(strategist_client, run_url(run))
        assert "by strategist: A slip\n" in shown
        assert "Below is what it had moved." in shown
        run.refresh_from_db()
        assert run.status == RunStatus.ROLLED_BACK
        assert not Membership.objects.filter(left_at=None).exists()
        stage_core.refresh_from_db()
        assert stage_core.members_count == 0

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"reason": "A slip"}, "Confirm that the creators are to be put back."),
            ({"confirmed": "on"}, "Say why: the next person will want to know."),
        ],
    )
    def test_without_either_nothing_happens(self, run, strategist_client, data, words):
        entries, open_stays = AuditEntry.objects.count(), Membership.objects.count()
        response = strategist_client.post(run_url(run, "roll_back"), data)
        assert response.status_code == 422
        assert words in response.content.decode()
        run.refresh_from_db()
        assert run.status == RunStatus.APPLIED
        assert AuditEntry.objects.count() == entries
        assert Membership.objects.filter(left_at=None).count() == open_stays

    def test_not_before_the_newest(self, run, strategist_client):
        later = make_run(run.brand, moment(11, 20), applied_at=timezone.now())
        Run.objects.filter(pk=later.pk).update(applied_at=run.applied_at + timedelta(days=1))
        shown = page(strategist_client, run_url(run))
        assert f"Run {later.pk}</a> was applied after this one" in shown
        response = strategist_client.post(
            run_url(run, "roll_back"), {"reason": "A slip", "confirmed": "on"}
        )
        assert response.status_code == 409
        assert "Roll back the newest run first" in response.content.decode()

    @pytest.mark.parametrize("who", ["analyst", "manager", "legal"])
    def test_only_those_who_may_apply(self, who, run, request):
        client = request.getfixturevalue(f"{who}_client")
        data = {"reason": "A slip", "confirmed": "on"}
        assert client.post(run_url(run, "roll_back"), data).status_code == 403
        run.refresh_from_db()
        assert run.status == RunStatus.APPLIED


class TestHistory:
    def test_a_brand_without_a_past_gets_one(self, brand, creators, strategist_client):
        packs.install_pack(brand=brand, name="default", actor=None, at=NOW)
        url = reverse("segmentation:history", args=["acme"])
        assert "Build the history" in page(strategist_client, list_url(brand))
        response = strategist_client.post(url, {"quarters": "4"}, follow=True)
        assert "5 runs are queued" in response.content.decode()
        found = Run.objects.order_by("pk")
        assert [run.status for run in found] == [RunStatus.APPLIED] * 5
        assert [run.as_of.month for run in found][:4] == [1, 4, 7, 10]
        assert "Build the history" not in response.content.decode()
        again = strategist_client.post(url, {"quarters": "4"}, follow=True)
        assert "before the first run only" in again.content.decode()
        assert Run.objects.count() == 5

    def test_refusals_queue_nothing(self, brand, strategist_client, analyst_client):
        url = reverse("segmentation:history", args=["acme"])
        wrong = strategist_client.post(url, {"quarters": "400"}, follow=True)
        assert "Choose how many quarters back" in wrong.content.decode()
        empty = strategist_client.post(url, {"quarters": "4"}, follow=True)
        assert "Install the standard packs first." in empty.content.decode()
        assert analyst_client.post(url, {"quarters": "4"}).status_code == 403
        assert not Run.objects.exists()


class TestUndecided:
    def address(self, run, key):
        return reverse("segmentation:undecided", args=[run.brand.slug, run.pk, key])

    def test_who_and_for_want_of_what(self, brand, analyst_client):
        make_creator(brand, name="Known Well", followers=5_000, country="DK")
        make_creator(brand, name="From Nowhere", followers=5_000, country="")
        make_creator(brand, name="Not Counted", country="DK")
        make_segment(brand)
        run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
        run = runs.execute_run(run_id=run.pk, at=NOW)
        assert run.segments.get().unknown == 2
        url = self.address(run, "educators")
        assert url in page(analyst_client, run_url(run))
        found = analyst_client.get(url).context["page"].items
        assert [(row.name, row.lacks) for row in found] == [
            ("From Nowhere", ["Country"]),
            ("Not Counted", ["Followers"]),
        ]

    def test_nobody_and_nothing(self, run, analyst_client, stage_core):
        assert "Nobody" in page(analyst_client, self.address(run, stage_core.key))
        assert analyst_client.get(self.address(run, "nowhere")).status_code == 404
        wrong = analyst_client.get(
            self.address(run, stage_core.key), {"cursor": "nonsense"}, follow=True
        )
        assert "Start again from page one." in wrong.content.decode()

    def test_queries_do_not_grow(self, brand, analyst_client, count_queries):
        make_creator(brand, followers=5_000, country="")
        make_segment(brand)
        run = runs.start_run(brand=brand, as_of=NOW, at=NOW)
        runs.execute_run(run_id=run.pk, at=NOW)
        url = self.address(run, "educators")
        few = count_queries(lambda: page(analyst_client, url))
        for _ in range(5):
            make_creator(brand, followers=5_000, country="")
        again = runs.start_run(brand=brand, as_of=NOW, at=NOW)
        runs.execute_run(run_id=again.pk, at=NOW)
        assert len(analyst_client.get(url).context["page"].items) == 6
        assert count_queries(lambda: page(analyst_client, url)) == few


def test_the_rail_counts_what_waits(waiting, analyst_client):
    badge = '1<span class="visually-hidden"> wait for a decision</span>'
    assert badge in page(analyst_client, list_url(waiting.brand))
    Run.objects.update(status=RunStatus.REJECTED)
    assert "wait for a decision" not in page(analyst_client, list_url(waiting.brand))


def test_queries_do_not_grow_with_creators(run, analyst_client, count_queries):
    urls = [list_url(run.brand), run_url(run)]
    few = [count_queries(lambda url=url: page(analyst_client, url)) for url in urls]
    found = run.segments.exclude(joined=0).first()
    for n in range(100):
        Change.objects.create(
            run=run,
            segment=found.segment,
            version=found.version,
            creator=make_creator(run.brand, name=f"More {n}"),
            kind=ChangeKind.JOINED,
        )
    assert [count_queries(lambda url=url: page(analyst_client, url)) for url in urls] == few
