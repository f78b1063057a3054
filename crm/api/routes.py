"""How an app writes down its addresses in the REST API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.urls import URLPattern, URLResolver, include, re_path
from django.urls.exceptions import Resolver404
from django.urls.resolvers import RegexPattern, ResolverMatch
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSetMixin

from crm.api.base import ID, UID

ONE = f"(?P<pk>{ID})"
CREATOR = f"(?P<uid>{UID})"
_WORD = re.compile("[-a-z]+")


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


class ByFirstWord(URLResolver):
    """The same addresses, found by their first word: that of `tasks/12:done` is `tasks`.

    Django tries one after the other. Among six hundred that took longer than a small answer; now an
    address is compared with the few that share its word.
    """

    def __init__(self, patterns: Iterable[URLPattern]) -> None:
        words: dict[str, list[URLPattern]] = {}
        for pattern in patterns:
            word, rest = _split(str(pattern.pattern))
            kept = re_path(f"^{rest}", pattern.callback, pattern.default_args, name=pattern.name)
            words.setdefault(word, []).append(kept)
        self._of_word = {word: re_path(f"^{word}", include(some)) for word, some in words.items()}
        super().__init__(RegexPattern(""), [*self._of_word.values()])

    def resolve(self, path: str) -> ResolverMatch:
        """What answers at `path`; raises Resolver404."""
        word = _WORD.match(path)
        resolver = self._of_word.get(word[0]) if word else None
        if resolver is None:
            raise Resolver404({"path": path, "tried": []})
        found = resolver.resolve(path)
        found.route = f"{resolver.pattern}{found.route.removeprefix('^')}"
        return found


def _split(address: str) -> tuple[str, str]:
    rest = address.removeprefix("^")
    match = _WORD.match(rest)
    if match is None:
        raise ValueError(f"{address} does not begin with a word.")
    return match[0], rest[match.end() :]
