"""The fields of a mail: what a text may name, where it is wrong, what is filled in."""

from __future__ import annotations

import pytest

from crm.outreach.merge_fields import catalogue, faults, fill, first_name, used

FIELDS = catalogue({"content_role": "Content role"})


def test_a_text_is_filled_in():
    text = "Hi {{first_name}},\n{{ Personal_Line }}\nYou are our {{field.content_role}}."
    values = {"first_name": "Maya", "personal_line": "Lovely.", "field.content_role": "Educator"}
    filled = fill(text, values, FIELDS)
    assert filled.text == "Hi Maya,\nLovely.\nYou are our Educator."
    assert filled.missing == ()
    assert used(text) == ["first_name", "personal_line", "field.content_role"]


def test_what_is_empty_is_named_and_stays_visible():
    filled = fill("{{handle}} and {{first_name}}, {{handle}}", {"first_name": "  "}, FIELDS)
    assert filled.text == "{{handle}} and {{first_name}}, {{handle}}"
    assert [field.key for field in filled.missing] == ["handle", "first_name"]


def test_a_value_that_looks_like_a_field_is_not_filled_in_again():
    filled = fill("{{creator_name}}", {"creator_name": "{{brand}}", "brand": "Acme"}, FIELDS)
    assert filled.text == "{{brand}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Hi {{frist_name}}",
            [("There is no field {{frist_name}}. Did you mean {{first_name}}?", 1, 4)],
        ),
        ("a\nbb {{zzz}}", [("There is no field {{zzz}}.", 2, 4)]),
        ("{{}}", [("There is no field {{}}.", 1, 1)]),
        (
            "x {{first_name} y",
            [("{{ belongs to no field. A field is written like {{first_name}}.", 1, 3)],
        ),
        (
            "{{first name}} and }}",
            [
                ("{{ belongs to no field. A field is written like {{first_name}}.", 1, 1),
                ("}} belongs to no field. A field is written like {{first_name}}.", 1, 13),
                ("}} belongs to no field. A field is written like {{first_name}}.", 1, 20),
            ],
        ),
        ("{curly} is fine, {{brand}} too", []),
    ],
)
def test_faults_have_their_place(text, expected):
    assert [(fault.text, fault.line, fault.column) for fault in faults(text, FIELDS)] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Maya Lindholm", "Maya"),
        ("Jean-Luc de la Tour", "Jean-Luc"),
        ("Zoë", "Zoë"),
        ("Sinéad O'Connor", "Sinéad"),
        ("maya.makes", ""),
        ("glow_by_lee", ""),
        ("Maya 4 You", ""),
        ("The Coat Lab", ""),
        ("THE COAT LAB", ""),
        ("Dr. Maya Lindholm", ""),
        ("", ""),
        ("One Two Three Four Five", ""),
    ],
)
def test_first_names_are_taken_only_from_names(name, expected):
    assert first_name(name) == expected
