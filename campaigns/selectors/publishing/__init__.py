"""What pages show of publishing: the plan, what is missing, and what may belong to a campaign."""
