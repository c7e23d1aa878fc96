-- A role of PostgreSQL that can read the schema public and do nothing else, for databases whose API keys may only read.
-- Run this as the owner of the database or a superuser, in the database that it is for:
--   psql "$DIRECT_URL" -f deploy/read-only-role.sql
-- then set a password (\password hasten_read in psql), and give Hasten a database of its own for these keys:
--   databases.reports.url: postgresql://hasten_read:...@db.internal:5432/app

CREATE ROLE hasten_read LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- Not a protection, because a session may change it: it makes mistakes fail early.
ALTER ROLE hasten_read SET default_transaction_read_only = on;

GRANT USAGE ON SCHEMA public TO hasten_read;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO hasten_read;
-- Also on tables that the role running this creates later. Repeat it for other roles that create tables.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO hasten_read;

-- What PostgreSQL lets everybody do. Each line is for the whole database: grant it again to the roles that need it.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
DO $$ BEGIN
  EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO hasten_read', current_database());
END $$;

-- Functions whose effects no transaction keeps or undoes: they end or cancel the other connections of the same role, which
-- serve other requests, and lock or signal across sessions.
REVOKE EXECUTE ON FUNCTION pg_terminate_backend(int, bigint), pg_cancel_backend(int) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_notify(text, text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_advisory_lock(bigint), pg_advisory_lock(int, int),
  pg_try_advisory_lock(bigint), pg_try_advisory_lock(int, int) FROM PUBLIC;

-- Large objects, which PostgreSQL before 16 writes in read-only transactions, too.
REVOKE EXECUTE ON FUNCTION lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea),
  lo_unlink(oid), lo_open(oid, int), lowrite(int, bytea), lo_truncate(int, int), lo_truncate64(int, bigint) FROM PUBLIC;
