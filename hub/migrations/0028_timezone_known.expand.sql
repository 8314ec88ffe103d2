-- Whether somebody decided on a user's time zone: the user, or once the browser at the first sign-in.
ALTER TABLE crm_user ADD COLUMN timezone_known boolean NOT NULL DEFAULT false;
UPDATE crm_user SET timezone_known = true WHERE timezone <> 'UTC';
