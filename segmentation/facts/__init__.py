"""The facts that rules read: what there is, how the rows are filled, and where a value comes from.

catalogue   the facts by key, with label, type, unit and source
vocabulary  what people may add to and facts are made of
refresh     fill segmentation_creatorfacts as of a moment, for a brand or some of its creators
advance     bring them to a later moment by the edges of windows
norms       what is usual on each platform, stored beside the rows
readings    the facts of one creator as of a moment, each with source and age
"""
