"""Metadata, playbooks, versions, overrides, audiences, hygiene and the matrix over REST."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import AuditEntry, FactChange
from segmentation.choices import SegmentStatus
from segmentation.models import AudienceSegment, Override, Playbook, SegmentVersion
from tests.factories import NOW, CreatorFactory
from tests.rest import assert_problem, walk
from tests.segmentation.segments.masks import member
from tests.segmentation.world import RULE, make_creator, make_segment, moment, stay

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(brand):
    return make_segment(brand, "educators", purpose="Teach")


@pytest.fixture
def ana(brand):
    return make_creator(brand, name="Ana")


class TestSegment:
    def test_changed_in_part(self, plain, segment, strategist):
        body = {"definition": "Who explains.", "owner": strategist.email, "kpis": ["size"]}
        answer = plain.send("PATCH", "segments/educators/", body)
        assert answer.status_code == 200
        found = answer.json()
        assert {name: found[name] for name in body} == body
        assert found["purpose"] == "Teach"
        assert AuditEntry.objects.get().actor == strategist

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"owner": "nobody@example.com"}, "/owner", "unknown_user"),
            ({"colour": "blue"}, "/colour", "unknown_member"),
            ({"name": "x" * 121}, "/name", "max_length"),
            ({"kpis": "size"}, "/kpis", "not_a_list"),
        ],
    )
    def test_what_cannot_be_is_named(self, plain, segment, body, pointer, code):
        problem = assert_problem(plain.send("PATCH", "segments/educators/", body), 400, code)
        assert problem["errors"][0]["pointer"] == pointer
        segment.refresh_from_db()
        assert (segment.name, segment.purpose) == ("Educators", "Teach")

    def test_an_archived_one_stays(self, plain, brand):
        make_segment(brand, "old", status=SegmentStatus.ARCHIVED)
        assert_problem(plain.send("PATCH", "segments/old/", {"name": "New"}), 409, "archived")

    def test_members_narrowed_as_on_the_page(self, plain, segment, brand):
        core = make_creator(brand, name="Core", stage="core")
        stay(segment, core, moment(6, 1))
        stay(segment, make_creator(brand, name="New"), moment(7, 1))
        rows = walk(plain, "segments/educators/members/", stage="core")
        assert [row["name"] for row in rows] == ["Core"]
        rows = walk(plain, "segments/educators/members/", since="2026-06-15", limit=1)
        assert [row["name"] for row in rows] == ["New"]
        assert walk(plain, "segments/educators/members/", stage="core", as_of="2026-05-01") == []
        answer = plain.get("segments/educators/members/", also_in="nowhere")
        assert assert_problem(answer, 400)["errors"][0]["pointer"] == "?also_in"

    def test_one_filter_for_page_and_api(self, plain, segment):
        assert [row["key"] for row in walk(plain, "segments/", dimension="role")] == ["educators"]
        problem = assert_problem(plain.get("segments/", dimension="nowhere"), 400)
        assert problem["errors"][0]["pointer"] == "?dimension"


class TestPlaybook:
    def test_nothing_yet(self, plain, segment):
        found = plain.json("segments/educators/playbook/")
        assert (found["outreach"], found["do_not_pitch"]) == (None, False)
        assert (found["maximum_share"], found["updated_at"]) == (None, None)

    def test_changed_in_part(self, plain, segment, strategist):
        body = {"maximum_share": 0.25, "do_not_pitch": True, "mistake_cost": "low"}
        answer = plain.send("PATCH", "segments/educators/playbook/", body)
        found = answer.json()
        assert {name: found[name] for name in body} == body
        assert found["updated_by"] == strategist.email
        answer = plain.send("PATCH", "segments/educators/playbook/", {"maximum_share": None})
        assert answer.json()["maximum_share"] is None
        assert answer.json()["do_not_pitch"] is True
        for text in ("Write first.", None):
            body = {"outreach": text}
            found = plain.send("PATCH", "segments/educators/playbook/", body).json()
            assert (found["outreach"], found["briefing"]) == (text, None)
        assert Playbook.objects.get().outreach == ""

    @pytest.mark.parametrize("share", [0, 1.5, "half", True])
    def test_a_share_is_a_fraction(self, plain, segment, share):
        answer = plain.send("PATCH", "segments/educators/playbook/", {"maximum_share": share})
        assert answer.status_code == (400 if share is not True else 200)
        if share is not True:
            assert assert_problem(answer, 400)["errors"][0]["pointer"] == "/maximum_share"
            assert not Playbook.objects.exists()


class TestVersions:
    @pytest.fixture
    def draft(self, segment):
        return SegmentVersion.objects.create(
            segment=segment,
            number=2,
            rule=RULE["all"][0],
            rule_text="followers >= 1000",
            created_at=moment(2, 1),
        )

    def test_compared_with_the_one_in_use(self, plain, draft):
        found = plain.json("segments/educators/versions/2/")
        assert (found["is_active"], found["activated_at"]) == (False, None)
        comparison = found["comparison"]
        assert (comparison["before"], comparison["after"]) == (1, 2)
        assert comparison["changes"] == ["No longer: Country is “DK”"]
        assert [piece["part"] for piece in comparison["rule_text"]] == ["same", "gone"]
        other = plain.json("segments/educators/versions/1/", against=2)
        assert other["comparison"]["changes"] == ["Now also: Country is “DK”"]
        first = plain.json("segments/educators/versions/1/")
        assert first["comparison"]["before"] is None

    def test_no_such_version(self, plain, draft):
        assert_problem(plain.get("segments/educators/versions/9/"), 404)
        assert_problem(plain.get("segments/educators/versions/9999999999/"), 404)
        answer = plain.get("segments/educators/versions/1/", against=9)
        assert_problem(answer, 400, "unknown_version")

    def test_activated_once_with_a_reason(self, plain, segment, draft):
        url = "segments/educators/versions/2:activate"
        assert assert_problem(plain.send("POST", url, {}), 400)["errors"][0]["pointer"] == "/reason"
        segment.refresh_from_db()
        assert segment.active_version.number == 1
        answer = plain.send("POST", url, {"reason": "Country says nothing"})
        assert answer.status_code == 200
        assert answer.json()["is_active"]
        assert answer.json()["comparison"]["changes"] == ["No longer: Country is “DK”"]
        assert_problem(plain.send("POST", url, {"reason": "Again"}), 409)


class TestOverrides:
    def body(self, who, **given):
        return {
            "segment": "educators",
            "creator": str(who.uid),
            "kind": "in",
            "reason": "Teaches",
            **given,
        }

    def test_made_listed_and_withdrawn(self, plain, segment, ana, strategist):
        until = timezone.now() + timedelta(days=30)
        answer = plain.send("POST", "overrides/", self.body(ana, until=until.isoformat()))
        assert answer.status_code == 201
        made = answer.json()
        assert made["creator"] == {"uid": str(ana.uid), "name": "Ana"}
        assert (made["kind"], made["author"]) == ("in", strategist.email)
        assert walk(plain, "overrides/", segment="educators", creator=str(ana.uid)) == [made]
        assert walk(plain, "overrides/", in_force_at=(until + timedelta(1)).date()) == []
        assert plain.json(f"overrides/{made['id']}/") == made
        answer = plain.send("POST", f"overrides/{made['id']}:withdraw")
        assert answer.json()["withdrawn_by"] == strategist.email
        assert_problem(plain.send("POST", f"overrides/{made['id']}:withdraw"), 409, "ended")

    @pytest.mark.parametrize(
        ("given", "pointer", "code"),
        [
            ({"segment": "nowhere"}, "/segment", "unknown_segment"),
            ({"creator": "00000000-0000-0000-0000-000000000000"}, "/creator", "unknown_creator"),
            ({"kind": "maybe"}, "/kind", "invalid_choice"),
            ({"reason": " "}, "/reason", "blank"),
            ({"until": "soon"}, "/until", "invalid"),
        ],
    )
    def test_what_cannot_be_is_named(self, plain, segment, ana, given, pointer, code):
        answer = plain.send("POST", "overrides/", self.body(ana, **given))
        assert assert_problem(answer, 400, code)["errors"][0]["pointer"] == pointer
        assert not Override.objects.exists()
        assert not FactChange.objects.exists()

    def test_refused_by_the_service(self, plain, segment, ana):
        answer = plain.send("POST", "overrides/", self.body(ana, until="2020-01-01"))
        assert_problem(answer, 400, "ends_too_early", at="/until")
        assert not Override.objects.exists()

    def test_of_another_brand(self, plain, other_brand):
        theirs = make_segment(other_brand, "theirs")
        held = Override.objects.create(
            segment=theirs, creator=CreatorFactory(), kind="in", reason="x", starts_at=NOW
        )
        assert walk(plain, "overrides/") == []
        assert_problem(plain.get(f"overrides/{held.pk}/"), 404)
        assert_problem(plain.send("POST", f"overrides/{held.pk}:withdraw"), 404)
        held.refresh_from_db()
        assert held.ends_at is None


class TestAudiences:
    def test_made_read_changed_and_deleted(self, plain, brand, segment):
        member(brand, segment, country="DK", last_post_at=timezone.now() - timedelta(days=3))
        body = {
            "key": "teens",
            "name": "Teens",
            "countries": ["DK", "SE"],
            "segments": ["educators"],
        }
        answer = plain.send("POST", "audiences/", body)
        assert answer.status_code == 201
        found = answer.json()
        assert (found["creators"], found["coverage"]) == (1, "thin")
        assert found["cells"] == [
            {"country": "DK", "platform": None, "creators": 1, "coverage": "thin"},
            {"country": "SE", "platform": None, "creators": 0, "coverage": "gap"},
        ]
        assert plain.json("audiences/")["results"] == [found]
        changed = plain.send("PATCH", "audiences/teens/", {"wanted_creators": 1}).json()
        assert (changed["coverage"], changed["segments"]) == ("covered", ["educators"])
        assert plain.send("DELETE", "audiences/teens/").status_code == 204
        assert not AudienceSegment.objects.exists()

    def test_candidates(self, brand, plain, segment):
        plain.send(
            "POST",
            "audiences/",
            {"key": "teens", "name": "Teens", "countries": ["DK"], "segments": ["educators"]},
        )
        silent = member(brand, segment, country="DK", last_post_at=None)
        [row] = plain.json("audiences/teens/candidates/?country=DK")["results"]
        assert (row["creator"], row["lacks"]) == (str(silent.uid), "post")
        assert (row["brings"], row["price"], row["cost_of_thousand"]) == (None, None, None)
        answer = plain.send("GET", "audiences/teens/candidates/?country=SE")
        assert_problem(answer, 400, "unknown_place")

    @pytest.mark.parametrize(
        ("given", "status", "code"),
        [
            ({"key": "te ens"}, 400, "invalid"),
            ({"wanted_creators": 0}, 400, "min_value"),
            ({"countries": ["XX"]}, 400, "unknown_country"),
            ({"segments": ["nowhere"]}, 400, "unknown_segment"),
        ],
    )
    def test_refusals(self, plain, given, status, code):
        answer = plain.send("POST", "audiences/", {"key": "teens", "name": "Teens", **given})
        assert_problem(answer, status, code)
        assert not AudienceSegment.objects.exists()


class TestOverview:
    def test_hygiene(self, plain, segment):
        checks = {check["key"]: check for check in plain.json("hygiene/")["results"]}
        assert checks["no_owner"]["findings"] == [
            {"segment": "educators", "other": None, "version": None, "words": "Nobody owns it."}
        ]
        assert checks["no_purpose"]["findings"] == []

    def test_matrix(self, plain, brand, segment):
        member(brand, segment, country="DK")
        member(brand, country="SE")
        found = plain.json("matrix/", rows="fact.country", columns="role")
        assert found["rows"] == [
            {"key": "DK", "name": "Denmark", "creators": 1},
            {"key": "SE", "name": "Sweden", "creators": 1},
        ]
        assert [column["key"] for column in found["columns"]] == ["educators", "-"]
        assert found["cells"] == [[1, 0], [0, 1]]
        assert found["population"] == 2
        assert_problem(plain.get("matrix/", rows="colour"), 400, "unknown_axis")
