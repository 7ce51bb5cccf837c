-- The order in which staff page through what there may be very much of.

CREATE INDEX inventory_movements_entry_idx ON inventory_movements (entry);
CREATE INDEX coupons_listed_idx ON coupons ((lower(code) COLLATE "C"));
