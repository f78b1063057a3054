"""Legal's reviews of disclosures: opened, checked by the rules, answered, decided, proved."""
