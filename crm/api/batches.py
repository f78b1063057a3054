"""Many rows of a collection in one request: everything is done, or nothing.

Each row goes to the action that a single request goes to, with its checks, its audit entry and its
answer; so a collection takes batches by being named once, with what its rows look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from django.db import OperationalError, transaction
from django.http import QueryDict
from drf_spectacular.utils import OpenApiResponse, extend_schema
from psycopg.errors import DeadlockDetected
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request, clone_request
from rest_framework.response import Response

from crm.api.base import ID, BrandViewSet
from crm.api.body import Body
from crm.api.permissions import HasScope
from crm.api.problems import MEDIA_TYPE, BadBody, Fault, problem_details
from crm.api.query import read_query
from crm.api.schema import ProblemSerializer
from crm.limits import Busy

# Each row is a whole act of 20 to 30 ms: so many keep others from the ledger for seconds only.
ROWS_MAX = 250
# Rows that are refused are looked at to the end, but not for ever: what is wrong repeats itself.
REFUSALS_MAX = 100
CREATE, UPDATE, DELETE = "create", "update", "delete"
# The action behind a member of the body, and its method; others are actions of their own name.
USUAL = {
    CREATE: ("create", "POST"),
    UPDATE: ("partial_update", "PATCH"),
    DELETE: ("destroy", "DELETE"),
}
REFUSED = {
    (409, MEDIA_TYPE): OpenApiResponse(
        ProblemSerializer,
        description="At least one row was refused for what there is; nothing was done. Each "
        "pointer begins with its row: `/create/3/handle`.",
    )
}


class BatchViewSet(BrandViewSet[Any]):
    """Batches of the collection `of`: its items are named by `key`, and it takes `verbs`."""

    of: ClassVar[type[BrandViewSet[Any]]]
    key: ClassVar[str]
    names: ClassVar[str]  # a pattern
    verbs: ClassVar[tuple[str, ...]]
    http_method_names = ["post"]

    def batch(self, request: Request) -> Response:
        """Write up to 250 rows: everything is done, or nothing."""
        rows = list(self._rows(request.data))
        for verb in {row.verb for row in rows}:
            self._require(verb)
        try:
            with transaction.atomic():
                shown = self._do(rows)
        except OperationalError as error:
            if isinstance(error.__cause__, DeadlockDetected):
                words = "Somebody else was changing the same rows. Nothing was done: ask again."
                raise Busy(words) from error
            raise
        answer: dict[str, list[Any]] = {done(verb): [] for verb in self.verbs}
        for row, found in zip(rows, shown, strict=True):
            # One row may plan several pieces.
            answer[done(row.verb)] += found if isinstance(found, list) else [found]
        status = HTTPStatus.CREATED if answer.get(done(CREATE)) else HTTPStatus.OK
        return Response(answer, status=status)

    def _rows(self, body: Any) -> Iterator[_Row]:
        """The rows in their order; BadBody for what is no batch."""
        if not isinstance(body, Mapping):
            raise BadBody([Fault("", "invalid", f"Send an object with {', '.join(self.verbs)}.")])
        faults = [
            Fault(f"/{name}", "unknown_member", f"There is no member {str(name)[:60]!r} here.")
            for name in body
            if name not in self.verbs
        ]
        lists = {verb: body.get(verb, []) for verb in self.verbs}
        faults += [
            Fault(f"/{verb}", "not_a_list", "Expected a list.")
            for verb, rows in lists.items()
            if not isinstance(rows, list)
        ]
        if not faults:
            number = sum(map(len, lists.values()))
            if not number:
                faults = [Fault("", "empty", "There is no row in this batch.")]
            elif number > ROWS_MAX:
                words = f"A batch has {ROWS_MAX:,} rows at most; these are {number:,}."
                faults = [Fault("", "too_many", words)]
        if faults:
            raise BadBody(faults)
        seen: dict[str, str] = {}
        for verb, sent in lists.items():
            for place, one in enumerate(sent):
                row, fault = self._row(verb, one, f"/{verb}/{place}", seen)
                faults += fault
                if row is not None:
                    yield row
        if faults:
            raise BadBody(faults[:REFUSALS_MAX])

    def _row(
        self, verb: str, sent: Any, pointer: str, seen: dict[str, str]
    ) -> tuple[_Row | None, list[Fault]]:
        """One row, or what is wrong with its shape."""
        if verb == DELETE:
            data, name = {}, sent
        elif not isinstance(sent, Mapping):
            return None, [Fault(pointer, "invalid", "Expected an object.")]
        elif verb == CREATE:
            return _Row(verb, pointer, dict(sent), ""), []
        else:
            data = {member: value for member, value in sent.items() if member != self.key}
            name = sent.get(self.key)
        at = pointer if verb == DELETE else f"{pointer}/{self.key}"
        text = str(name) if isinstance(name, str | int) and not isinstance(name, bool) else ""
        if not re.fullmatch(self.names, text):
            return None, [Fault(at, "invalid", f"Say which one, by its {self.key}.")]
        # 01 is 1, and a uid may come in capitals.
        before = seen.setdefault(str(int(text)) if self.key == "id" else text.lower(), pointer)
        if before != pointer:
            return None, [Fault(at, "repeated", f"{before} names the same one.")]
        return _Row(verb, pointer, data, text), []

    def _require(self, verb: str) -> None:
        """That the token may do this to a single one; PermissionDenied."""
        view = self._view(_Row(verb, "", {}, ""))
        guard = HasScope()
        if not guard.has_permission(view.request, view):
            raise PermissionDenied(getattr(guard, "message", None))

    def _do(self, rows: Sequence[_Row]) -> list[Any]:
        """What each row was answered; BadBody with the faults of all rows, and nothing is done."""
        shown, faults, refused, conflicts = [], [], 0, False
        for row in rows:
            answer = self._answer(row)
            if answer.status_code < HTTPStatus.BAD_REQUEST:
                shown.append(answer.data if row.verb != DELETE else row.name)
                continue
            refused += 1
            conflicts = conflicts or answer.status_code == HTTPStatus.CONFLICT
            faults += list(_placed(row, answer.data))
            if refused == REFUSALS_MAX:
                break
        if faults:
            words = f"{refused:,} of {len(rows):,} rows cannot be done, so nothing was done."
            if refused == REFUSALS_MAX:
                words = f"{refused:,} rows cannot be done; the rest was not looked at."
            status = HTTPStatus.CONFLICT if conflicts else HTTPStatus.BAD_REQUEST
            raise BadBody(faults, detail=words, status=status)
        return shown

    def _answer(self, row: _Row) -> Response:
        """What the single action answers, or the problem that it is."""
        view = self._view(row)
        try:
            with transaction.atomic():
                answer: Response = getattr(view, view.action)(view.request, **view.kwargs)
        except Exception as error:
            problem = problem_details(error, {})
            if problem is None:
                raise
            return problem
        return answer

    def _view(self, row: _Row) -> Any:
        """The collection's own view, as if the row had come alone."""
        action, method = USUAL.get(row.verb, (row.verb, "POST"))
        view = self.of()
        view.action = action
        view.action_map = {method.lower(): action}
        view.format_kwarg = None
        view.args = ()
        place = view.lookup_url_kwarg or view.lookup_field
        view.kwargs = {} if row.verb == CREATE else {place: row.name}
        view.request = clone_request(self.request, method)
        view.request._full_data = row.data  # type: ignore[attr-defined] # as DRF keeps a read body
        view.query = read_query(view.query_class(), QueryDict(), brand=self.brand)
        return view


