-- Stock: what is on hand and promised, who holds it, and the ledger.

CREATE TABLE stock_locations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(100) UNIQUE NOT NULL,
    is_default boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX stock_locations_one_default_key ON stock_locations (is_default)
    WHERE is_default;
INSERT INTO stock_locations (id, name, is_default)
VALUES ('00000000-0000-7000-8000-000000000001', 'main', true);

-- The room left in each page, and no index on a quantity, keep every change of stock a
-- heap-only update: the row that all buyers of one article write to must stay cheap.
CREATE TABLE stock_items (
    variant_id uuid NOT NULL REFERENCES product_variants (id) ON DELETE CASCADE,
    location_id uuid NOT NULL REFERENCES stock_locations (id),
    on_hand integer NOT NULL DEFAULT 0,
    reserved integer NOT NULL DEFAULT 0,
    tracked boolean NOT NULL DEFAULT true,
    allow_backorder boolean NOT NULL DEFAULT false,
    backorder_limit integer,
    low_stock_threshold integer NOT NULL DEFAULT 5,
    PRIMARY KEY (variant_id, location_id),
    CONSTRAINT stock_items_reserved_check CHECK (reserved >= 0),
    CONSTRAINT stock_items_backorder_limit_check CHECK (backorder_limit >= 0)
) WITH (fillfactor = 70);
-- Whether much or little is sold out decides how a list of what is in stock is best read.
CREATE STATISTICS stock_items_available ON (on_hand - reserved) FROM stock_items;

-- No foreign keys to the variant and the location: each would lock the row it points at,
-- and every sale would queue at the one default location.
CREATE TABLE reservations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    location_id uuid NOT NULL,
    quantity integer NOT NULL,
    state text NOT NULL DEFAULT 'held',
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reservations_quantity_check CHECK (quantity > 0),
    CONSTRAINT reservations_state_check CHECK (state IN ('held', 'sold', 'released'))
);
CREATE INDEX reservations_order_id_idx ON reservations (order_id);
CREATE INDEX reservations_due_idx ON reservations (expires_at)
    WHERE state = 'held' AND expires_at IS NOT NULL;
CREATE INDEX reservations_held_idx ON reservations (variant_id, location_id)
    WHERE state = 'held';

CREATE TABLE inventory_movements (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    product_id uuid REFERENCES products (id),
    product_variant_id uuid REFERENCES product_variants (id),
    location_id uuid NOT NULL DEFAULT '00000000-0000-7000-8000-000000000001',
    movement_type varchar(20) NOT NULL,
    quantity_change integer NOT NULL,
    quantity_after integer NOT NULL,
    reference_type varchar(20),
    reference_id uuid,
    notes text,
    created_by uuid REFERENCES users (id),
    actor text,
    created_at timestamptz NOT NULL DEFAULT now(),
    entry bigint GENERATED ALWAYS AS IDENTITY
);
-- The chain of one variant in the order it was written: entry settles equal times.
CREATE INDEX inventory_movements_ledger_idx
    ON inventory_movements (product_variant_id, location_id, entry);
CREATE INDEX inventory_movements_reference_idx ON inventory_movements (reference_id)
    WHERE reference_id IS NOT NULL;
