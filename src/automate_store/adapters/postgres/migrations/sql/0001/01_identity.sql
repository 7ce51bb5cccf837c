-- Types, people and where they live. Ids come from the application (UUIDv7); the
-- default is for rows typed in by hand and works on any PostgreSQL since 13.

CREATE TYPE user_role AS ENUM ('customer', 'admin', 'vendor', 'support');
CREATE TYPE order_status AS ENUM (
    'pending', 'processing', 'shipped', 'delivered', 'cancelled', 'refunded'
);
CREATE TYPE payment_status AS ENUM (
    'pending', 'paid', 'failed', 'refunded', 'partially_refunded'
);
CREATE TYPE product_status AS ENUM ('active', 'draft', 'archived');

CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email varchar(255) UNIQUE NOT NULL,
    password_hash varchar(255) NOT NULL,
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    phone varchar(20),
    date_of_birth date,
    role user_role NOT NULL DEFAULT 'customer',
    email_verified boolean NOT NULL DEFAULT false,
    email_verification_token varchar(255),
    password_reset_token varchar(255),
    password_reset_expires timestamptz,
    last_login timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_users_email ON users (email);
CREATE UNIQUE INDEX users_email_lower_key ON users (lower(email));

CREATE TABLE addresses (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    type varchar(20) NOT NULL DEFAULT 'shipping',
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    company varchar(100),
    address_line_1 varchar(255) NOT NULL,
    address_line_2 varchar(255),
    city varchar(100) NOT NULL,
    state varchar(100) NOT NULL,
    postal_code varchar(20) NOT NULL,
    country varchar(2) NOT NULL DEFAULT 'US',
    phone varchar(20),
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX addresses_user_id_idx ON addresses (user_id);
