"""Drift: how much creators and facts moved between two days, and who is told.

reports  asked for, computed by a worker, stored
flows    creators between the segments of a dimension
facts    distributions that shifted, and the age of facts
alerts   runs that moved more than a dimension allows
"""

from segmentation.services.drift.reports import (
    DriftRefused,
    compute_report,
    default_days,
    request_report,
)

__all__ = ("DriftRefused", "compute_report", "default_days", "request_report")
