"""Who may ask what of the API: each role and scope against each operation of the schema."""

from __future__ import annotations

import re

import pytest

from crm.api.permissions import NEEDS
from crm.choices import Role, Scope
from crm.models import ApiToken
from tests.rest import Rest, assert_problem, rest_as
from tests.schema import kept_schema

SCHEMA = kept_schema()
# Things that are not there: who may ask is decided before what there is.
NOWHERE = {
    "{uid}": "00000000-0000-0000-0000-000000000000",
    "{key}": "nowhere",
    "{id}": "0",
    "{number}": "1",
    "{post}": "0",
}
ANSWERED = {200, 400, 404}


def roles_of(operation: dict) -> frozenset[Role]:
    """Those whom the schema names for an operation: all where it names none."""
    said = re.search(r"^Scope: .* Roles: (.+)\.$", operation["description"], re.MULTILINE)
    if said is None:
        return frozenset(Role)
    return frozenset(role for role in Role if role.label.lower() in said.group(1))


def operations() -> list[tuple[str, str, Scope, frozenset[Role]]]:
    """Method, address, scope and roles of each operation."""
    found = []
    for path, methods in SCHEMA["paths"].items():
        address = re.sub(r"\{\w+\}", lambda place: NOWHERE[place.group()], path)
        for method, operation in methods.items():
            scope = re.search(r"Scope: `([a-z:]+)`", operation["description"])
            assert scope, path
            roles = roles_of(operation)
            found.append((method.upper(), address, Scope(scope.group(1)), roles))
    return found


OPERATIONS = operations()
# A list is not a body of any operation: nothing is started or changed here.
BODY = b"[]"


def test_every_scope_is_asked_for_somewhere():
    assert {scope for _, _, scope, _ in OPERATIONS} == set(Scope) == set(NEEDS)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_its_capabilities_say(role, brand, request):
    user = request.getfixturevalue("admin_user" if role is Role.ADMIN else role.value)
    rest = rest_as(user, brand)
    for method, address, _scope, roles in OPERATIONS:
        answer = rest.client.generic(method, address, BODY, "application/json")
        if role in roles:
            assert answer.status_code in ANSWERED, (method, address)
        else:
            body = assert_problem(answer, 403)
            assert body["detail"].startswith(f"{role.label} may not do this; "), (method, address)


def test_a_scope_opens_its_own_operations(brand, admin_user):
    """A token that has nothing but the scope of an operation is let in."""
    rests = {scope: rest_as(admin_user, brand, [scope]) for scope in Scope}
    for method, address, scope, _roles in OPERATIONS:
        answer = rests[scope].client.generic(method, address, BODY, "application/json")
        assert answer.status_code in ANSWERED, (method, address)


def test_no_other_scope_opens_an_operation(brand, admin_user):
    """A token that has every scope but that of an operation is not let in, so none of them is."""
    rests = {scope: rest_as(admin_user, brand, set(Scope) - {scope}) for scope in Scope}
    for method, address, scope, _roles in OPERATIONS:
        answer = rests[scope].client.generic(method, address, BODY, "application/json")
        body = assert_problem(answer, 403)
        assert body["detail"] == f"This token lacks the scope {scope.value}.", (method, address)


def test_nobody_gets_in_without_a_token(brand):
    nobody = Rest()
    for method, address, _scope, _roles in OPERATIONS:
        answer = nobody.client.generic(method, address, BODY, "application/json")
        assert_problem(answer, 401)


def test_a_token_of_another_brand_stays_there(outsider, other_brand, brand):
    """An admin elsewhere, whose token was moved here by hand, has no role here."""
    rest = rest_as(outsider, other_brand)
    ApiToken.objects.update(brand=brand)
    for method, address, _scope, _roles in OPERATIONS:
        answer = rest.client.generic(method, address, BODY, "application/json")
        assert_problem(answer, 403)
