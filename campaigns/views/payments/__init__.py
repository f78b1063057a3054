"""Money: what is owed and paid, bills, rates of exchange, and how the brand pays."""
