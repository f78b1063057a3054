"""The entries of the catalogue about working together in campaigns."""

from __future__ import annotations

from segmentation.metrics.entries import OUR_OWN, Better, Method, Metric, Unit

ROUNDS = Metric(
    key="revision_rounds",
    label="Drafts until approved",
    question="How many drafts does a piece take?",
    formula=(
        "drafts handed in and not taken back, up to the approved one, mean over pieces whose draft "
        "was approved in the period"
    ),
    version=1,
    numerator="drafts",
    denominator="approved pieces",
    basis="pieces",
    unit=Unit.DRAFTS,
    better=Better.LOWER,
    minimum_n=5,
    method=Method.LOG_RATIO,
    accepts=OUR_OWN,
    source="drafts of campaigns",
)
APPROVAL = Metric(
    key="approval_hours",
    label="Hours at the gate",
    question="How long does a draft wait for a decision?",
    formula=(
        "median over decisions of the period of the brand's working hours from the gate's turn to "
        "its decision"
    ),
    version=1,
    numerator="working hours from the turn to the decision",
    unit=Unit.HOURS,
    better=Better.LOWER,
    minimum_n=5,
    method=Method.CLUSTERED_ORDER,
    accepts=OUR_OWN,
    source="gates of drafts",
)
ACTIVATION = Metric(
    key="time_to_activate",
    label="Days from invitation to live",
    question="How long from the invitation to the first live post?",
    formula=(
        "median by Kaplan and Meier of the days from the invitation in a campaign to the first "
        "live post, over invitations of the period; who is not live yet counts up to the end of "
        "the period, who went out up to that day"
    ),
    version=1,
    numerator="days from invitation to first live post",
    unit=Unit.DAYS,
    better=Better.LOWER,
    minimum_n=5,
    method=Method.SURVIVAL,
    accepts=OUR_OWN,
    source="engagements of campaigns",
)
RETENTION = Metric(
    key="partner_retention",
    label="Partners who come back",
    question="How many do a second campaign within twelve months?",
    formula=(
        "creators who were contracted for a second campaign within 12 months of the first / "
        "creators whose 12 months ended in the period"
    ),
    version=1,
    numerator="creators contracted a second time",
    denominator="creators whose twelve months ended",
    basis="creators",
    unit=Unit.FRACTION,
    better=Better.HIGHER,
    minimum_n=5,
    method=Method.SHARE,
    accepts=OUR_OWN,
    source="engagements of campaigns",
)
METRICS = (ROUNDS, APPROVAL, ACTIVATION, RETENTION)
