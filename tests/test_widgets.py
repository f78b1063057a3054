"""Widgets of forms: a select that is written without templates says what Django's say."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer

from config.widgets import Renderer

CHOICES = [
    ("", "Any <one>"),
    ("Nordic & near", [("DK", "Denmark"), ("SE", 'Sweden "S"')]),
    (7, "Seven"),
    (None, "None"),
]


class Marked(forms.Select):
    """With attributes on its options, one of them without a value and one that is left out."""

    def create_option(self, name, value, *rest, **more):
        """As Django's, with attributes."""
        option = super().create_option(name, value, *rest, **more)
        option["attrs"] |= {"data-value": f"<{value}>", "disabled": value == 7, "hidden": False}
        return option


class Parts(HTMLParser):
    """What a browser reads."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """With attributes in any order."""
        self.found.append((tag, sorted(attrs, key=str)))

    def handle_endtag(self, tag):
        """The end of an element."""
        self.found.append(f"/{tag}")

    def handle_data(self, data):
        """Words, without the space around them."""
        self.found += [data.strip()] if data.strip() else []


@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple, Marked])
@pytest.mark.parametrize("value", ["DK", ["DK", "SE"], 7, None])
def test_a_select_says_what_djangos_says(widget, value):
    def written(renderer):
        attrs = {"class": "form-select", "required": True, "id": "id_place"}
        return Parts(widget(choices=CHOICES).render("place", value, attrs, renderer)).found

    assert isinstance(get_default_renderer(), Renderer)
    assert written(Renderer()) == written(DjangoTemplates())
    assert "Any <one>" in written(Renderer())
