-- Carts: an account's or a guest's; the guest is known by the hash of a token.

CREATE TABLE carts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    token_hash bytea UNIQUE,
    currency varchar(3) NOT NULL,
    email varchar(255),
    destination jsonb,
    shipping_method text,
    codes text[] NOT NULL DEFAULT '{}',
    order_id uuid,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT carts_owner_check CHECK (user_id IS NOT NULL OR token_hash IS NOT NULL)
) WITH (fillfactor = 85);
-- order_id says what a cart became; an account has one open cart.
CREATE UNIQUE INDEX carts_open_user_id_key ON carts (user_id) WHERE order_id IS NULL;
-- By birth, which never changes: an index on updated_at would cost every touch of a cart.
CREATE INDEX carts_guest_created_at_idx ON carts (created_at) WHERE user_id IS NULL;

CREATE TABLE cart_items (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    cart_id uuid NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    session_id varchar(255),
    product_id uuid REFERENCES products (id),
    product_variant_id uuid REFERENCES product_variants (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    unit_price_seen numeric(19, 4),
    currency varchar(3),
    added_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cart_user_or_session CHECK (
        (user_id IS NOT NULL) OR (session_id IS NOT NULL)
    ),
    CONSTRAINT cart_items_cart_id_product_variant_id_key
        UNIQUE (cart_id, product_variant_id)
) WITH (fillfactor = 85);
CREATE INDEX idx_cart_user ON cart_items (user_id);
CREATE INDEX idx_cart_session ON cart_items (session_id);
CREATE INDEX cart_items_product_variant_id_idx ON cart_items (product_variant_id);
