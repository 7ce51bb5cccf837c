-- Parcels that never arrived, and how many units were asked back or made good because of that.

ALTER TABLE shipments
    ADD COLUMN lost_at timestamptz,
    ADD CONSTRAINT shipments_ended_check CHECK (delivered_at IS NULL OR lost_at IS NULL);

ALTER TABLE order_items
    ADD COLUMN claimed_quantity integer NOT NULL DEFAULT 0,
    ADD COLUMN lost_quantity integer NOT NULL DEFAULT 0,
    -- When what needs no parcel was the customer's; of older orders nobody kept it.
    ADD COLUMN handed_over_at timestamptz,
    ADD CONSTRAINT order_items_lost_check CHECK (
        claimed_quantity BETWEEN 0 AND returning_quantity
        AND lost_quantity BETWEEN 0 AND returned_quantity
    );

ALTER TABLE return_items
    ADD COLUMN missing_quantity integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT return_items_missing_check CHECK (missing_quantity BETWEEN 0 AND quantity);
