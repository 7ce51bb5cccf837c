-- Products of vendors, and lists that staff read: drafts and archived ones too, newest first.

ALTER TABLE products ADD COLUMN vendor_id uuid REFERENCES users (id) ON DELETE SET NULL;
CREATE INDEX products_vendor_id_idx ON products (vendor_id, id) WHERE vendor_id IS NOT NULL;
CREATE INDEX products_status_id_idx ON products (status, id);
