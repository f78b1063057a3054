"""How risky it is to work with a creator: plain Python, from inputs to a tier with every point.

`assess` takes what is known (`Inputs`) and the published weights (`weights.standard`) and gives a
tier with each input's value, points, source and date. It reads nothing and knows no Django.
"""
