"""Mail: writing and queueing, sending, fetching, threads, mailboxes; a module each."""
