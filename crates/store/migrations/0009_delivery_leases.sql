-- While somebody makes an attempt, leased_until is the end of the lease; due_at stays, so that taking
-- a delivery changes no index. The first attempt's time is in the payload, which is kept from the
-- first failure on.
ALTER TABLE deliveries ADD COLUMN leased_until BIGINT;
ALTER TABLE deliveries ADD COLUMN first_attempt_at BIGINT;
