-- Versions that caches and ETags stand on: the sum of a table's slots changes exactly when
-- a change of what it counts becomes visible. A sequence would move before its transaction
-- commits, and a reader could keep old rows under the new number for ever. One single row
-- would make a long import stop every other writer: a writer takes any slot that is free.

CREATE TABLE catalogue_version (
    slot smallint PRIMARY KEY,
    version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO catalogue_version (slot) SELECT generate_series(0, 7);

CREATE TABLE pricing_version (
    slot smallint PRIMARY KEY,
    version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO pricing_version (slot) SELECT generate_series(0, 7);

CREATE FUNCTION bump_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted constant text := TG_ARGV[0];
    bumped constant text := 'automate_store.bumped_' || counted;
    this_transaction constant text := pg_current_xact_id()::text;
    free smallint;
BEGIN
    -- Once a transaction; the mark is forgotten with it, and with a rolled-back savepoint.
    IF current_setting(bumped, true) IS DISTINCT FROM this_transaction THEN
        EXECUTE format('SELECT slot FROM %I LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED', counted)
            INTO free;
        EXECUTE format('UPDATE %I SET version = version + 1 WHERE slot = $1', counted)
            USING coalesce(free, 0);
        PERFORM set_config(bumped, this_transaction, true);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER bump_catalogue_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON categories
    FOR EACH STATEMENT EXECUTE FUNCTION bump_version('catalogue_version');
CREATE TRIGGER bump_catalogue_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON brands
    FOR EACH STATEMENT EXECUTE FUNCTION bump_version('catalogue_version');
CREATE TRIGGER bump_catalogue_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON products
    FOR EACH STATEMENT EXECUTE FUNCTION bump_version('catalogue_version');
CREATE TRIGGER bump_catalogue_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON product_variants
    FOR EACH STATEMENT EXECUTE FUNCTION bump_version('catalogue_version');
CREATE TRIGGER bump_catalogue_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON product_images
    FOR EACH STATEMENT EXECUTE FUNCTION bump_version('catalogue_version');
CREATE TRIGGER bump_pricing_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON shipping_methods
    FOR EACH STATEMENT EXECUTE FUNCTION bump_version('pricing_version');
CREATE TRIGGER bump_pricing_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON tax_rates
    FOR EACH STATEMENT EXECUTE FUNCTION bump_version('pricing_version');
