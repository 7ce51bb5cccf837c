"""The sabotages of what stands in logs, and in the arguments of jobs."""

from __future__ import annotations

from benchmarks.sabotage.breaking import Change, Sabotage

LOGS: tuple[Sabotage, ...] = (
    Sabotage(
        "P35",
        "whoever is refused has the token logged",
        (
            Change(
                "entrypoints/http/endpoints.py",
                '        "turned_away", code=error.code(),',
                '        "turned_away", was=str(call.header(b"authorization"))[7:],'
                " code=error.code(),",
            ),
        ),
    ),
    Sabotage(
        "P35",
        "the log's line of a request has its query",
        (
            Change(
                "entrypoints/http/recording.py",
                'method=scope["method"],\n            route=',
                'method=scope["method"],\n'
                '            query=scope["query_string"].decode("latin-1"),\n'
                "            route=",
            ),
        ),
    ),
    Sabotage(
        "P35",
        "a password is logged by its name, and the name is not made out",
        (
            Change(
                "entrypoints/http/endpoints.py",
                "        return (decode(sent), *query)\n",
                "        body = decode(sent)\n"
                "        given = getattr(body, 'password', None)\n"
                "        structlog.get_logger().info('decoded', password=given)\n"
                "        return (body, *query)\n",
            ),
            Change(
                "entrypoints/logs.py",
                'r"password|passwd|passphrase|token|',
                'r"passphrase|token|',
            ),
        ),
    ),
    Sabotage(
        "P35",
        "what a link proves is put into a job",
        (
            Change(
                "application/identity/changing.py",
                "        # Whoever has the link reads the mail that it was sent to, "
                "which may be of before.\n",
                "        from automate_store.domain.identity import CredentialsChanged as Changed\n"
                "        work.record(Changed(at=at, account_id=account.id, what=token))\n",
            ),
        ),
    ),
    Sabotage(
        "P35",
        "PostgreSQL's log quotes the row that it refused",
        (
            Change(
                "adapters/postgres/embedded/__init__.py",
                '"log_error_verbosity": "terse"',
                '"log_error_verbosity": "default"',
            ),
        ),
    ),
    Sabotage(
        "P35",
        "an error of the database keeps its details",
        (
            Change(
                "adapters/postgres/errors.py",
                "    if error.diag.message_primary is not None:\n",
                "    if error.diag.message_primary is None:\n",
            ),
        ),
    ),
)
