"""How an app writes down its addresses in the REST API."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import URLPattern, re_path
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSetMixin

from crm.api.base import ID, UID

ONE = f"(?P<pk>{ID})"
CREATOR = f"(?P<uid>{UID})"


def collections(viewsets: Mapping[str, type[ViewSetMixin]]) -> list[URLPattern]:
    """Lists and their items, each below its prefix, as REST framework routes them."""
    router = SimpleRouter()
    # With or without: a redirect would lose the body of a POST, and curl does not follow it.
    router.trailing_slash = "/?"
    for prefix, viewset in viewsets.items():
        router.register(prefix, viewset, basename=f"api-{prefix}")
    return [one for one in router.urls if isinstance(one, URLPattern)]


def at(address: str, viewset: type[ViewSetMixin], **methods: str) -> URLPattern:
    """One address that is no list or item of its own: `get="retrieve"` names what answers."""
    return re_path(rf"^{address}/?$", viewset.as_view({**methods}))


def acts(address: str, viewset: type[ViewSetMixin], *verbs: str, **named: str) -> list[URLPattern]:
    """What is done to one thing or to a list: `POST tasks/12:done`.

    A verb is answered by the method of its name, `take-back` by `take_back`; in `named` are verbs
    that another method answers.
    """
    methods = {verb: verb.replace("-", "_") for verb in verbs}
    methods |= {verb.replace("_", "-"): method for verb, method in named.items()}
    return [
        re_path(rf"^{address}:{verb}$", viewset.as_view({"post": method}))
        for verb, method in methods.items()
    ]


def question(address: str, viewset: type[ViewSetMixin], verb: str, method: str) -> URLPattern:
    """What is asked of one thing or of a list: `GET rights:query`."""
    return re_path(rf"^{address}:{verb}$", viewset.as_view({"get": method}))
