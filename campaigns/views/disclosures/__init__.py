"""Legal's pages: the queue, one review with the post beside its checklist, statistics."""