@dataclass(frozen=True, slots=True)
class _Row:
    """What is to be done, where it stands in the body, and to which one."""

    verb: str
    pointer: str
    data: Mapping[str, Any]
    name: str


def _placed(row: _Row, problem: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The faults of a row's problem, with their place in the batch."""
    faults = problem["errors"] or [
        {
            "pointer": "",
            "code": "not_found" if problem["status"] == HTTPStatus.NOT_FOUND else "refused",
            "message": problem["detail"],
        }
    ]
    for fault in faults:
        yield {**fault, "pointer": row.pointer + fault["pointer"]}


def done(verb: str) -> str:
    """What was done, in the answer: create, created."""
    return f"{verb}d" if verb.endswith("e") else f"{verb}ed"


def batch_of(
    name: str,
    of: type[BrandViewSet[Any]],
    shown: type[serializers.Serializer[Any]],
    *,
    new: type[Body] | None = None,
    removes: bool = False,
    **changes: type[Body],
) -> type[BatchViewSet]:
    """The batches of a collection: `new` is the body of a new item, `shown` what items look like.

    `changes` are the bodies of `update` (PATCH of an item) and of actions on items, by their names.
    `name` is what the schema calls it, e.g. Creators.
    """
    key = "id" if of.lookup_field == "pk" else of.lookup_field
    said: dict[str, Any] = {"__doc__": "Rows by what is to be done; 250 in all at most."}
    told: dict[str, Any] = {"__doc__": "What was done, each list in the order of the request."}
    many: dict[str, Any] = {"required": False, "max_length": ROWS_MAX}
    if new:
        said[CREATE] = serializers.ListField(child=new(), **many)
        told[done(CREATE)] = shown(many=True)
    named: serializers.Field[Any, Any, Any, Any] = (
        serializers.IntegerField() if key == "id" else serializers.CharField()
    )
    for verb, change in changes.items():
        row = type(f"{name}Batch{verb.title()}", (change,), {key: named, "__doc__": change.__doc__})
        said[verb] = serializers.ListField(child=row(), **many)
        told[done(verb)] = shown(many=True)
    if removes:
        said[DELETE] = serializers.ListField(child=named, help_text=f"By {key}.", **many)
        told[done(DELETE)] = serializers.ListField(child=serializers.CharField())
    verbs = tuple(verb for verb in said if verb != "__doc__")
    body = type(f"{name}Batch", (Body,), said)
    answer = type(f"{name}BatchDone", (serializers.Serializer,), told)
    made = type(
        f"{name}BatchViewSet",
        (BatchViewSet,),
        {
            "__doc__": f"Batches of {of.__name__}.",
            "of": of,
            "key": key,
            "names": getattr(of, "lookup_value_regex", ID),
            "verbs": verbs,
            "scope": of.scope,
            "write_scope": of.write_scope,
            # Each row asks for its own besides (BatchViewSet.batch).
            "write_can": getattr(of, "write_can", None),
            "queryset": of.queryset,
            "serializer_class": shown,
        },
    )
    described = extend_schema(request=body, responses={200: answer, 201: answer, **REFUSED})
    return described(made)
