"""The sabotages of who may do what: of tokens, mailed links, and whose things are whose."""

from __future__ import annotations

from benchmarks.sabotage.breaking import Change, Sabotage

_SESSIONS = "adapters/postgres/identity/sessions.py"
_GATE = "application/identity/gate.py"
_JWT = "adapters/credentials/tokens.py"

ACCESS: tuple[Sabotage, ...] = (
    Sabotage(
        "P32",
        "a session that was ended is signed in still",
        (
            Change(
                _SESSIONS,
                "WHERE s.id = :id AND s.ended_at IS NULL AND s.expires_at",
                "WHERE s.id = :id AND s.expires_at",
            ),
        ),
    ),
    Sabotage(
        "P32",
        "each process remembers who is signed in",
        (
            Change(
                _GATE,
                "            return await reads.sessions.signed_in(session_id, at=at)",
                "            known = self.__dict__.setdefault('known', {})\n"
                "            if session_id not in known:\n"
                "                known[session_id] = await reads.sessions.signed_in("
                "session_id, at=at)\n"
                "            return known[session_id]",
            ),
        ),
    ),
    Sabotage(
        "P32",
        "the role is what the token says",
        (
            Change(
                _GATE,
                'raise TokenRefused("is of another account")\n        return found',
                'raise TokenRefused("is of another account")\n'
                "        from attrs import evolve\n"
                "        return evolve(found, role=type(found.role)(claims.role))",
            ),
        ),
    ),
    Sabotage(
        "P32",
        "a token says by which algorithm it is checked",
        (
            Change(_JWT, r"[A-Za-z0-9_-]{43}", r"[A-Za-z0-9_-]*"),
            Change(
                _JWT,
                'if len(header) != 3 or said != {"alg": ALGORITHM, "typ": "JWT", "kid": key_id}:',
                "if len(header) != 3:",
            ),
            Change(
                _JWT,
                'PyJWS([ALGORITHM], options={"enforce_minimum_key_length": True})',
                "PyJWS()",
            ),
            Change(
                _JWT,
                "self._jws.decode(token, key.secret, [ALGORITHM])",
                'self._jws.decode(token, key.secret, ["HS256", "HS384", "HS512"])',
            ),
        ),
    ),
    Sabotage(
        "P32",
        "a refresh token does as often as it comes",
        (
            Change(
                _SESSIONS,
                "WHERE token_hash = :spent_hash AND session_id = :id AND used_at IS NULL",
                "WHERE token_hash = :spent_hash AND session_id = :id",
            ),
            Change(
                "application/identity/signing_in.py",
                "    if found.used_at is not None:\n",
                "    if False:\n",
            ),
        ),
    ),
)
