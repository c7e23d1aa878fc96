-- Creates a PostgreSQL role that can only read the schema public, for API keys with the scope "read".
-- Run it in the application's database, as the owner of the database or as a superuser:
--   psql "$DIRECT_URL" -f deploy/read-only-role.sql
-- Then set a password (\password hasten_read in psql), and add a database for these keys to Hasten's configuration:
--   databases.reports.url: postgresql://hasten_read:...@db.internal:5432/app

CREATE ROLE hasten_read LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- This is not a protection, because a session can change it. It makes mistakes fail early.
ALTER ROLE hasten_read SET default_transaction_read_only = on;

GRANT USAGE ON SCHEMA public TO hasten_read;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO hasten_read;
-- Includes tables that the current role creates later. Repeat this for other roles that create tables.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO hasten_read;

-- Privileges that PostgreSQL grants to every role. Revoking them affects all roles of this database: grant them to the roles
-- that need them.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
DO $$ BEGIN
  EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO hasten_read', current_database());
END $$;

-- Functions with effects outside of the transaction. They end or cancel other connections of the same role, which serve other
-- requests, or lock and signal across sessions.
REVOKE EXECUTE ON FUNCTION pg_terminate_backend(int, bigint), pg_cancel_backend(int) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_notify(text, text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_advisory_lock(bigint), pg_advisory_lock(int, int),
  pg_try_advisory_lock(bigint), pg_try_advisory_lock(int, int) FROM PUBLIC;

-- Large objects: PostgreSQL before 16 writes them even in read-only transactions.
REVOKE EXECUTE ON FUNCTION lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea),
  lo_unlink(oid), lo_open(oid, int), lowrite(int, bytea), lo_truncate(int, int), lo_truncate64(int, bigint) FROM PUBLIC;
