"""The facts that rules read: what there is, how the rows are filled, and where a value comes from.

catalogue   the facts by key, with label, type, unit and source
vocabulary  what people may add to and facts are made of
refresh     fill segmentation_creatorfacts as of a moment, for a brand or some of its creators
readings    the facts of one creator as of a moment, each with source and age
"""
