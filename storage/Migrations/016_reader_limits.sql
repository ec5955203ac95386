-- What a reader could do besides reading. PostgreSQL lets every role make temporary tables, and lets it take advisory locks (as many as use up the
-- lock table), store large objects and write to the log by functions that are everybody's; and a role may set its own time-outs.
-- Not everything here is for the owner of a database to do; what is left is told by "nowcast db status".

CREATE OR REPLACE FUNCTION nowcast.limit_readers()
RETURNS void LANGUAGE plpgsql SET search_path = nowcast, public, pg_temp AS $$
DECLARE
    what regprocedure;
BEGIN
    IF has_database_privilege('nowcast_reader', current_database(), 'TEMPORARY') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF;
    IF has_schema_privilege('nowcast_reader', 'public', 'CREATE') THEN
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    END IF;
    FOR what IN SELECT function FROM nowcast.functions_not_for_readers() LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', what);
    END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'what readers may do is left as it is: %', SQLERRM;
END
$$;
COMMENT ON FUNCTION nowcast.limit_readers() IS 'Takes from all roles what a reader of forecasts has no use for; what the user may not take stays.';

CREATE OR REPLACE FUNCTION nowcast.functions_not_for_readers()
RETURNS TABLE (function regprocedure) LANGUAGE sql STABLE SET search_path = nowcast, public, pg_temp AS $$
    SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND has_function_privilege('nowcast_reader', p.oid, 'EXECUTE')
      AND (p.proname ~ '^pg_(try_)?advisory_' OR p.proname ~ '^(lo_|loread$|lowrite$)' OR p.proname IN ('pg_logical_emit_message', 'pg_export_snapshot'))
$$;
COMMENT ON FUNCTION nowcast.functions_not_for_readers() IS 'Functions of the server that change something outside of tables and that a reader may call.';

REVOKE ALL ON FUNCTION nowcast.limit_readers, nowcast.functions_not_for_readers FROM PUBLIC;
SELECT nowcast.limit_readers();

DO $$
BEGIN
    -- Whatever readers do, the service finds a connection.
    ALTER ROLE nowcast_reader CONNECTION LIMIT 20;
    -- A reader may set its time-outs to nothing: the service ends what goes on for too long, which a role may that has the other's rights.
    GRANT nowcast_reader TO nowcast_writer;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pg_use_reserved_connections') THEN
        GRANT pg_use_reserved_connections TO nowcast_writer;
    END IF;
EXCEPTION WHEN insufficient_privilege OR internal_error THEN
    RAISE NOTICE 'the limits of nowcast_reader are left as they are: %', SQLERRM;
END
$$;
