-- What revision 0004 changes about taxes: rates on net and tax, and what they stand behind.

ALTER TABLE tax_rates
    ADD COLUMN compound boolean NOT NULL DEFAULT false,
    ADD COLUMN position smallint NOT NULL DEFAULT 0,
    ADD CONSTRAINT tax_rates_position_check CHECK (position >= 0);
