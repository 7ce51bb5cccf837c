-- Our workers ask for jobs once a second. A notification for each would make every commit
-- that defers one wait for every other: NOTIFY takes a lock on the whole server.
ALTER TABLE procrastinate_jobs
    DISABLE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1;

-- A history of what went wrong is worth its rows, one of what went well is not.
ALTER TABLE procrastinate_jobs DISABLE TRIGGER procrastinate_trigger_status_events_insert_v1;
ALTER TABLE procrastinate_jobs DISABLE TRIGGER procrastinate_trigger_status_events_update_v1;
CREATE TRIGGER failures_are_kept
    AFTER UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW WHEN (OLD.status = 'doing' AND NEW.status <> 'doing')
    EXECUTE FUNCTION procrastinate_trigger_function_status_events_update_v1();

-- Rows come and go: keep updates on their page, and the dead ones few.
ALTER TABLE procrastinate_jobs SET (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000
);
