-- How a payment is asked for, so that asking again asks for the same.

ALTER TABLE payments ADD COLUMN terms jsonb;
-- A payment whose time for parts is over was authorised for what was captured of it.
UPDATE payments SET authorised_amount = captured_amount
WHERE state NOT IN ('authorised', 'captured') AND authorised_amount <> captured_amount;
