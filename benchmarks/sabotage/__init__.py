"""Proof that the checks can fail: each is seen red once the rule it guards is broken."""
