"""The sabotages of who may do what: of tokens, mailed links, and whose things are whose."""

from __future__ import annotations

from benchmarks.sabotage.breaking import Change, Sabotage

_SESSIONS = "adapters/postgres/identity/sessions.py"
_GATE = "application/identity/gate.py"
_JWT = "adapters/credentials/tokens.py"
_LINKS = "adapters/postgres/identity/links.py"
_MAILING = "application/identity/mailing.py"
_CLIENTS = "entrypoints/http/clients.py"
_ACCESS = "application/access.py"
_TOKENS_ROLE = Change(
    _GATE,
    'raise TokenRefused("is of another account")\n        return found',
    'raise TokenRefused("is of another account")\n'
    "        from attrs import evolve\n"
    "        return evolve(found, role=type(found.role)(claims.role))",
)

ACCESS: tuple[Sabotage, ...] = (
    Sabotage(
        "P29",
        "whoever is signed in owns every order",
        (
            Change(
                _ACCESS,
                "return order.user_id == actor.account_id",
                "return True",
            ),
        ),
    ),
    Sabotage(
        "P29",
        "any order's token opens every order",
        (
            Change(
                _ACCESS,
                "return compare_digest(order.token_hash, token_hash(token))",
                "return compare_digest(token_hash(token), token_hash(token))",
            ),
        ),
    ),
    Sabotage(
        "P29",
        "an address book holds everybody's addresses",
        (
            Change(
                "adapters/postgres/identity/address_books.py",
                "FROM addresses WHERE user_id = :account_id ORDER BY",
                "FROM addresses ORDER BY",
            ),
            Change(
                "adapters/postgres/identity/address_books.py",
                "WHERE a.user_id = EXCLUDED.user_id",
                "WHERE true",
            ),
        ),
    ),
    Sabotage(
        "P29",
        "anybody's session can be ended by its id",
        (
            Change(
                _SESSIONS,
                "WHERE user_id = :account_id AND ended_at IS NULL AND expires_at > :at\n"
                "        AND (CAST(:only",
                "WHERE (user_id = :account_id OR id = :only) AND ended_at IS NULL\n"
                "        AND (CAST(:only",
            ),
        ),
    ),
    Sabotage(
        "P29",
        "a vendor sold what is in any order",
        (
            Change(
                "adapters/postgres/orders/repository.py",
                "WHERE i.order_id = :order_id AND p.vendor_id = :vendor_id",
                "WHERE i.order_id = :order_id",
            ),
        ),
    ),
    Sabotage(
        "P29",
        "vendors reach each other's products",
        (
            Change(
                "application/catalog/reaching.py",
                "    if owner is not None and product.vendor_id != owner:\n",
                "    if False:\n",
            ),
        ),
    ),
    Sabotage(
        "P29",
        "a payment can be confirmed with another order's id",
        (
            Change(
                "application/payments/paying.py",
                "    payments = await work.payments.of_order(order.id)\n",
                "    payments = (await work.payments.get(command.payment_id),)\n",
            ),
        ),
    ),
    Sabotage("P29", "the role is what the token says", (_TOKENS_ROLE,)),
    Sabotage(
        "P29",
        "a route is added, and nobody says who may ask",
        (
            Change(
                "entrypoints/http/payments.py",
                '@routes.get(\n    "/payments/gateways",\n',
                '@routes.get("/payments/ways", summary="List the ways to pay again")\n'
                "async def list_ways(call: Call) -> Gateways:\n"
                '    """The names again."""\n'
                "    return gateways_answer(use_cases.ways_to_pay(None, ports=call.ports), None)\n"
                '\n\n@routes.get(\n    path="/payments/gateways",\n',
            ),
        ),
    ),
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
        "who asks is found out before the body came, and never again",
        (
            Change(
                "entrypoints/http/endpoints.py",
                "    if call.waited and route.asks_who:\n",
                "    if False:\n",
            ),
            Change(
                "application/identity/acting.py",
                "    if actor.session_id is None:\n        return\n",
                "    return\n",
            ),
            Change(
                "application/identity/acting.py",
                "    if actor.account_id is None:\n        return\n",
                "    return\n",
            ),
        ),
    ),
    Sabotage(
        "P32",
        "the role is what the token says",
        (_TOKENS_ROLE,),
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
    Sabotage(
        "P33",
        "a link alone proves an e-mail, whoever opened the account",
        (
            Change(
                "application/identity/linking.py",
                "    elif actor.account_id != found.account.id:\n",
                "    elif False:\n",
            ),
        ),
    ),
    Sabotage(
        "P33",
        "a link that was used does again",
        (
            Change(
                _LINKS,
                "AND num_nulls(used_at) = 1 AND expires_at > :at",
                "AND expires_at > :at",
            ),
        ),
    ),
    Sabotage(
        "P33",
        "a link is good for any purpose",
        (
            Change(
                _LINKS,
                "WHERE token_hash = :token_hash AND purpose = :purpose",
                "WHERE token_hash = :token_hash",
            ),
        ),
    ),
    Sabotage(
        "P33",
        "a link has no end",
        (
            Change(
                _LINKS,
                "AND num_nulls(used_at) = 1 AND expires_at > :at",
                "AND num_nulls(used_at) = 1",
            ),
        ),
    ),
    Sabotage(
        "P33",
        "older links stay good",
        (
            Change(
                _LINKS,
                "WHERE user_id = :account_id AND purpose = :purpose AND used_at IS NULL",
                "WHERE false",
            ),
            Change(
                "adapters/postgres/migrations/sql/0005/10_identity.sql",
                "CREATE UNIQUE INDEX mailed_links_open_key",
                "CREATE INDEX mailed_links_open_key",
            ),
        ),
    ),
    Sabotage(
        "P33",
        "a changed e-mail leaves links in the old mailbox",
        (
            Change(
                "application/identity/changing.py",
                "            await work.links.void(account.id)\n        change = await distrust",
                "            pass\n        change = await distrust",
            ),
            Change(
                "domain/identity/accounts.py",
                "        if email != self.email:\n            raise LinkInvalid\n",
                "",
            ),
        ),
    ),
    Sabotage(
        "P33",
        "what a link proves is stored as it is",
        (
            Change(_MAILING, "token_hash=token_hash(secret)", "token_hash=secret.encode()"),
            Change(
                "application/identity/linking.py",
                "hashed, at = token_hash(token), ports.clock()\n",
                "hashed, at = token.encode(), ports.clock()\n",
            ),
        ),
    ),
    Sabotage(
        "P33",
        "links lead to wherever the last request said that the shop is",
        (
            Change(_MAILING, '    return f"{ports.policy.url}/', '    return f"{BASE[-1]}/'),
            Change(
                _MAILING, "_PAGES = {", 'BASE = ["http://127.0.0.1"]\n_PAGES: dict[object, str] = {'
            ),
            Change(
                "entrypoints/http/endpoints.py",
                "        if route.asks_who:\n            call.actor",
                "        from automate_store.application.identity import mailing\n"
                '        for name in (b"x-forwarded-host", b"host"):\n'
                "            if call.header(name):\n"
                '                mailing.BASE.append(f"http://{call.header(name)}")\n'
                "                break\n"
                "        if bool(route.asks_who):\n            call.actor",
            ),
        ),
    ),
    Sabotage(
        "P34",
        "nobody's password is not hashed",
        (
            Change(
                "adapters/credentials/hashing.py",
                "        self._argon2.verify(_kept(password[:LONGEST_PASSWORD]), self._nobodys)\n",
                "",
            ),
        ),
        slow=True,
    ),
    Sabotage(
        "P34",
        "who changes an e-mail is told that it has an account",
        (
            Change(
                "application/identity/changing.py",
                "    if wanted == account.email:\n",
                "    async with ports.reading() as reads:\n"
                "        if await reads.accounts.by_email(wanted) not in {None, account}:\n"
                "            raise EmailTaken\n"
                "    if account.email == wanted:\n",
            ),
        ),
    ),
    Sabotage(
        "P34",
        "anybody's X-Forwarded-For is believed",
        (
            Change(_CLIENTS, "    if not trusted:\n", "    if False:\n"),
            Change(_CLIENTS, "        if not _within(address, trusted):\n", "        if False:\n"),
        ),
    ),
    Sabotage(
        "P34",
        "tries at an account are counted by how its e-mail is spelt",
        (
            Change(
                "entrypoints/http/identity.py",
                "login:email:{_one_spelling(body.email)}",
                "login:email:{body.email}",
            ),
        ),
    ),
    Sabotage(
        "P34",
        "what a provider tells is counted like what anybody asks",
        (
            Change(
                "entrypoints/http/telling.py",
                "    anonymous=True,\n    limit=None,\n",
                "    anonymous=True,\n",
            ),
        ),
    ),
    Sabotage(
        "P31",
        "a handler breaks",
        (
            Change(
                "entrypoints/http/payments.py",
                "    asked = None\n",
                '    asked = call.ports.gateways["none"].name\n',
            ),
        ),
    ),
)
