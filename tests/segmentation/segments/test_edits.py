"""What people write about a segment: metadata, playbook, examples, dimensions, audiences."""

from __future__ import annotations

import pytest

from crm.models import AuditEntry
from segmentation.choices import Cadence, SegmentStatus
from segmentation.models import AudienceSegment, Dimension, Playbook, Segment, SegmentExample
from segmentation.services import audiences, dimensions, metadata, playbooks
from segmentation.services.edits import EditRefused, stamp
from tests.factories import NOW, CreatorFactory
from tests.segmentation.building import dimension_of
from tests.segmentation.world import make_creator, make_segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(brand):
    return make_segment(brand, "educators", purpose="Teach")


@pytest.fixture
def archived(brand):
    return make_segment(brand, "old", status=SegmentStatus.ARCHIVED)


def refused(code, call, **arguments):
    """Refused with this code, and nothing was written."""
    entries = AuditEntry.objects.count()
    with pytest.raises(EditRefused) as refusal:
        call(**arguments)
    assert refusal.value.code == code
    assert str(refusal.value).endswith(".") or "." in str(refusal.value)
    assert AuditEntry.objects.count() == entries
    return refusal.value


class TestMetadata:
    def change(self, segment, changes, actor=None, **more):
        return metadata.change_segment(
            segment_id=segment.pk, changes=changes, at=NOW, actor=actor, **more
        )

    def test_only_what_differs_is_written_and_audited(self, segment, strategist):
        self.change(
            segment,
            {"name": segment.name, "purpose": "Explain", "kpis": ["size"], "owner": strategist},
            strategist,
        )
        segment.refresh_from_db()
        assert (segment.purpose, segment.kpis, segment.owner) == ("Explain", ["size"], strategist)
        [entry] = AuditEntry.objects.all()
        assert entry.verb == "segmentation.segment.changed"
        assert entry.data == {
            "purpose": ["Teach", "Explain"],
            "kpis": [[], ["size"]],
            "owner": [None, strategist.pk],
        }

    def test_the_same_again_leaves_no_trace(self, segment):
        self.change(segment, {"purpose": "Teach"})
        assert not AuditEntry.objects.exists()

    def test_refusals(self, segment, archived, outsider):
        change = self.change
        refused("name_needed", change, segment=segment, changes={"name": " "})
        refused("purpose_needed", change, segment=segment, changes={"purpose": ""})
        refused("archived", change, segment=archived, changes={"name": "New"})
        value = refused("unknown_user", change, segment=segment, changes={"owner": outsider})
        assert value.field == "owner"
        segment.refresh_from_db()
        assert (segment.name, segment.purpose, segment.owner) == ("Educators", "Teach", None)

    def test_somebody_was_faster(self, segment):
        seen = stamp(segment, metadata.FIELDS)
        self.change(segment, {"purpose": "Theirs"})
        refused("outdated", self.change, segment=segment, changes={"name": "Mine"}, seen=seen)
        segment.refresh_from_db()
        assert (segment.name, segment.purpose) == ("Educators", "Theirs")


class TestPlaybook:
    def save(self, segment, changes, actor=None, **more):
        return playbooks.save_playbook(
            segment_id=segment.pk, changes=changes, at=NOW, actor=actor, **more
        )

    def test_written_and_audited(self, segment, strategist):
        self.save(segment, {"do_not_pitch": True, "maximum_share": 0.2, "dos": ""}, strategist)
        playbook = Playbook.objects.get(segment=segment)
        assert (playbook.do_not_pitch, playbook.maximum_share) == (True, 0.2)
        assert (playbook.updated_by, playbook.updated_at) == (strategist, NOW)
        [entry] = AuditEntry.objects.all()
        assert entry.data == {"do_not_pitch": [False, True], "maximum_share": [None, 0.2]}

    def test_nothing_new_leaves_no_trace(self, segment):
        self.save(segment, {"dos": "", "do_not_pitch": False})
        assert not Playbook.objects.exists()
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("share", [0, -0.1, 1.01])
    def test_a_share_out_of_range(self, segment, share):
        refused("share_out_of_range", self.save, segment=segment, changes={"maximum_share": share})
        assert not Playbook.objects.exists()

    def test_archived_or_outdated(self, segment, archived):
        refused("archived", self.save, segment=archived, changes={"dos": "x"})
        seen = stamp(playbooks.playbook_of(segment), playbooks.FIELDS)
        self.save(segment, {"dos": "Theirs"}, seen=seen)
        refused("outdated", self.save, segment=segment, changes={"dos": "Mine"}, seen=seen)
        assert Playbook.objects.get(segment=segment).dos == "Theirs"


class TestExamples:
    def add(self, segment, creator, **given):
        return playbooks.set_example(
            **{
                "segment_id": segment.pk,
                "creator_id": creator.pk,
                "belongs": True,
                "note": " Explains each step ",
                "at": NOW,
                "actor": None,
                **given,
            }
        )

    def test_added_changed_and_removed(self, brand, segment):
        ana = make_creator(brand, name="Ana")
        self.add(segment, ana)
        self.add(segment, ana, belongs=False, note="Only unboxes")
        [example] = SegmentExample.objects.all()
        assert (example.belongs, example.note) == (False, "Only unboxes")
        for _ in range(2):
            playbooks.remove_example(segment_id=segment.pk, creator_id=ana.pk, at=NOW, actor=None)
        assert not SegmentExample.objects.exists()
        verbs = AuditEntry.objects.order_by("number").values_list("verb", flat=True)
        assert [verb.rpartition(".")[2] for verb in verbs] == ["set", "set", "removed"]

    def test_no_strangers_and_not_too_many(self, brand, segment, monkeypatch):
        refused("unknown_creator", self.add, segment=segment, creator=CreatorFactory())
        monkeypatch.setattr(playbooks, "MAX_EXAMPLES", 1)
        self.add(segment, make_creator(brand))
        refused("too_many_examples", self.add, segment=segment, creator=make_creator(brand))
        assert SegmentExample.objects.count() == 1


