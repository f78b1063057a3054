"""What all endpoints share: the brand of the token, a checked query string, few narrow methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from crm.api import narrowing, repeating
from crm.api.authentication import role_of
from crm.api.pagination import KeysetPagination, PageQuery, Row, WholeList
from crm.api.permissions import needed_scope
from crm.api.problems import BadQuery
from crm.api.query import Query, StrictFilterBackend, read_query
from crm.api.throttling import tell_rate
from crm.paging import Order

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
    `keyed`, which know the key for ever.
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

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; what has an Idempotency-Key is done and kept in one transaction, or neither."""
        if request.method != "POST" or repeating.HEADER not in request.headers:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            if self.claim is not None and isinstance(response, Response):
                if status.is_success(response.status_code):
                    self.claim.keep(response.render(), timezone.now())
                else:
                    transaction.set_rollback(True)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After who asks and whether they may: read the query string, or refuse it."""
        super().initial(request, *args, **kwargs)
        filterset_class = getattr(self, "filterset_class", None)
        also = set(narrowing.NAMES) if self.is_narrowable else set()
        if self.action == "list" and filterset_class:
            also |= filterset_class.base_filters.keys()
        self.query = read_query(
            self.query_class(), request.query_params, also=also, brand=self.brand
        )
        if (
            request.method == "POST"
            and repeating.HEADER in request.headers
            and self.action not in self.keyed
        ):
            self.claim = repeating.claim(request, self.token, timezone.now())

    @property
    def is_narrowable(self) -> bool:
        """Whether the action's answer can be had with less in it."""
        return self.action in {"list", "retrieve"}

    def handle_exception(self, exc: Exception) -> Response:
        """A problem; what was answered before is answered again."""
        if isinstance(exc, repeating.Repeated):
            return exc.answer  # type: ignore[return-value] # rendered already
        return super().handle_exception(exc)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """The answer with what was asked for, and with what is left of the token's minute."""
        if (
            self.is_narrowable
            and response.status_code == status.HTTP_200_OK
            and isinstance(getattr(response, "data", None), Mapping)
        ):
            try:
                response.data = narrowing.narrowed(response.data, request.query_params.dict())
            except BadQuery as refusal:
                response = self.handle_exception(refusal)
        tell_rate(request, response)
        return super().finalize_response(request, response, *args, **kwargs)

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
        """A page of values() rows: dicts all the way, since serializers take twice the time."""
        return KeysetPagination().page(
            rows, order=order, request=self.request, query=self.query, represent=represent
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
