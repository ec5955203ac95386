-- Extensions, schema and roles. Every file here may be run again at any time without harm.

-- In the schema public: a user named like the schema nowcast would otherwise get them in there.
CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public;
CREATE EXTENSION IF NOT EXISTS postgis_raster SCHEMA public;
CREATE SCHEMA IF NOT EXISTS nowcast;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname IN ('postgis', 'postgis_raster') AND extnamespace <> 'public'::regnamespace) THEN
        RAISE EXCEPTION 'PostGIS is in another schema than public in this database; the functions here look for it in public';
    END IF;
END
$$;

COMMENT ON SCHEMA nowcast IS
'Rain forecasts from weather radar. Ask nowcast.rain_at(lon, lat), nowcast.rain_over(area), nowcast.rain_starts(lon, lat) '
'and nowcast.depth_at(lon, lat, minutes); look at the views latest_run, latest_forecast, skill, feed_freshness and '
'job_history. All times are UTC, all rain rates mm/h. \df+ nowcast.* and \d+ nowcast.<name> explain each of them.';

-- Roles belong to the server, not to the database: another database, or another program, may make them at this moment.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['nowcast_writer', 'nowcast_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                -- LOGIN without a password: nobody gets in over TCP until an administrator sets one.
                EXECUTE format('CREATE ROLE %I LOGIN', role_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN
                    RAISE NOTICE 'role % has just been made by another program', role_name;
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'The role % is missing and this user may not make roles.', role_name
                        USING HINT = format('Let an administrator run: CREATE ROLE %I LOGIN;', role_name),
                              ERRCODE = 'insufficient_privilege';
            END;
        END IF;
    END LOOP;
END
$$;

DO $$
BEGIN
    -- A question that takes longer is a mistake, and must not keep an old day from being dropped.
    ALTER ROLE nowcast_reader SET statement_timeout = '30s';
    ALTER ROLE nowcast_reader SET idle_in_transaction_session_timeout = '60s';
    ALTER ROLE nowcast_reader SET default_transaction_read_only = on;
    ALTER ROLE nowcast_reader SET search_path = nowcast, public;
    COMMENT ON ROLE nowcast_reader IS 'Asks for forecasts; can change nothing. Grant it to whoever consumes them.';
    COMMENT ON ROLE nowcast_writer IS 'Stores scans and publishes forecasts; cannot change the schema.';
EXCEPTION WHEN insufficient_privilege OR internal_error THEN
    -- Not the server's administrator, or another program sets the same at this moment: the defaults serve too.
    RAISE NOTICE 'the time-outs of nowcast_reader are left as they are: %', SQLERRM;
END
$$;

GRANT USAGE ON SCHEMA nowcast TO nowcast_reader, nowcast_writer;
