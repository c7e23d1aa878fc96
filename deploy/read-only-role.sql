-- Creates a PostgreSQL role that can only read the schema public, for API keys with the scope "read".
-- Run it in the application's database, as a superuser or as the owner of the database. You can run it again:
--   psql "$DIRECT_URL" -f deploy/read-only-role.sql
-- Then set a password (\password hasten_read in psql), and add a database for these keys to Hasten's configuration:
--   databases.reports.url: postgresql://hasten_read:...@db.internal:5432/app

DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hasten_read') THEN
    CREATE ROLE hasten_read LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
  END IF;
END $$;

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

-- Includes functions that the current role creates later. Repeat this for other roles that create functions.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Some functions have effects outside of the transaction: they end or cancel other connections of the same role, or lock or
-- signal other sessions. Others write large objects, which PostgreSQL before 16 allows even in read-only transactions. Only a
-- superuser can revoke these; for others, PostgreSQL warns that no privileges could be revoked.
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN
    SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND (
      proname IN ('pg_terminate_backend', 'pg_cancel_backend', 'pg_notify', 'pg_logical_emit_message', 'lowrite')
      OR proname ~ '^pg_(try_)?advisory_(xact_)?lock(_shared)?$'
      OR proname ~ '^lo_(creat|create|export|from_bytea|import|open|put|truncate|truncate64|unlink)$')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;
END $$;
