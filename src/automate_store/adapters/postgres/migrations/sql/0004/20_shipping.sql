-- What revision 0004 changes about shipping methods: rates by zone, free above a value,
-- limits, and methods that customers fetch their parcels by.

ALTER TABLE shipping_methods
    ADD COLUMN zone_rates jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN free_from numeric(19, 4),
    ADD COLUMN max_weight_g bigint,
    ADD COLUMN max_quantity bigint,
    ADD COLUMN min_value numeric(19, 4),
    ADD COLUMN max_value numeric(19, 4),
    ADD COLUMN pickup boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT shipping_methods_limits_check CHECK (
        coalesce(max_weight_g, 0) >= 0 AND coalesce(max_quantity, 1) >= 1
        AND coalesce(free_from, 0) >= 0 AND coalesce(min_value, 0) >= 0
        AND coalesce(max_value, 0) >= 0
    );
