-- No amount is ever captured beyond what was authorised, whoever writes.

-- Only a writer outside the store can have left such rows: what was captured was authorised.
UPDATE payments SET authorised_amount = captured_amount WHERE captured_amount > authorised_amount;

-- What stands there is looked through afterwards, while the shop sells; again after a failure.
ALTER TABLE payments
    DROP CONSTRAINT IF EXISTS payments_captured_amount_check,
    ADD CONSTRAINT payments_captured_amount_check
        CHECK (captured_amount <= authorised_amount) NOT VALID;
