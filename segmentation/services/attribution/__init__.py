"""Reports of attribution: asked for on a page, computed by a worker, kept for ever.

requests    ask for one; the worker's errand
gathering   clicks, orders and refunds of the database as columns for the library
computing   every model, by creator and by segment, with intervals and ways
"""
