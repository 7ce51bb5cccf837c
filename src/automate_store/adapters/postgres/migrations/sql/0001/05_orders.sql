-- Orders, their items, timeline and shipments, and the answers kept for repeated requests.

CREATE TABLE orders (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_number varchar(50) UNIQUE NOT NULL,
    user_id uuid REFERENCES users (id),
    guest_email varchar(255),
    token_hash bytea,
    cart_id uuid,

    -- What the owner shows, derived from the three lives below.
    status order_status NOT NULL DEFAULT 'pending',
    payment_status payment_status NOT NULL DEFAULT 'pending',
    state text NOT NULL DEFAULT 'placed',
    payment_state text NOT NULL DEFAULT 'pending',
    fulfilment_state text NOT NULL DEFAULT 'unfulfilled',

    subtotal numeric(19, 4) NOT NULL,
    tax_rate numeric(9, 6) DEFAULT 0,
    tax_amount numeric(19, 4) NOT NULL DEFAULT 0,
    shipping_amount numeric(19, 4) NOT NULL DEFAULT 0,
    discount_amount numeric(19, 4) NOT NULL DEFAULT 0,
    total_amount numeric(19, 4) NOT NULL,
    currency varchar(3) NOT NULL DEFAULT 'USD',
    details jsonb NOT NULL DEFAULT '{}',

    shipping_address jsonb NOT NULL,
    billing_address jsonb NOT NULL,

    shipping_method varchar(100),
    shipping_method_name text,
    tracking_number varchar(100),
    shipped_at timestamptz,
    delivered_at timestamptz,

    notes text,
    admin_notes text,

    cancelled_at timestamptz,
    cancelled_reason text,
    cancelled_by uuid REFERENCES users (id),

    expires_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    placed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT order_user_or_guest CHECK (
        (user_id IS NOT NULL) OR (guest_email IS NOT NULL)
    )
) WITH (fillfactor = 85);
CREATE INDEX idx_orders_user ON orders (user_id);
CREATE INDEX idx_orders_status ON orders (status);
CREATE INDEX idx_orders_created ON orders (created_at DESC);
CREATE INDEX orders_due_idx ON orders (expires_at) WHERE expires_at IS NOT NULL;

ALTER TABLE reservations ADD CONSTRAINT reservations_order_id_fkey
    FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE;

CREATE TABLE order_items (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product_id uuid REFERENCES products (id),
    product_variant_id uuid REFERENCES product_variants (id),
    position integer NOT NULL DEFAULT 0,

    product_name varchar(255) NOT NULL,
    product_sku varchar(100) NOT NULL,
    product_snapshot jsonb NOT NULL,

    quantity integer NOT NULL CHECK (quantity > 0),
    unit_price numeric(19, 4) NOT NULL,
    total_price numeric(19, 4) NOT NULL,
    discount_amount numeric(19, 4) NOT NULL DEFAULT 0,
    tax_amount numeric(19, 4) NOT NULL DEFAULT 0,
    net_amount numeric(19, 4) NOT NULL DEFAULT 0,
    gross_amount numeric(19, 4) NOT NULL DEFAULT 0,
    details jsonb NOT NULL DEFAULT '{}',

    status order_status NOT NULL DEFAULT 'pending',
    shipped_quantity integer NOT NULL DEFAULT 0,
    cancelled_quantity integer NOT NULL DEFAULT 0,

    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT order_items_moved_check CHECK (
        shipped_quantity >= 0 AND cancelled_quantity >= 0
        AND shipped_quantity + cancelled_quantity <= quantity
    )
);
CREATE INDEX idx_order_items_order ON order_items (order_id);
CREATE INDEX order_items_product_variant_id_idx ON order_items (product_variant_id);

CREATE TABLE order_events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    reason text,
    data jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX order_events_order_id_idx ON order_events (order_id, at, id);

CREATE TABLE shipments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    carrier varchar(100),
    tracking_number varchar(100),
    tracking_url varchar(500),
    shipped_at timestamptz NOT NULL,
    delivered_at timestamptz
);
CREATE INDEX shipments_order_id_idx ON shipments (order_id);

CREATE TABLE shipment_items (
    shipment_id uuid NOT NULL REFERENCES shipments (id) ON DELETE CASCADE,
    order_item_id uuid NOT NULL REFERENCES order_items (id) ON DELETE CASCADE,
    quantity integer NOT NULL,
    PRIMARY KEY (shipment_id, order_item_id),
    CONSTRAINT shipment_items_quantity_check CHECK (quantity > 0)
);
CREATE INDEX shipment_items_order_item_id_idx ON shipment_items (order_item_id);

CREATE TABLE idempotency_keys (
    caller text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    subject uuid,
    answer bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
