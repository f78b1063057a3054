"""Attribution: which creators, and which segments, conversions are credited to, and by what model.

Plain Python, without Django: nothing here opens a connection or asks the clock. In the order of
the work:

    events       Touch, Conversion, Refund, Stay: what happened, as frozen dataclasses
    settings     Settings: window, visits, codes against links, parameters of the models
    columns      Columns: the same events as arrays, for millions of them
    journeys     build(columns, settings, as_of) -> Built: who went which way, and what came of it
    table        JourneyTable: journeys as arrays; Journey, one of them
    formulas     Model and FORMULAS: the seven models by name, version and source
    credit       attribute(table, model, settings) -> Attribution: credit by creator
    touchwise, shapley, markov   the models
    segments     by_segment(...): credit by segment, with membership as of the touch
    roles        roles(table): who introduced, influenced, closed; assisted conversions
    agreement    compare(attributions) -> Agreement: where the models disagree, also in words
    resampling   share_intervals(...): how sure a credit is, from journeys drawn again

`events`, `settings`, `formulas`, `results` and `agreement` are light. The others import numpy: a
web process imports them within the function that computes.

docs/attribution.md is the manual.
"""
