"""The whole API is sent what its OpenAPI document allows, and what it does not (schemathesis).

No answer is a fault of ours, and each has a status, a media type and a shape that the document
promises. The suite sends each operation one thing, allowed and not allowed in turns, the same ones
every time. `make fuzz` sends FUZZ_EXAMPLES of both, others each time.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode, checks

from crm.choices import Role
from tests.factories import BrandFactory
from tests.people import person
from tests.rest import make_token
from tests.schema import with_closed_answers
from tests.test_api_bad_input import EXAMPLES, make_places

SCHEMA = schemathesis.openapi.from_dict(with_closed_answers())
SCHEMA.app = get_wsgi_application()
OPERATIONS = {
    operation.label: operation
    for operation in (found.ok() for found in SCHEMA.get_all_operations())
}
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES == 1,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", autouse=True)
def connection_kept() -> Iterator[None]:
    """As Django's own test client does: a request does not end the test's connection."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def world(module_db) -> tuple[str, dict[str, str]]:
    """The secret of a token that may do everything, and what is there by its address."""
    brand = BrandFactory(slug="acme", name="Acme")
    secret, _token = make_token(person(brand, Role.ADMIN), brand)
    places = make_places(brand)
    return secret, {place.strip("{}"): value for place, value in places.items()} | {"number": "1"}


def is_deniable(operation: APIOperation) -> bool:
    """Whether something can be sent that the document does not allow: addresses are real ones."""
    return bool(list(operation.query) or list(operation.body))


def turns() -> list[tuple[str, GenerationMode]]:
    """What each operation is sent."""
    both = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    found = []
    for number, (label, operation) in enumerate(OPERATIONS.items()):
        modes = both if is_deniable(operation) else both[:1]
        kept = modes if EXAMPLES > 1 else [modes[number % len(modes)]]
        found += [(label, mode) for mode in kept]
    return found


TURNS = turns()


@pytest.mark.parametrize(("label", "mode"), TURNS, ids=[f"{mode}-{label}" for label, mode in TURNS])
def test_what_is_promised_holds(db, world, label, mode):
    secret, places = world
    operation = OPERATIONS[label]
    named = {one.name for one in operation.path_parameters}
    cases = operation.as_strategy(
        generation_mode=mode,
        path_parameters={name: value for name, value in places.items() if name in named} or None,
        headers={"Authorization": f"Bearer {secret}"},
    )

    @BOUNDED
    @given(cases)
    def sent(case: Case) -> None:
        case.call_and_validate(checks=CHECKS)

    sent()
