-- What an order cost before each change of what is in it, so that every cent can be told.

CREATE TABLE order_quotes (
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    version integer NOT NULL,
    until timestamptz NOT NULL,
    quote jsonb NOT NULL,
    PRIMARY KEY (order_id, version)
);
