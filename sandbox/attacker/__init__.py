"""An attacker who looks for another way: a search over the real parties, with moves that are steps of the scenario language.

In go a setting, what she can do, what honest people do meanwhile, and what she is after.  Out come ways, each of them a scenario file
that was replayed and judged, or the statement that a bound is exhausted.  Pure: no page, no clock, no dice.
"""
