-- What prices depend on beside the catalogue: shipping methods, tax rates, coupons.

CREATE TABLE shipping_methods (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    code varchar(100) UNIQUE NOT NULL,
    name varchar(100) NOT NULL,
    zones jsonb NOT NULL DEFAULT '[]',
    rate jsonb NOT NULL,
    currency varchar(3) NOT NULL,
    tax_class text NOT NULL DEFAULT 'standard',
    active boolean NOT NULL DEFAULT true,
    position integer NOT NULL DEFAULT 0
);

CREATE TABLE tax_rates (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    code varchar(100) UNIQUE NOT NULL,
    name varchar(100) NOT NULL,
    rate numeric(9, 6) NOT NULL,
    tax_class text NOT NULL DEFAULT 'standard',
    country varchar(2),
    state varchar(100),
    postal_prefix varchar(20),
    applies_to_shipping boolean NOT NULL DEFAULT true,
    starts_at timestamptz,
    ends_at timestamptz,
    CONSTRAINT tax_rates_rate_check CHECK (rate >= 0)
);

CREATE TABLE coupons (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    code varchar(50) UNIQUE NOT NULL,
    name varchar(100) NOT NULL,
    description text,
    type varchar(20) NOT NULL,
    value numeric(19, 4) NOT NULL,
    minimum_order_amount numeric(19, 4),
    maximum_discount_amount numeric(19, 4),
    usage_limit integer,
    usage_limit_per_customer integer DEFAULT 1,
    used_count integer NOT NULL DEFAULT 0,
    starts_at timestamptz DEFAULT now(),
    expires_at timestamptz,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX coupons_code_lower_key ON coupons (lower(code));

CREATE TABLE coupon_usage (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    coupon_id uuid REFERENCES coupons (id),
    user_id uuid REFERENCES users (id),
    email varchar(255),
    order_id uuid REFERENCES orders (id),
    discount_amount numeric(19, 4) NOT NULL,
    used_at timestamptz NOT NULL DEFAULT now(),
    given_back_at timestamptz
);
CREATE INDEX coupon_usage_coupon_id_idx ON coupon_usage (coupon_id, user_id);
CREATE INDEX coupon_usage_email_idx ON coupon_usage (coupon_id, email);
CREATE INDEX coupon_usage_order_id_idx ON coupon_usage (order_id);
CREATE INDEX coupon_usage_user_id_idx ON coupon_usage (user_id);
