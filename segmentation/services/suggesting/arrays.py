"""Where the arrays of learned classifiers are kept: numbers and words (npz), never code."""

from __future__ import annotations

from crm.stored import Store

STORE = Store("classifiers")
