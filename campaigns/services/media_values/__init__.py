"""Models of media value and weights of engagements: named, versioned, never a fact."""
