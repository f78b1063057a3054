"""What is owed, when it becomes ready, who releases and pays it, and the invoices for it."""
