"""What pages and REST say of daily series: days, marks, lifts."""
