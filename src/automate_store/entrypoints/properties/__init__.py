"""
Property tests for the rules of a store, ours and yours.

Strategies draw what the rules work on (amounts, baskets, rates, places), and the
``assert_...`` functions state the laws, so that a rule or a step of your own can be
held to them in one line. Needs the extra ``properties``.
"""
