"""What cannot be done with an experiment, in words."""

from __future__ import annotations

from segmentation.services.edits import EditRefused


class ExperimentRefused(EditRefused):
    """The message is fit for the user; `field` names the input at fault, empty: none of them."""
