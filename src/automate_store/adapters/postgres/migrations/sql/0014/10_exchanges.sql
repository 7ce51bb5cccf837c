-- What comes for goods that go back, and what goes back in money where it does not come after all.

ALTER TABLE return_items ADD COLUMN replacement jsonb;

ALTER TABLE returns ADD COLUMN refund_in_money jsonb;
