"""Vetting: the lists, one's own review, one vetting, a creator's vettings, the form, agreement."""
