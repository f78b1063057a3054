"""Causes of creators with evidence, donations with proof, and claims about the environment."""
