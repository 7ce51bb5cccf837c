-- Reviews, wishlists, returns and analytics: the owner's tables, waiting for their rules.

CREATE TABLE product_reviews (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    product_id uuid REFERENCES products (id) ON DELETE CASCADE,
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    order_item_id uuid REFERENCES order_items (id),
    rating integer NOT NULL CHECK (rating >= 1 AND rating <= 5),
    title varchar(255),
    content text,
    verified_purchase boolean NOT NULL DEFAULT false,
    status varchar(20) NOT NULL DEFAULT 'pending',
    helpful_count integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_reviews_product ON product_reviews (product_id) WHERE status = 'approved';
CREATE INDEX product_reviews_product_id_idx ON product_reviews (product_id);
CREATE INDEX product_reviews_user_id_idx ON product_reviews (user_id);
CREATE INDEX product_reviews_order_item_id_idx ON product_reviews (order_item_id);

CREATE TABLE wishlists (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    product_id uuid REFERENCES products (id) ON DELETE CASCADE,
    added_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, product_id)
);
CREATE INDEX wishlists_product_id_idx ON wishlists (product_id);

CREATE TABLE returns (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id uuid REFERENCES orders (id),
    return_number varchar(50) UNIQUE NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'requested',
    reason varchar(100) NOT NULL,
    comments text,
    refund_amount numeric(19, 4),
    return_shipping_cost numeric(19, 4) NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL DEFAULT now(),
    processed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX returns_order_id_idx ON returns (order_id);

CREATE TABLE return_items (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    return_id uuid REFERENCES returns (id) ON DELETE CASCADE,
    order_item_id uuid REFERENCES order_items (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    reason varchar(100) NOT NULL,
    condition varchar(50),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX return_items_return_id_idx ON return_items (return_id);
CREATE INDEX return_items_order_item_id_idx ON return_items (order_item_id);

CREATE TABLE analytics_events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id varchar(255),
    user_id uuid REFERENCES users (id),
    event_type varchar(50) NOT NULL,
    event_data jsonb,
    ip_address inet,
    user_agent text,
    referrer varchar(500),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_analytics_events_type ON analytics_events (event_type);
CREATE INDEX idx_analytics_events_created ON analytics_events (created_at DESC);
CREATE INDEX analytics_events_user_id_idx ON analytics_events (user_id)
    WHERE user_id IS NOT NULL;
