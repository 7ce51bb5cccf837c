-- Returns: which units of an order are asked back, what became of them, and what that comes to.

ALTER TABLE order_items
    ADD COLUMN returning_quantity integer NOT NULL DEFAULT 0,
    ADD COLUMN returned_quantity integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT order_items_returned_check CHECK (
        returning_quantity >= 0 AND returned_quantity >= 0
        AND returning_quantity + returned_quantity <= shipped_quantity
    );

ALTER TABLE returns
    ALTER COLUMN order_id SET NOT NULL,
    ADD COLUMN kind text NOT NULL DEFAULT 'return',
    ADD COLUMN rejected_reason text,
    ADD COLUMN refund jsonb,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT returns_refund_check CHECK (refund_amount >= 0 AND return_shipping_cost >= 0);
CREATE INDEX returns_status_idx ON returns (status, id DESC);

ALTER TABLE return_items
    ALTER COLUMN return_id SET NOT NULL,
    ALTER COLUMN order_item_id SET NOT NULL,
    ADD COLUMN position integer NOT NULL DEFAULT 0,
    ADD COLUMN accepted_quantity integer,
    ADD COLUMN refused_reason text,
    ADD CONSTRAINT return_items_accepted_check CHECK (accepted_quantity BETWEEN 0 AND quantity),
    ADD CONSTRAINT return_items_once_key UNIQUE (return_id, order_item_id);
DROP INDEX return_items_return_id_idx;
