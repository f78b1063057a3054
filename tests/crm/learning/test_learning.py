"""Weights of words: learned from decisions, exact about why, and used only where no worse."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from crm.choices import LearnedTask
from crm.models import AuditEntry, LearnedModel
from crm.models.learned import SHOWN
from crm.services.learning.judging import macro_f1
from crm.services.learning.learning import Decided, is_held_out, learn, too_few, used
from crm.services.learning.training import train
from crm.services.learning.weighing import Weights, features, say
from tests.factories import NOW

COLOURS = ["red", "blue", "green", "pink", "grey"]


def decided(number: int, *, otherwise: str = "", wrong: bool = False) -> list[Decided]:
    """Questions and praise, below a post for each ten."""
    found = []
    for n in range(number):
        is_question = n % 2 == 0
        text = f"{COLOURS[n % 5]} {'where is the lid' if is_question else 'so lovely a lid'}"
        label = "question" if is_question != wrong else "praise"
        found.append(Decided(text, [], label, f"post {n // 10}", otherwise))
    return found


def test_macro_f1_counts_each_class_the_same():
    assert macro_f1(["a", "a", "b"], ["a", "a", ""]) == 0.5
    assert macro_f1(["a", "b"], ["a", "b"]) == 1


def test_features_are_words_pairs_and_marks():
    found = features("Where's the lid? The lid!", ["sign:question"])
    assert found["the lid"] == 2
    assert found["where's"] == found["lid ?"] == found["~sign:question"] == 1


def test_what_is_learned_says_as_sklearn_does_and_why():
    examples = [(one.text, one.marks, one.label) for one in decided(40)]
    examples += [("it broke in the rain", ["x"], "problem")] * 10
    weights = train(examples)
    again = Weights.of(json.loads(json.dumps(weights.kept())))
    told = say(again, "where is it", why=3)
    assert told.label == "question"
    assert told.sure > 0.5
    assert told.why[0][0] in {"where", "where is", "is"}
    # An unknown text has the bias alone.
    assert 0.2 < say(again, "zzz").sure < 0.6


def test_two_classes_share_all():
    weights = train([(one.text, one.marks, one.label) for one in decided(40)])
    one = say(weights, "where is the lid")
    other = say(weights, "so lovely a lid")
    assert {one.label, other.label} == {"question", "praise"}
    assert min(one.sure, other.sure) > 0.8


def copy(model, **changes):
    fields = {one.attname: getattr(model, one.attname) for one in model._meta.concrete_fields}
    return LearnedModel(**fields | {"id": None} | changes)


@pytest.mark.django_db
def test_a_model_is_used_where_it_is_no_worse(brand):
    few = decided(40)
    assert "more decisions" in too_few(few)
    ask = {"brand": brand, "task": LearnedTask.COMMENT_KIND, "at": NOW}
    assert learn(decided=few, **ask) is None
    many = decided(200, otherwise="question")
    assert too_few(many) == ""
    assert any(is_held_out(one.group) for one in many)
    first = learn(decided=many, **ask)
    assert (first.number, first.is_used) == (1, True)
    assert first.score == 1
    assert first.score_before == pytest.approx(1 / 3)
    assert first.labels + first.held_out == 200
    # The same again teaches nothing; nonsense is tried, kept and not used.
    assert learn(decided=many, **ask) is None
    held_out = [one for one in many if is_held_out(one.group)]
    wrong = [one for one in decided(200, wrong=True) if not is_held_out(one.group)]
    worse = learn(decided=wrong + held_out, **ask)
    assert (worse.number, worse.is_used, worse.score_before) == (2, False, 1)
    assert used(brand.pk, LearnedTask.COMMENT_KIND) == first
    assert LearnedModel.objects.count() == 2
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"crm.learned.tried"}
    # Pages show the newest ones, and what is in use however old it is.
    LearnedModel.objects.bulk_create([copy(worse, number=number) for number in range(3, SHOWN + 3)])
    shown = [one.number for one in LearnedModel.objects.filter(brand=brand).to_show()]
    assert shown == [*range(SHOWN + 2, 2, -1), 1]


def test_nothing_heavy_is_imported_to_use_what_was_learned():
    code = (
        "import sys, crm.services.learning.weighing, crm.services.learning.judging; "
        "assert not {'sklearn', 'numpy', 'scipy', 'django'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
