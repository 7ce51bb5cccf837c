-- Money that goes back, and what an order is worth once some of it was called off or credited.

ALTER TABLE orders ADD COLUMN credited_amount numeric(19, 4) NOT NULL DEFAULT 0;

CREATE TABLE refunds (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    payment_id uuid NOT NULL REFERENCES payments (id),
    order_id uuid NOT NULL REFERENCES orders (id),
    return_id uuid REFERENCES returns (id),
    amount numeric(19, 4) NOT NULL CHECK (amount > 0),
    currency varchar(3) NOT NULL,
    reason text NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    gateway_refund_id varchar(255),
    failure text,
    actor text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 85);
CREATE INDEX refunds_order_id_idx ON refunds (order_id, created_at, id);
CREATE INDEX refunds_payment_id_idx ON refunds (payment_id);
CREATE INDEX refunds_return_id_idx ON refunds (return_id);
CREATE INDEX refunds_open_idx ON refunds (created_at) WHERE state <> 'succeeded';
