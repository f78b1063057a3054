"""The rule language: which creators belong to a segment, for a brand, at a moment.

Pure Python, without Django: nothing here opens a connection or asks the clock. What others use:

    tree         the rule as frozen dataclasses
    facts        Fact, FactType, Catalogue: what a rule needs to know of the values it reads
    calendar     Calendar (time zone, fiscal year) and Quarter
    json_form    load(form) -> tree, dump(tree) -> form      (the stored notation)
    text         parse(text) -> tree, print_rule(tree)       (the notation for people and diffs)
    validate     validate(tree, catalogue) -> Report(errors, warnings)
    evaluate     evaluate(tree, values, ...) -> True, False or None (unknown): the reference
    compile      compile_rule(tree, ...) -> Sql(text, params): the same meaning in PostgreSQL
    explain      explain(tree, values, ...) -> Explanation
    change       smallest_change(tree, values, ...): what would bring a creator in
    prose        in_words(tree, catalogue): the rule as a sentence
    errors       RuleInvalid(errors), RuleError, Position

docs/rule-language.md is the manual.
"""
