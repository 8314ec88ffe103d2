-- Filters look for handles in any letters; nearly all are kept in small ones, the others are ids of providers.
CREATE INDEX crm_handle_capitals_trgm ON crm_handle USING gin (lower(value) gin_trgm_ops) WHERE value <> lower(value);
