"""Every example of the OpenAPI document: what is sent is understood, what is answered is so."""

from __future__ import annotations

from typing import Any

import pytest

from crm.choices import Role, Stage
from crm.models import ImportBatch, Post
from segmentation.models import Run
from tests.campaigns.tracking.worlds import a_code
from tests.factories import BrandFactory, UserFactory, UserRoleFactory
from tests.people import person
from tests.rest import Rest, assert_problem, rest_as
from tests.schema import assert_fits, kept_schema
from tests.segmentation.world import make_segment
from tests.test_api_bad_input import fill, make_places

SCHEMA = kept_schema()
# What the examples of these name is not in this small world, or is elsewhere: they are refused for
# that alone. All others are done.
NOT_THERE = {
    "ADraft": None,
    "AFeeInTwoParts": None,
    "AMoment": ("/counts/0/captured_at", "too_early"),
    "AName": None,
    "AQuarterOfEngagement": ("/version", "not_found"),
    "AFirstMailAndOneReminder": ("/steps/0/template", "unknown_template"),
    "APost": None,
    "APart": ("/conversion", "unknown_conversion"),
    "AQuarter": ("/campaign", "invalid"),
    "OfAQuarter": ("/period", "bad_period"),
    "AWordingThatIsNotEnough": None,
    "AdoptOne": None,
    "AllOfIt": ("", "not_waiting"),
    "ByJanuary": None,
    "ByTier": None,
    "Ask": ("", "not_needed"),
    "BesideAYearAgo": None,
    "ButForTheSizeOfCreators": ("/hold_dimensions", "unknown_dimension"),
    "AudienceFirst": None,
    "PaidUseForHalfAYear": ("/asset", "unknown_asset"),
    "EachTuesday": None,
    "Everybody": None,
    "FromTheAcceptedOffer": ("/engagement", "unknown_engagement"),
    "Instagram,OneColumnLeftOut": ("", "no_file"),
    "MadeByAI": None,
    "OfACampaign": ("/campaign", "unknown_campaign"),
    "ItIsOfTheEvent": None,
    "OfWhatWasMeasured": None,
    "OneCreator": ("/campaign", "unknown_campaign"),
    "Sufficient,AndTheDraftIsApproved": None,
    "TenEducators": None,
    "TenOfOneTier": None,
    "TheFirst": None,
    "TwoBlindReviews": ("", "no_form"),
    "TwoDays": None,
    "TwoVersionsOfAScore": ("/first", "not_found"),
    "ViewsFor10,000": None,
    "MoreOfWhatWorks": None,
    "TwoWaysToBegin": ("/campaign", "does_not_exist"),
    "TwoReels": ("/engagement", "unknown_engagement"),
}


def examples() -> list[tuple[str, str, str, str, Any]]:
    """Method, address, name, status ("" of what is sent) and the value of each example."""
    found = []
    for path, methods in SCHEMA["paths"].items():
        for method, operation in methods.items():
            bodies = {"": operation.get("requestBody", {}), **operation["responses"]}
            for status, body in bodies.items():
                for content in body.get("content", {}).values():
                    for name, example in content.get("examples", {}).items():
                        found.append((method.upper(), path, name, status, example["value"]))
    return found


SENT = [one for one in examples() if not one[3]]
ANSWERED = [one for one in examples() if one[3]]


def test_examples_of_answers_fit_their_schemas():
    assert ANSWERED
    assert len(SENT) > 40
    for method, path, name, status, value in ANSWERED:
        promised = SCHEMA["paths"][path][method.lower()]["responses"][status]
        assert_fits(value, promised, f"{method} {path} {status} {name}")


@pytest.fixture(scope="module")
def world(module_db) -> tuple[Rest, dict[str, Any]]:
    """A brand with the people, segments and codes that the examples name, and who asks."""
    brand = BrandFactory(slug="acme", name="Acme")
    admin = person(brand, Role.ADMIN)
    places = make_places(brand)
    brand.relationships.update(version=3, stage=Stage.FIRST_TIME)
    for name in ("maria", "ana", "ben"):
        user = UserFactory(email=f"{name}@acme.example")
        UserRoleFactory(user=user, brand=brand, role=Role.MANAGER)
    make_segment(brand, "persona-innovator")
    make_segment(brand, "niche-family", dimension="size")
    relationship = brand.relationships.get()
    a_code(brand, admin, "ANNA10", relationship)
    there = {
        "/relationships/{id}": f"/relationships/{relationship.pk}",
        "/imports/{id}": f"/imports/{ImportBatch.objects.get().pk}",
        "/posts/{id}": f"/posts/{Post.objects.get().pk}",
        "/runs/{id}": f"/runs/{Run.objects.earliest('pk').pk}",
        "post": Post.objects.get().pk,
        "creator": places["{uid}"],
    }
    return rest_as(admin, brand), there | places


def of_world(value: Any, places: dict[str, Any]) -> Any:
    """The example with the creator and the post that there are for those it names."""
    if isinstance(value, list):
        return [of_world(one, places) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: places[name] if name in {"creator", "post"} else of_world(one, places)
        for name, one in value.items()
    }


@pytest.mark.parametrize(
    ("method", "path", "name", "value"),
    [(method, path, name, value) for method, path, name, _, value in SENT],
    ids=[f"{method} {path} {name}" for method, path, name, *_ in SENT],
)
def test_examples_of_what_is_sent(db, world, method, path, name, value):
    """Done, or refused for nothing but what it names."""
    rest, places = world
    operation = SCHEMA["paths"][path][method.lower()]
    assert_fits(value, operation["requestBody"], name)
    body = of_world(value, places)
    addresses = {place: there for place, there in places.items() if "{" in place}
    answer = rest.send(method, fill(path, addresses).removeprefix("/api/v1/"), body)
    promised = operation["responses"][str(answer.status_code)]
    assert_fits(answer.json(), promised, name)
    if answer.status_code < 400:
        return
    expected = NOT_THERE[name]
    if expected is None:
        assert_problem(answer, 404)
    else:
        body = assert_problem(answer, 409 if not expected[0] else 400)
        assert [(error["pointer"], error["code"]) for error in body["errors"]] == [expected]
