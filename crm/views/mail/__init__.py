"""Pages of mail: the inbox, conversations, writing, files, mailboxes; a module each."""
