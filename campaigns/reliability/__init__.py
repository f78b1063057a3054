"""How reliable a creator was: plain Python, from what happened to a score with every component.

`assess` takes what happened (`Happened`, each with its day) and the published weights
(`weights.standard`). It reads nothing and knows no Django.
"""
