"""What all endpoints share: the brand of the token, a checked query string, few narrow methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.utils import timezone
from rest_framework import status
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from crm.api import conditions, deprecation, narrowing, repeating
from crm.api.authentication import role_of
from crm.api.encoding import Encoded, encoded
from crm.api.lookups import SORT, Asked, Lookups, in_time, unknown_order
from crm.api.pagination import KeysetPagination, PageQuery, Row, WholeList
from crm.api.permissions import needed_can, needed_scope
from crm.api.problems import BadQuery, Fault
from crm.api.query import Query, StrictFilterBackend, read_query
from crm.api.throttling import tell_rate
from crm.paging import Order
from crm.permissions import Can, who_may

if TYPE_CHECKING:
    from rest_framework.request import Request

    from crm.choices import Role, Scope
    from crm.models import ApiToken, Brand, User

M = TypeVar("M", bound=Model)
# What the addresses take for an item's name: each text that fits is a valid value.
ID = "[0-9]{1,18}"
UID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"


class BrandViewSet(GenericViewSet[M]):
    """An endpoint of the token's brand. Its queryset starts from `self.brand`, never from all rows.

    `scope` is what a token needs for GET, `write_scope` for everything else, but for actions with
    one of their own in `write_scopes`; `queries` names the parameters of each action (of "list":
    PageQuery unless said otherwise). A list that is short by nature has WholeList for its
    pagination class and answers with `whole`.

    A POST with an Idempotency-Key is answered once (crm/api/repeating.py), but for the actions in
    `keyed`, which know the key for ever. Each answer to a GET has an ETag, and a change with
    If-Match is made only to what the caller saw (crm/api/conditions.py). `deprecated` names what is
    on its way out (crm/api/deprecation.py).
    """

    scope: ClassVar[Scope]
    write_scope: ClassVar[Scope | None] = None
    write_scopes: ClassVar[Mapping[str, Scope]] = {}
    queries: ClassVar[Mapping[str, type[Query]]] = {}
    keyed: ClassVar[frozenset[str]] = frozenset()
    filter_backends = [StrictFilterBackend]
    pagination_class: type[KeysetPagination | WholeList] = KeysetPagination
    http_method_names = ["get", "head", "post", "patch"]
    query: Mapping[str, Any]
    claim: repeating.Claim | None = None
    deprecated: ClassVar[deprecation.Deprecations] = {}
    # Of the list: what it can be asked about its fields, and the orders that `sort` takes.
    lookups: ClassVar[Lookups] = Lookups()
    orders: ClassVar[Mapping[str, Order]] = {}
    asked: Sequence[Asked] = ()
    # Of the answer, where it is known before the answer is made.
    tag: str | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; with an Idempotency-Key or an If-Match in one transaction, or not at all."""
        is_keyed = request.method == "POST" and repeating.HEADER in request.headers
        if not is_keyed and conditions.IF_MATCH not in request.headers:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            if not status.is_success(response.status_code):
                transaction.set_rollback(True)
            elif self.claim is not None and isinstance(response, Response):
                self.claim.keep(response.render(), timezone.now())
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After who asks and whether they may: read the query string, or refuse it."""
        super().initial(request, *args, **kwargs)
        self.query = self._read_query(request)
        if (
            request.method == "POST"
            and repeating.HEADER in request.headers
            and self.action not in self.keyed
        ):
            self.claim = repeating.claim(request, self.token, timezone.now())
        if conditions.IF_MATCH in request.headers:
            self._require_match()

    def _read_query(self, request: Request) -> Mapping[str, Any]:
        """The checked parameters; look-ups and order go to `asked` and `order`."""
        params, asks = request.query_params, self.query_class()
        also = set(narrowing.NAMES) if self.is_narrowable else set()
        faults: list[Fault] = []
        if self.action == "list":
            if filterset_class := getattr(self, "filterset_class", None):
                also |= filterset_class.base_filters.keys()
            taken = {*also, *asks._declared_fields}
            asked, faults = self.lookups.read(params, taken=taken, brand=self.brand)
            also |= asked.keys()
            self.asked = [*asked.values()]
            if self.orders and SORT in params:
                also.add(SORT)
                faults += unknown_order(params[SORT], self.orders)
        return read_query(asks, params, also=also, brand=self.brand, faults=faults)

    @property
    def is_narrowable(self) -> bool:
        """Whether the action's answer can be had with less in it."""
        return self.action in {"list", "retrieve"}

    def handle_exception(self, exc: Exception) -> Response:
        """A problem; what was answered before is answered again, what is known is not said."""
        if isinstance(exc, repeating.Repeated):
            return exc.answer  # type: ignore[return-value] # rendered already
        if isinstance(exc, conditions.Known):
            return conditions.not_modified(exc.tag)
        return super().handle_exception(exc)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """The answer with what was asked for, its ETag, and what is left of the token's minute."""
        shown = getattr(response, "data", None)
        if response.status_code == status.HTTP_200_OK and isinstance(shown, Mapping | Encoded):
            try:
                response = self._conditional(request, response, shown)
            except BadQuery as refusal:
                response = self.handle_exception(refusal)
        deprecation.tell(self, request, response, shown)
        tell_rate(request, response)
        return super().finalize_response(request, response, *args, **kwargs)

    def _conditional(
        self, request: Request, response: Response, shown: Mapping[str, Any] | Encoded
    ) -> Response:
        """The answer as JSON with its ETag, or 304 for who holds it.

        The ETag is that of all members, also where fewer are asked for: it can be sent with a
        change.
        """
        wants_less = not request.query_params.keys().isdisjoint(narrowing.NAMES)
        if isinstance(shown, Encoded) and wants_less:
            shown = shown.decoded()
        body = shown if isinstance(shown, Encoded) else encoded(shown)
        response.data = body
        if self.is_narrowable and isinstance(shown, Mapping):
            less = narrowing.narrowed(shown, request.query_params.dict())
            response.data = body if less is shown else encoded(less)
        is_read = request.method in SAFE_METHODS
        if not is_read and (request.method not in conditions.CHANGES or not self.has_item):
            return response
        tag = self.tag or conditions.tag_of(body)
        if is_read and conditions.is_known(request, tag):
            return conditions.not_modified(tag)
        conditions.mark(response, tag)
        return response

    @property
    def has_item(self) -> bool:
        """Whether GET shows, at this address, what other methods change."""
        return "get" in (self.action_map or {})

    def held(self) -> QuerySet[Any]:
        """The row of the item, which is locked before an If-Match is compared."""
        return self.get_queryset().filter(**self.kwargs)

    def known_by(self, *state: object) -> None:
        """Name what the answer is made of before it is made: 304 for who holds it (raises Known).

        Whatever changes the answer to this address and query must change the state.
        """
        self.tag = conditions.tag_of(encoded([self.request.get_full_path(), *state]))
        if self.request.method in SAFE_METHODS and conditions.is_known(self.request, self.tag):
            raise conditions.Known(self.tag)

    def _require_match(self) -> None:
        """Hold the item, and see that it is what the caller saw: Outdated, BadBody, or Http404."""
        if self.request.method not in conditions.CHANGES or not self.has_item:
            raise conditions.no_item_here()
        rows = self.held().order_by().values("pk")
        held = rows.model._default_manager.filter(pk__in=rows).order_by()
        if not held.select_for_update(no_key=True).values_list("pk", flat=True):
            raise Http404
        action, query = self.action, self.query
        self.action = self.action_map["get"]
        try:
            self.query = read_query(self.query_class(), QueryDict(), brand=self.brand)
            shown = getattr(self, self.action)(self.request, **self.kwargs)
        finally:
            self.action, self.query = action, query
        tag, self.tag = self.tag or conditions.tag_of(encoded(shown.data)), None
        conditions.require_match(self.request, tag)

    def query_class(self) -> type[Query]:
        """The parameters of the current action."""
        is_paged = self.action == "list" and self.pagination_class is KeysetPagination
        usual = PageQuery if is_paged else Query
        return self.queries.get(self.action, usual)

    def page(
        self,
        rows: QuerySet[Any, Any],
        *,
        order: Order,
        represent: Callable[[list[Row]], list[Row]],
    ) -> Response:
        """A page of values() rows: dicts all the way, since serializers take twice the time.

        In this order unless the caller asks for another one of `orders`, and as far as `lookups`
        leave them. Refused where looking through them takes too long.
        """
        if self.action == "list":
            order = self.orders.get(self.request.query_params.get(SORT, ""), order)
        narrowed = rows.filter(*(one.condition for one in self.asked)) if self.asked else rows
        with in_time(self.asked):
            return KeysetPagination().page(
                narrowed, order=order, request=self.request, query=self.query, represent=represent
            )

    @staticmethod
    def whole(rows: list[Row]) -> Response:
        """A list that is short by nature, in the shape of a page."""
        return WholeList().whole(rows)

    @staticmethod
    def one(rows: QuerySet[Any, Any]) -> Row:
        """The one row that is left of values() rows; 404 when none is."""
        row: Row | None = rows.first()
        if row is None:
            raise Http404
        return row

    @property
    def token(self) -> ApiToken:
        """Who asks."""
        return cast("ApiToken", self.request.auth)

    @property
    def brand(self) -> Brand:
        """The brand of the token: the only one there is for this request."""
        return self.token.brand

    @property
    def actor(self) -> User:
        """The user whose token it is: named in the audit ledger."""
        return self.token.user

    @property
    def role(self) -> Role | None:
        """The user's role in the brand."""
        return role_of(self.token)

    def scope_of(self, method: str) -> Scope:
        """The scope that this endpoint asks for the method: also shown in the schema."""
        return needed_scope(self, method)

    def who_may(self, method: str) -> str:
        """The roles that may use the method, in words; empty for all: also in the schema."""
        can = needed_can(self, method)
        return "" if can is Can.VIEW else who_may(can)
