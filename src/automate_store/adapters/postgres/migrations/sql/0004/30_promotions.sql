-- Promotions, what coupons and their uses gain, and the unit shares that stored quotes lack.

CREATE TABLE promotions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    code varchar(100) NOT NULL,
    name varchar(100) NOT NULL,
    conditions jsonb NOT NULL DEFAULT '[]',
    actions jsonb NOT NULL,
    priority integer NOT NULL DEFAULT 0,
    exclusive boolean NOT NULL DEFAULT false,
    "group" varchar(100),
    starts_at timestamptz,
    ends_at timestamptz,
    maximum_discount_amount numeric(19, 4),
    currency varchar(3),
    is_active boolean NOT NULL DEFAULT true,
    needs_code boolean NOT NULL DEFAULT false,
    advertised boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX promotions_code_key ON promotions (code);
CREATE TRIGGER bump_pricing_version
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON promotions
    FOR EACH STATEMENT EXECUTE FUNCTION bump_version('pricing_version');

CREATE TABLE coupon_batches (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(100) NOT NULL,
    prefix varchar(50) NOT NULL,
    amount integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE coupons
    ADD COLUMN currency varchar(3) NOT NULL DEFAULT 'USD',
    ADD COLUMN promotion_id uuid REFERENCES promotions (id),
    ADD COLUMN stackable boolean NOT NULL DEFAULT false,
    ADD COLUMN sign_in_needed boolean NOT NULL DEFAULT false,
    ADD COLUMN batch_id uuid REFERENCES coupon_batches (id),
    ADD CONSTRAINT coupons_used_count_check CHECK (used_count >= 0);
ALTER TABLE coupons ALTER COLUMN currency DROP DEFAULT;
CREATE INDEX coupons_promotion_id_idx ON coupons (promotion_id);
CREATE INDEX coupons_batch_id_idx ON coupons (batch_id);

-- An order uses a coupon once, however often placing it is tried.
CREATE UNIQUE INDEX coupon_usage_coupon_id_order_id_key ON coupon_usage (coupon_id, order_id);
CREATE INDEX orders_guest_email_idx ON orders (guest_email);

-- Each line of a stored quote says how its discount and its tax lie on its units: in orders,
-- and in the answers that are kept for who asks again with the same key.
CREATE FUNCTION with_unit_shares(lines jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_agg(
        jsonb_build_object(
            'discount_shares', jsonb_build_object(
                'base', (line #>> '{discount,minor}')::bigint / (line ->> 'quantity')::bigint,
                'extra', (line #>> '{discount,minor}')::bigint % (line ->> 'quantity')::bigint),
            'tax_shares', jsonb_build_object(
                'base', (line #>> '{tax,minor}')::bigint / (line ->> 'quantity')::bigint,
                'extra', (line #>> '{tax,minor}')::bigint % (line ->> 'quantity')::bigint)
        ) || line ORDER BY place), '[]')
    FROM jsonb_array_elements(lines) WITH ORDINALITY AS l(line, place)
$$;
UPDATE orders SET details = jsonb_set(details, '{lines}', with_unit_shares(details -> 'lines'))
WHERE details ? 'lines';
UPDATE idempotency_keys k SET answer = convert_to(
    jsonb_set(told, path, with_unit_shares(told #> path))::text, 'UTF8')
FROM (SELECT caller, key, convert_from(answer, 'UTF8')::jsonb AS told
      FROM idempotency_keys WHERE answer IS NOT NULL) AS kept,
    (VALUES ('{quote,lines}'::text[]), ('{order,quote,lines}'::text[])) AS found(path)
WHERE k.caller = kept.caller AND k.key = kept.key AND jsonb_typeof(told #> path) = 'array';
DROP FUNCTION with_unit_shares(jsonb);
