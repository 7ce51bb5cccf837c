"""Where marks are looked for: the servers' logs, PostgreSQL's, and all jobs there ever were."""

from __future__ import annotations

import json
from collections import Counter

from benchmarks.promises.p35_logs.marks import Marks
from benchmarks.promises.run import Run
from benchmarks.rig.database import TemporaryDatabase
from benchmarks.rig.shop import Shop

_KEEP = b"""
    CREATE SCHEMA p35;
    CREATE TABLE p35.jobs (job text NOT NULL);
    CREATE FUNCTION p35.keep() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN INSERT INTO p35.jobs SELECT NEW::text; RETURN NULL; END$$;
    CREATE TRIGGER p35_keep AFTER INSERT ON procrastinate_jobs
    FOR EACH ROW EXECUTE FUNCTION p35.keep()
"""
EVENTS = ("request", "request_broke")
"""Lines that must be there, so that it was a log that was searched."""


def keep_all_jobs(database: TemporaryDatabase) -> None:
    """Keep what every job is given: those that are done are deleted."""
    with database.connect() as connection:
        connection.execute(_KEEP)


def search(shop: Shop, run: Run, marks: Marks) -> None:
    """Count a violation for every mark that is found."""
    logs = {server.log.name: server.log.read_text(errors="replace") for server in shop.servers}
    _logged_at_all(run, logs)
    logs["PostgreSQL's log"] = shop.database.log.read_text(errors="replace")
    for name, text in logs.items():
        for kind, count in marks.found_in(text, secrets_alone=False).items():
            run.faults[f"{name} holds a {kind}"] += count
    jobs = [job for (job,) in shop.database.rows("SELECT job FROM p35.jobs")]
    run.require(len(jobs) > 0, "there were no jobs")
    for kind, count in marks.found_in("\n".join(jobs), secrets_alone=True).items():
        run.faults[f"a job's arguments hold a {kind}"] += count
    run.measured["marks"] = len(marks.secrets) + len(marks.personal)
    run.measured["log_bytes"] = {name: len(text) for name, text in logs.items()}
    run.measured["jobs"] = len(jobs)


def _logged_at_all(run: Run, logs: dict[str, str]) -> None:
    """A log that is empty holds no secret: requests, faults and jobs must be in it."""
    lines = [line for text in logs.values() for line in text.splitlines() if line[:1] == "{"]
    told = [json.loads(line) for line in lines]
    events = {line.get("event") for line in told}
    for event in EVENTS:
        run.require(event in events, f"no log has a line of {event}")
    loggers = Counter(str(line.get("logger", "ours")).partition(".")[0] for line in told)
    run.require(loggers["procrastinate"] > 0, "the workers logged nothing")
    run.measured["lines"] = dict(sorted(loggers.items()))
    run.measured["tracebacks"] = sum("exception" in line for line in told)
    run.require(run.measured["tracebacks"] > 0, "no fault was logged with its traceback")
