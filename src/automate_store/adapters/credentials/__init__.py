"""Credentials that are worth something: Argon2id, a policy with a list, JWTs and TOTP."""

from automate_store.adapters.credentials.hashing import Argon2Passwords
from automate_store.adapters.credentials.policy import ListedPasswords
from automate_store.adapters.credentials.second_factor import TotpSecondFactor
from automate_store.adapters.credentials.tokens import JwtTokens

__all__ = ["Argon2Passwords", "JwtTokens", "ListedPasswords", "TotpSecondFactor"]
