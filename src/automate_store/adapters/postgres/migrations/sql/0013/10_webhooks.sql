-- What gateways tell of themselves, and what they tell of that asks for somebody's eyes.

CREATE TABLE webhook_events (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    gateway varchar(50) NOT NULL,
    event_id varchar(255) NOT NULL,
    kind text NOT NULL,
    payment_id uuid,
    intent_id varchar(255),
    -- In our words, for it can be heard again; what was sent may hold more than is our business.
    news jsonb,
    happened_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'received',
    attempts integer NOT NULL DEFAULT 0,
    why text,
    processed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT webhook_events_gateway_event_id_key UNIQUE (gateway, event_id)
) WITH (fillfactor = 70);
CREATE INDEX webhook_events_open_idx ON webhook_events (state, id) WHERE state <> 'processed';
CREATE INDEX webhook_events_parked_payment_idx ON webhook_events (payment_id)
    WHERE state = 'parked';
CREATE INDEX webhook_events_parked_intent_idx ON webhook_events (intent_id)
    WHERE state = 'parked';
CREATE INDEX webhook_events_received_at_idx ON webhook_events (received_at);

CREATE TABLE disputes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    payment_id uuid NOT NULL REFERENCES payments (id),
    order_id uuid NOT NULL REFERENCES orders (id),
    gateway varchar(50) NOT NULL,
    gateway_dispute_id varchar(255) NOT NULL,
    amount numeric(19, 4) NOT NULL,
    currency varchar(3) NOT NULL,
    reason text NOT NULL,
    state text NOT NULL DEFAULT 'open',
    version integer NOT NULL DEFAULT 1,
    opened_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT disputes_gateway_gateway_dispute_id_key UNIQUE (gateway, gateway_dispute_id)
);
CREATE INDEX disputes_order_id_idx ON disputes (order_id);
CREATE INDEX disputes_payment_id_idx ON disputes (payment_id);
CREATE INDEX disputes_state_idx ON disputes (state, id);

ALTER TABLE payments ADD COLUMN reported jsonb;
CREATE INDEX payments_open_idx ON payments (payment_method, id)
    WHERE state NOT IN ('captured', 'cancelled', 'parked');
CREATE INDEX payments_parked_idx ON payments (id) WHERE state = 'parked';

-- A refund that was made at the gateway's own desk is known by the gateway's name for it.
ALTER TABLE refunds ADD COLUMN made_there boolean NOT NULL DEFAULT false;
DROP INDEX refunds_open_idx;
CREATE INDEX refunds_open_idx ON refunds (state, id) WHERE state <> 'succeeded';
CREATE UNIQUE INDEX refunds_gateway_refund_id_key ON refunds (payment_id, gateway_refund_id);

-- What should have gone back and did not, since the gateway refused it.
ALTER TABLE orders ADD COLUMN owed_amount numeric(19, 4) NOT NULL DEFAULT 0;
