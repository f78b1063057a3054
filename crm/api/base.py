"""What all endpoints share: the brand of the token, a checked query string, few narrow methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from crm.api.authentication import role_of
from crm.api.pagination import KeysetPagination, PageQuery, Row, WholeList
from crm.api.permissions import needed_scope
from crm.api.query import Query, StrictFilterBackend, read_query
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
    """

    scope: ClassVar[Scope]
    write_scope: ClassVar[Scope | None] = None
    write_scopes: ClassVar[Mapping[str, Scope]] = {}
    queries: ClassVar[Mapping[str, type[Query]]] = {}
    filter_backends = [StrictFilterBackend]
    pagination_class: type[KeysetPagination | WholeList] = KeysetPagination
    http_method_names = ["get", "head", "post", "patch"]
    query: Mapping[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After who asks and whether they may: read the query string, or refuse it."""
        super().initial(request, *args, **kwargs)
        filterset_class = getattr(self, "filterset_class", None)
        filters = filterset_class.base_filters if self.action == "list" and filterset_class else ()
        self.query = read_query(
            self.query_class(), request.query_params, also=filters, brand=self.brand
        )

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
