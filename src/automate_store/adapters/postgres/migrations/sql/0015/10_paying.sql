-- What staff have a gateway do with what was authorised, until it is known what came of it.

ALTER TABLE payments ADD COLUMN instruction jsonb;

-- Who an account is to a gateway, and the ways to pay that the gateway keeps for it: the
-- gateway's tokens, and what people know them by. No card number is ever here.

CREATE TABLE gateway_customers (
    user_id uuid NOT NULL REFERENCES users (id),
    gateway varchar(50) NOT NULL,
    customer varchar(255) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, gateway),
    CONSTRAINT gateway_customers_gateway_customer_key UNIQUE (gateway, customer)
);

CREATE TABLE payment_methods (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id),
    gateway varchar(50) NOT NULL,
    token varchar(255) NOT NULL,
    brand varchar(50) NOT NULL,
    last_four varchar(4),
    expires_month smallint,
    expires_year smallint,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Until the gateway has forgotten it too.
    removed_at timestamptz,
    CONSTRAINT payment_methods_gateway_token_key UNIQUE (gateway, token)
);
CREATE INDEX payment_methods_user_id_idx ON payment_methods (user_id, id);
