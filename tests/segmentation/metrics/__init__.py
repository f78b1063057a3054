"""The catalogue of metrics, its families, and the intervals."""
