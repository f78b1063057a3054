"""Pages of publishing: the schedule, one piece, what is missing, what may belong to a campaign."""
