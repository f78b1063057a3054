"""Signs of advertising in a text that may or may not say that it is any."""

from __future__ import annotations

import pytest

from campaigns.disclosure import packs
from campaigns.disclosure.advertising import Looked, sentences, signs
from campaigns.disclosure.matcher import Names


def look(text: str) -> Looked:
    return Looked(text, packs.standard(), Names(("Acme",)))


@pytest.mark.parametrize(
    ("text", "labelled", "keys"),
    [
        ("#ad Use code ANNA for 20% off.", True, {"discount_code", "percent_off"}),
        ("Anzeige: die neue Creme von @acme", True, {"mention"}),
        ("A walk in the rain, then tea.", False, set()),
        ("So happy with my new serum #gifted, link in bio", False, {"unclear", "bio_link"}),
        ("Bought it myself, not sponsored. Love @acme", False, {"denial", "mention"}),
    ],
)
def test_what_is_seen(text, labelled, keys):
    looked = look(text)
    assert looked.is_labelled is labelled
    found = {sign.key for sign in looked.signs if not sign.key.startswith("words:")}
    assert found == keys
    assert set(looked.marks) == {f"sign:{key}" for key in keys}


def test_labels_accounts_and_addresses_are_cut_out_and_nothing_else():
    looked = look("Reklame | Glow with @acme 💛 https://acme.example/x?a=1 #ad tonight")
    assert looked.words.split() == ["|", "glow", "with", "💛", "tonight"]


def test_a_denial_weighs_against_signs():
    told = "Use code ANNA for 20% off at @acme."
    assert look(told).strength >= signs().least
    assert look(f"{told} This is not sponsored.").strength < look(told).strength
    # A sign counts once, however often it stands there.
    assert look(f"{told} {told}").strength == look(told).strength


def test_sentences_and_lines():
    assert sentences("One. Two!\n\n- Three? 😀\n👍\n") == ["One.", "Two!", "- Three?"]
    assert len(sentences("long " * 200)[0]) == 500
    assert sentences("👍") == []
