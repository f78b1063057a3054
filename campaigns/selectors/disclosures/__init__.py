"""What is read for legal's reviews of disclosures: cases, checklists, rates."""
