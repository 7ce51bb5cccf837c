-- An edit that waits beside its order to be paid for, and the attempts to pay for it.

ALTER TABLE orders
    ADD COLUMN staged_edit jsonb,
    ADD COLUMN staged_until timestamptz,
    ADD CONSTRAINT orders_staged_check CHECK ((staged_edit IS NULL) = (staged_until IS NULL));

ALTER TABLE payments ADD COLUMN edit_id uuid;
