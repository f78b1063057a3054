"""What creators stand for, and what may be said of goods as green: data with definitions."""
