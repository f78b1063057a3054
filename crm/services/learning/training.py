"""Learn weights from texts whose class people said. Heavy libraries: for workers only."""

from __future__ import annotations

from collections.abc import Sequence

from crm.services.learning.weighing import Weights, features

# A text, its marks, and the class that people said.
Example = tuple[str, Sequence[str], str]
# So many features at most, those in most texts: a model is read whole wherever it is used.
FEATURES = 8_000
REGULARISATION = 3.0
# Two texts at least: what only one person wrote is not learned.
TEXTS_MIN = 2


def train(examples: Sequence[Example]) -> Weights:
    """Logistic regression over TF-IDF; classes weigh the same however many texts each has."""
    from sklearn.feature_extraction.text import (  # noqa: PLC0415 - slow to import
        CountVectorizer,
        TfidfTransformer,
    )
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    counted = CountVectorizer(
        analyzer=lambda one: list(features(one[0], one[1]).elements()),
        min_df=TEXTS_MIN,
        max_features=FEATURES,
    )
    rows = counted.fit_transform(examples)
    weighed = TfidfTransformer(sublinear_tf=True)
    fitted = LogisticRegression(C=REGULARISATION, class_weight="balanced", max_iter=500)
    fitted.fit(weighed.fit_transform(rows), [label for _text, _marks, label in examples])
    classes = [str(one) for one in fitted.classes_]
    coefficients, bias = fitted.coef_, [float(one) for one in fitted.intercept_]
    if len(classes) == 2:  # one row stands for both
        coefficients = [-coefficients[0] / 2, coefficients[0] / 2]
        bias = [-bias[0] / 2, bias[0] / 2]
    terms = {
        str(term): (
            float(weighed.idf_[place]),
            [float(row[place]) for row in coefficients],
        )
        for place, term in enumerate(counted.get_feature_names_out())
    }
    return Weights(classes, bias, terms)
