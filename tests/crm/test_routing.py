"""Addresses are found by their first word, and are the same as written down one by one."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.urls import include, path, re_path
from django.urls.exceptions import Resolver404

from crm.routing import ByFirstWord


def answer(_request, **_kwargs):
    return HttpResponse()


FOUND = ByFirstWord(
    [
        re_path(r"^tasks/?$", answer, name="tasks"),
        re_path("^tasks/(?P<pk>[0-9]+):done$", answer, name="done"),
        re_path("^tasks-of-today/?$", answer, name="today"),
    ]
)


@pytest.mark.parametrize(
    ("asked", "name", "kwargs", "route"),
    [
        ("tasks", "tasks", {}, "^tasks/?$"),
        ("tasks/", "tasks", {}, "^tasks/?$"),
        ("tasks/12:done", "done", {"pk": "12"}, "^tasks/(?P<pk>[0-9]+):done$"),
        ("tasks-of-today", "today", {}, "^tasks-of-today/?$"),
    ],
)
def test_an_address_is_found_with_its_values_and_its_route(asked, name, kwargs, route):
    found = FOUND.resolve(asked)
    assert (found.url_name, found.kwargs, found.route) == (name, kwargs, route)


@pytest.mark.parametrize("asked", ["", "12", "task", "taskss", "tasks/12", "Tasks", "tasks-of"])
def test_no_other_address_is_found(asked):
    with pytest.raises(Resolver404):
        FOUND.resolve(asked)


def test_an_address_without_a_word_is_refused_at_the_start():
    with pytest.raises(ValueError, match="does not begin with a word"):
        ByFirstWord([re_path("^[0-9]+$", answer)])


PAGES = ByFirstWord(
    [
        path("", answer, name="day"),
        path("tasks/", include([path("<int:pk>/", answer, name="task")])),
        path("tasks/new/", answer, name="new"),
        path("export.<slug:form>", answer, name="export"),
    ]
)


@pytest.mark.parametrize(
    ("asked", "name", "kwargs", "route"),
    [
        ("", "day", {}, ""),
        ("tasks/7/", "task", {"pk": 7}, "tasks/<int:pk>/"),
        ("tasks/new/", "new", {}, "tasks/new/"),
        ("export.csv", "export", {"form": "csv"}, "export.<slug:form>"),
    ],
)
def test_pages_are_found_likewise(asked, name, kwargs, route):
    found = PAGES.resolve(asked)
    assert (found.url_name, found.kwargs, found.route) == (name, kwargs, route)
    assert PAGES.reverse(name, **kwargs) == asked


def test_a_word_that_may_be_longer_is_refused_at_the_start():
    with pytest.raises(ValueError, match="does not begin with a word"):
        ByFirstWord([re_path("^tasks?/$", answer)])
