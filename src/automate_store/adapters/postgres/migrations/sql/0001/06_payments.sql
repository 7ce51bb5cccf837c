-- Payments; no amount is ever refunded beyond what was captured, whoever writes.

CREATE TABLE payments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id uuid REFERENCES orders (id),
    payment_method varchar(50) NOT NULL,
    payment_intent_id varchar(255),
    amount numeric(19, 4) NOT NULL,
    currency varchar(3) NOT NULL DEFAULT 'USD',
    status payment_status NOT NULL DEFAULT 'pending',
    state text NOT NULL DEFAULT 'pending',
    authorised_amount numeric(19, 4) NOT NULL DEFAULT 0,
    captured_amount numeric(19, 4) NOT NULL DEFAULT 0,
    refunded_amount numeric(19, 4) NOT NULL DEFAULT 0,
    failure text,
    gateway_response jsonb,
    version integer NOT NULL DEFAULT 1,
    processed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_payment_method_payment_intent_id_key
        UNIQUE (payment_method, payment_intent_id),
    CONSTRAINT payments_refunded_amount_check CHECK (
        refunded_amount >= 0 AND refunded_amount <= captured_amount
    )
) WITH (fillfactor = 85);
CREATE INDEX payments_order_id_idx ON payments (order_id);
