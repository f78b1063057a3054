"""Learn weights from texts whose class people said. Heavy libraries: for workers only."""

from __future__ import annotations

from collections.abc import Sequence

from crm.services.learning.weighing import MARK, Weights, features

# A text, its marks, and the class that people said.
Example = tuple[str, Sequence[str], str]
# So many features at most, those in most texts: a model is read whole wherever it is used.
FEATURES = 8_000
REGULARISATION = 1.0
# Two texts at least: what only one person wrote is not learned.
TEXTS_MIN = 2


def train(examples: Sequence[Example], *, regularisation: float = REGULARISATION) -> Weights:
    """Logistic regression over TF-IDF; classes weigh the same however many texts each has.

    regularisation  the greater, the closer to what the examples say: more for labels that are sure
    """
    from scipy.sparse import csr_array, hstack  # noqa: PLC0415 - slow to import, as the rest
    from sklearn.feature_extraction.text import (  # noqa: PLC0415
        CountVectorizer,
        TfidfTransformer,
    )
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    found = [features(text, marks) for text, marks, _label in examples]
    words = CountVectorizer(
        analyzer=lambda one: [term for term in one.elements() if not term.startswith(MARK)],
        min_df=TEXTS_MIN,
        max_features=FEATURES,
    )
    weighed = TfidfTransformer(sublinear_tf=True)
    marked = sorted({term for one in found for term in one if term.startswith(MARK)})
    rows = hstack(
        [
            weighed.fit_transform(words.fit_transform(found)),
            csr_array([[float(mark in one) for mark in marked] for one in found])
            if marked
            else csr_array((len(found), 0)),
        ]
    ).tocsr()
    fitted = LogisticRegression(C=regularisation, class_weight="balanced", max_iter=1_000)
    fitted.fit(rows, [label for _text, _marks, label in examples])
    classes = [str(one) for one in fitted.classes_]
    coefficients, bias = fitted.coef_, [float(one) for one in fitted.intercept_]
    if len(classes) == 2:  # one row stands for both
        coefficients = [-coefficients[0] / 2, coefficients[0] / 2]
        bias = [-bias[0] / 2, bias[0] / 2]
    names = [*map(str, words.get_feature_names_out()), *marked]
    rarity = [*map(float, weighed.idf_), *(1.0 for _mark in marked)]
    terms = {
        term: (rarity[place], [float(row[place]) for row in coefficients])
        for place, term in enumerate(names)
    }
    return Weights(classes, bias, terms)
