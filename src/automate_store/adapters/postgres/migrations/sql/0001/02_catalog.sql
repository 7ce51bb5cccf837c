-- Categories, brands, products, variants, images. Weights are grams.

CREATE TABLE categories (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(100) NOT NULL,
    slug varchar(100) UNIQUE NOT NULL,
    description text,
    parent_id uuid REFERENCES categories (id),
    image_url varchar(500),
    sort_order integer NOT NULL DEFAULT 0,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX categories_slug_lower_key ON categories (lower(slug));
CREATE INDEX categories_parent_id_idx ON categories (parent_id);

CREATE TABLE brands (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(100) UNIQUE NOT NULL,
    slug varchar(100) UNIQUE NOT NULL,
    logo_url varchar(500),
    description text,
    website varchar(255),
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX brands_slug_lower_key ON brands (lower(slug));

CREATE TABLE products (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(255) NOT NULL,
    slug varchar(255) UNIQUE NOT NULL,
    description text,
    short_description text,
    sku varchar(100) UNIQUE NOT NULL,
    barcode varchar(100),

    currency varchar(3) NOT NULL,
    price numeric(19, 4) NOT NULL,
    compare_price numeric(19, 4),
    cost_price numeric(19, 4),
    minimum_price numeric(19, 4),
    -- Of its variants; whoever saves the product writes them, lists sort and filter by them.
    lowest_price numeric(19, 4) NOT NULL,
    lowest_compare_price numeric(19, 4),
    highest_price numeric(19, 4) NOT NULL,

    track_inventory boolean NOT NULL DEFAULT true,
    inventory_quantity integer NOT NULL DEFAULT 0,
    low_stock_threshold integer NOT NULL DEFAULT 5,
    allow_backorder boolean NOT NULL DEFAULT false,

    weight numeric(8, 2),
    dimensions jsonb,

    category_id uuid REFERENCES categories (id),
    brand_id uuid REFERENCES brands (id),
    tags text[] NOT NULL DEFAULT '{}',
    options jsonb NOT NULL DEFAULT '[]',
    metadata jsonb NOT NULL DEFAULT '{}',
    tax_class text NOT NULL DEFAULT 'standard',

    meta_title varchar(255),
    meta_description text,

    status product_status NOT NULL DEFAULT 'draft',
    featured boolean NOT NULL DEFAULT false,
    requires_shipping boolean NOT NULL DEFAULT true,
    is_digital boolean NOT NULL DEFAULT false,

    version integer NOT NULL DEFAULT 1,
    published_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX products_slug_lower_key ON products (lower(slug));
CREATE UNIQUE INDEX products_sku_lower_key ON products (lower(sku));
CREATE INDEX idx_products_status ON products (status) WHERE status = 'active';
CREATE INDEX idx_products_category ON products (category_id) WHERE status = 'active';
CREATE INDEX idx_products_brand ON products (brand_id) WHERE status = 'active';
-- One per sort of a list; a page begins where the last one ended, in either direction.
CREATE INDEX products_newest_idx ON products (created_at, id) WHERE status = 'active';
CREATE INDEX products_name_idx ON products (lower(name), id) WHERE status = 'active';
CREATE INDEX products_price_idx ON products (lowest_price, id) WHERE status = 'active';
-- The partial indexes above can't serve the foreign keys' own look-ups.
CREATE INDEX products_category_id_idx ON products (category_id);
CREATE INDEX products_brand_id_idx ON products (brand_id);

CREATE TABLE product_images (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    product_id uuid NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    url varchar(500) NOT NULL,
    alt_text varchar(255),
    sort_order integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX product_images_product_id_idx ON product_images (product_id, sort_order, id);

CREATE TABLE product_variants (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    product_id uuid NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    sku varchar(100) UNIQUE NOT NULL,
    name varchar(100) NOT NULL,
    position integer NOT NULL DEFAULT 0,
    price numeric(19, 4),
    compare_price numeric(19, 4),
    cost_price numeric(19, 4),
    minimum_price numeric(19, 4),
    barcode varchar(100),
    weight integer NOT NULL DEFAULT 0,
    image_url varchar(500),
    requires_shipping boolean NOT NULL DEFAULT true,
    is_digital boolean NOT NULL DEFAULT false,
    tax_class text NOT NULL DEFAULT 'standard',
    inventory_quantity integer NOT NULL DEFAULT 0,
    attributes jsonb,
    metadata jsonb NOT NULL DEFAULT '{}',
    archived_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX product_variants_sku_lower_key ON product_variants (lower(sku));
CREATE INDEX product_variants_product_id_idx ON product_variants (product_id, position, id);

CREATE TABLE price_changes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    variant_id uuid NOT NULL REFERENCES product_variants (id) ON DELETE CASCADE,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    old_price numeric(19, 4) NOT NULL,
    new_price numeric(19, 4) NOT NULL,
    currency varchar(3) NOT NULL
);
CREATE INDEX price_changes_variant_id_idx ON price_changes (variant_id, changed_at);