class TestDimensions:
    def change(self, dimension, changes, **more):
        return dimensions.change_dimension(
            dimension_id=dimension.pk, changes=changes, at=NOW, actor=None, **more
        )

    def test_a_new_one_comes_last(self, brand):
        dimension_of(brand, "first", position=70)
        values = {"name": "Theme", "cadence": Cadence.CRON, "cron": "0 3 * * 1"}
        made = dimensions.create_dimension(
            brand=brand, key="theme", values=values, at=NOW, actor=None
        )
        assert (made.position, made.cadence, made.cron) == (80, "cron", "0 3 * * 1")
        [entry] = AuditEntry.objects.all()
        assert entry.verb == "segmentation.dimension.created"
        refused(
            "key_taken",
            dimensions.create_dimension,
            brand=brand,
            key="theme",
            values=values,
            at=NOW,
            actor=None,
        )

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"cadence": Cadence.CRON, "cron": ""}, "bad_cron"),
            ({"cadence": Cadence.CRON, "cron": "0 3 * *"}, "bad_cron"),
            ({"cadence": Cadence.CRON, "cron": "99 3 * * 1"}, "bad_cron"),
            ({"cadence": Cadence.CRON, "cron": "a b c d e"}, "bad_cron"),
            ({"cadence": Cadence.CRON, "cron": "0 3 31 2 *"}, "bad_cron"),
            ({"cron": "0 3 * * 1"}, "cron_without_cadence"),
            ({"is_exclusive": True, "has_precedence": True}, "exclusive_with_precedence"),
            ({"name": " "}, "name_needed"),
            ({"drift_alert_percent": 101}, "invalid"),
            ({"cadence": "daily"}, "invalid"),
        ],
    )
    def test_refusals(self, brand, changes, code):
        dimension = dimension_of(brand, "mine")
        refused(code, self.change, dimension=dimension, changes=changes)
        found = Dimension.objects.get(pk=dimension.pk)
        assert (found.name, found.cadence, found.cron) == ("Mine", "quarterly", "")

    def test_changed_and_outdated(self, brand):
        dimension = dimension_of(brand, "mine")
        seen = stamp(dimension, dimensions.FIELDS)
        self.change(dimension, {"cadence": Cadence.MONTHLY}, seen=seen)
        assert AuditEntry.objects.get().data == {"cadence": ["quarterly", "monthly"]}
        refused("outdated", self.change, dimension=dimension, changes={"name": "M"}, seen=seen)

    def test_order(self, brand):
        one, two = (make_segment(brand, key, position=10) for key in ("a", "b"))
        make_segment(brand, "gone", status=SegmentStatus.ARCHIVED)
        dimension = one.dimension

        def order(keys):
            dimensions.order_segments(dimension_id=dimension.pk, keys=keys, at=NOW, actor=None)

        order(["b", "a"])
        positions = dict(Segment.objects.values_list("key", "position"))
        assert (positions["b"], positions["a"]) == (10, 20)
        assert AuditEntry.objects.get().data == {"order": [["a", "b"], ["b", "a"]]}
        order(["b", "a"])
        assert AuditEntry.objects.count() == 1
        for keys in (["b"], ["b", "a", "a"], ["b", "gone"]):
            refused("outdated", order, keys=keys)
        assert two.dimension == dimension


class TestAudiences:
    def create(self, brand, segments=(), **values):
        return audiences.create_audience(
            brand=brand,
            key=values.pop("key", "teens"),
            values={"name": "Teens", **values},
            segments=segments,
            at=NOW,
            actor=None,
        )

    def test_made_changed_and_deleted(self, brand, segment):
        made = self.create(brand, ["educators"], countries=["DK"], platforms=["tiktok"])
        assert list(made.segments.all()) == [segment]
        audiences.change_audience(
            audience_id=made.pk, changes={"wanted_creators": 9}, segments=[], at=NOW, actor=None
        )
        made.refresh_from_db()
        assert (made.wanted_creators, made.segments.count()) == (9, 0)
        last = AuditEntry.objects.order_by("number").last()
        assert last.data == {"wanted_creators": [3, 9], "segments": [["educators"], []]}
        audiences.change_audience(audience_id=made.pk, changes={}, at=NOW, actor=None)
        assert AuditEntry.objects.count() == 2
        audiences.delete_audience(audience_id=made.pk, at=NOW, actor=None)
        assert not AudienceSegment.objects.exists()
        assert AuditEntry.objects.order_by("number").last().data["name"] == "Teens"
        assert Segment.objects.filter(pk=segment.pk).exists()

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"name": ""}, "name_needed"),
            ({"wanted_creators": 0}, "out_of_range"),
            ({"countries": ["XX"]}, "unknown_country"),
            ({"platforms": ["orkut"]}, "unknown_platform"),
            ({"countries": ["DK", "DK"]}, "named_twice"),
            ({"segments": ["old"]}, "unknown_segment"),
            ({"segments": ["nowhere"]}, "unknown_segment"),
        ],
    )
    @pytest.mark.usefixtures("archived")
    def test_refusals(self, brand, given, code):
        refused(code, self.create, brand=brand, **given)
        assert not AudienceSegment.objects.exists()

    def test_a_key_is_taken_once_in_a_brand(self, brand, other_brand):
        self.create(brand)
        self.create(other_brand)
        refused("key_taken", self.create, brand=brand)
