-- Partitions: by grid, then by UTC day. Making one locks out nobody; dropping one is instant.

-- lz4 unpacks several times faster than pglz; a server built without it keeps its default.
DO $$
BEGIN
    ALTER TABLE nowcast.scan_tile ALTER COLUMN rast SET COMPRESSION lz4;
    ALTER TABLE nowcast.forecast_tile ALTER COLUMN rast SET COMPRESSION lz4;
    ALTER TABLE nowcast.forecast_strip ALTER COLUMN rates SET COMPRESSION lz4;
    ALTER TABLE nowcast.forecast_strip ALTER COLUMN means SET COMPRESSION lz4;
    ALTER TABLE nowcast.forecast_strip ALTER COLUMN percent SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    RAISE NOTICE 'this server has no lz4; tiles are compressed with pglz';
END
$$;

-- The partition of a grid; its constraints are what fills raster_columns.
CREATE OR REPLACE FUNCTION nowcast.make_grid_partition(parent text, day_column text, g nowcast.grid)
RETURNS void LANGUAGE plpgsql SET search_path = nowcast, public, pg_temp AS $$
DECLARE
    child text := format('%s_%s', parent, g.grid_id);
    constraints text := '';
BEGIN
    IF to_regclass(format('nowcast.%I', child)) IS NOT NULL THEN
        RETURN;
    END IF;
    IF parent <> 'forecast_strip' THEN
        constraints := format(
        '(CONSTRAINT enforce_srid_rast CHECK (st_srid(rast) = %s),'
        'CONSTRAINT enforce_scalex_rast CHECK (st_scalex(rast) = %L::double precision),'
        'CONSTRAINT enforce_scaley_rast CHECK (st_scaley(rast) = %L::double precision),'
        'CONSTRAINT enforce_width_rast CHECK (st_width(rast) = %s),'
        'CONSTRAINT enforce_height_rast CHECK (st_height(rast) = %s),'
        'CONSTRAINT enforce_same_alignment_rast CHECK (st_samealignment(rast, %L::raster)))',
        g.srid, g.pixel_x, -g.pixel_y, g.tile_size, g.tile_size,
        ST_MakeEmptyRaster(1, 1, g.origin_x, g.origin_y, g.pixel_x, -g.pixel_y, 0, 0, g.srid)::text);
    END IF;
    EXECUTE format('CREATE TABLE nowcast.%I PARTITION OF nowcast.%I %s FOR VALUES IN (%s) PARTITION BY RANGE (%I)', child, parent, constraints, g.grid_id, day_column);
    EXECUTE format('COMMENT ON TABLE nowcast.%I IS %L', child, format('%s of grid %s; partitioned by UTC day.', parent, g.name));
    EXECUTE format('GRANT SELECT ON nowcast.%I TO nowcast_reader, nowcast_writer', child);
END
$$;
COMMENT ON FUNCTION nowcast.make_grid_partition(text, text, nowcast.grid) IS 'The partition of a tile table for one grid; part of define_grid.';

-- GDAL 3.6 writes past the end of its buffers where the bands of a raster differ in type: programs that look are given
-- rasters of one type.
CREATE OR REPLACE FUNCTION nowcast.rate_band(rast raster) RETURNS raster LANGUAGE sql IMMUTABLE AS $$ SELECT public.ST_Band(rast, 1) $$;
COMMENT ON FUNCTION nowcast.rate_band(raster) IS 'The first band of a forecast tile: mm/h, 32BF, nodata -1.';
-- Tiles of earlier versions have no mean: their second band is a probability.
CREATE OR REPLACE FUNCTION nowcast.mean_band(rast raster) RETURNS raster LANGUAGE sql IMMUTABLE AS $$
    SELECT public.ST_Band(rast, CASE WHEN public.ST_BandPixelType(rast, 2) = '32BF' THEN 2 ELSE 1 END)
$$;
COMMENT ON FUNCTION nowcast.mean_band(raster) IS
'The second band of a forecast tile: the mean of the distribution, mm/h, 32BF, nodata -1; the first where a run of an earlier version has no mean.';
CREATE OR REPLACE FUNCTION nowcast.percent_bands(rast raster) RETURNS raster LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN public.ST_NumBands(rast) >= first.band
                THEN public.ST_Band(rast, ARRAY(SELECT generate_series(first.band, public.ST_NumBands(rast)))) END
    FROM (SELECT CASE WHEN public.ST_BandPixelType(rast, 2) = '32BF' THEN 3 ELSE 2 END AS band) AS first
$$;
COMMENT ON FUNCTION nowcast.percent_bands(raster) IS
'The further bands of a forecast tile: per cent, 8BUI, nodata 255, one for each of run.thresholds; null where the run has none.';

CREATE OR REPLACE FUNCTION nowcast.make_grid_views(g nowcast.grid)
RETURNS void LANGUAGE plpgsql SET search_path = nowcast, public, pg_temp AS $$
DECLARE
    col record;
BEGIN
    -- rid: one number for each row, which desktop programs ask for.
    EXECUTE format($view$
        CREATE OR REPLACE VIEW nowcast.%1$I AS
        SELECT (t.tile_row::bigint << 20) + t.tile_col AS rid, t.valid_time, t.tile_row, t.tile_col, t.rast
        FROM nowcast.%2$I AS t
        WHERE t.valid_time = (SELECT max(valid_time) FROM nowcast.scan WHERE grid_id = %3$s)
        $view$, 'latest_scan_' || g.view_name, 'scan_tile_' || g.grid_id, g.grid_id);
    EXECUTE format($view$
        CREATE OR REPLACE VIEW nowcast.%1$I AS
        SELECT (t.lead_seconds::bigint << 40) + (t.tile_row::bigint << 20) + t.tile_col AS rid,
               t.issue_time, t.issue_time + make_interval(secs => t.lead_seconds) AS valid_time,
               t.lead_seconds / 60.0::double precision AS lead_minutes, t.tile_row, t.tile_col,
               nowcast.rate_band(t.rast) AS rast, nowcast.percent_bands(t.rast) AS percent, nowcast.mean_band(t.rast) AS mean
        FROM nowcast.%2$I AS t
        WHERE t.issue_time = (SELECT issue_time FROM nowcast.newest_run(%3$s, 'infinity'))
          AND t.run_id = (SELECT run_id FROM nowcast.newest_run(%3$s, 'infinity'))
        $view$, 'latest_forecast_' || g.view_name, 'forecast_tile_' || g.grid_id, g.grid_id);
    EXECUTE format('COMMENT ON VIEW nowcast.%I IS %L', 'latest_scan_' || g.view_name,
        format('The newest scan of grid %s as rasters: band 1 mm/h. GDAL: PG:"… schema=nowcast table=latest_scan_%s mode=2".', g.name, g.view_name));
    EXECUTE format('COMMENT ON VIEW nowcast.%I IS %L', 'latest_forecast_' || g.view_name,
        format('The newest forecast of grid %s as rasters: rast is mm/h for maps, mean the mean of the distribution, for amounts, the bands of percent the probabilities of exceeding latest_run.thresholds. Choose one lead; GDAL: PG:"… schema=nowcast table=latest_forecast_%s column=rast where=''lead_minutes=30'' mode=2".', g.name, g.view_name));
    FOR col IN SELECT c.relname, a.attname,
                      CASE a.attname WHEN 'rid' THEN 'A number for each row, for desktop programs.' WHEN 'valid_time' THEN 'When the map holds.'
                          WHEN 'issue_time' THEN 'The valid time of the newest scan that went in.' WHEN 'lead_minutes' THEN 'Minutes from the issue time.'
                          WHEN 'tile_row' THEN '0 is the northernmost.' WHEN 'tile_col' THEN '0 is the westernmost.'
                          WHEN 'rast' THEN 'Band 1: mm/h, nodata -1.' WHEN 'mean' THEN 'The mean of the distribution: mm/h, nodata -1.' ELSE 'A band for each threshold: per cent, nodata 255.' END AS meaning
               FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
               WHERE c.relnamespace = 'nowcast'::regnamespace AND c.relname IN ('latest_scan_' || g.view_name, 'latest_forecast_' || g.view_name) LOOP
        EXECUTE format('COMMENT ON COLUMN nowcast.%I.%I IS %L', col.relname, col.attname, col.meaning);
    END LOOP;
    EXECUTE format('GRANT SELECT ON nowcast.%I, nowcast.%I TO nowcast_reader, nowcast_writer',
        'latest_scan_' || g.view_name, 'latest_forecast_' || g.view_name);
END
$$;
COMMENT ON FUNCTION nowcast.make_grid_views(nowcast.grid) IS 'The views latest_scan_<grid> and latest_forecast_<grid>; part of define_grid.';

-- The run that answers for a grid at a time. A set of at most one row, because only sets are folded into the question.
CREATE OR REPLACE FUNCTION nowcast.newest_run(grid integer, at timestamptz)
RETURNS SETOF nowcast.run LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT r.*
    FROM nowcast.run AS r LEFT JOIN nowcast.method_priority AS m USING (method)
    WHERE r.grid_id = newest_run.grid AND r.usable
      AND r.issue_time = (SELECT max(issue_time) FROM nowcast.run
                          WHERE grid_id = newest_run.grid AND usable AND issue_time <= newest_run.at)
    ORDER BY coalesce(m.priority, 2147483647), r.published_at DESC, r.run_id DESC
    LIMIT 1
$$;
COMMENT ON FUNCTION nowcast.newest_run(integer, timestamptz) IS
'The run of a grid that answers questions asked at a time: complete and sane, of the newest issue time not after it, then of the '
'method with the lowest method_priority, then the one published last.';

CREATE OR REPLACE FUNCTION nowcast.define_grid(
    name text, proj text, srtext text, is_lonlat boolean, is_wgs84 boolean, width integer, height integer,
    pixel_x double precision, pixel_y double precision, origin_x double precision, origin_y double precision, tile_size integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = nowcast, public, pg_temp AS $$
DECLARE
    g nowcast.grid;
    number integer;
    box double precision[];
    wanted_view text := lower(replace(define_grid.name, '-', '_'));
BEGIN
    FOR attempt IN 1..2 LOOP
        SELECT * INTO g FROM nowcast.grid WHERE grid.name = define_grid.name;
        IF FOUND THEN
            RETURN g.grid_id;
        END IF;
        -- One at a time; who waited here looks again. A reader can take no lock that keeps this one away.
        LOCK TABLE nowcast.grid IN SHARE ROW EXCLUSIVE MODE;
    END LOOP;
    number := CASE WHEN is_wgs84 THEN 4326 ELSE nowcast.projection_srid(proj, srtext) END;
    box := nowcast.lonlat_box(number, width, height, pixel_x, pixel_y, origin_x, origin_y);
    IF EXISTS (SELECT FROM nowcast.grid WHERE grid.view_name = wanted_view) THEN
        wanted_view := wanted_view || '_' || substr(md5(define_grid.name), 1, 6);
    END IF;
    INSERT INTO nowcast.grid (name, srid, proj, width, height, pixel_x, pixel_y, origin_x, origin_y, is_lonlat, tile_size,
                              west, south, east, north, view_name)
    VALUES (define_grid.name, number, define_grid.proj, define_grid.width, define_grid.height,
            define_grid.pixel_x, define_grid.pixel_y, define_grid.origin_x, define_grid.origin_y,
            define_grid.is_lonlat, define_grid.tile_size, box[1], box[2], box[3], box[4], wanted_view)
    RETURNING * INTO g;
    PERFORM nowcast.make_grid_partition('scan_tile', 'valid_time', g);
    PERFORM nowcast.make_grid_partition('forecast_tile', 'issue_time', g);
    PERFORM nowcast.make_grid_partition('forecast_strip', 'issue_time', g);
    PERFORM nowcast.make_grid_views(g);
    PERFORM nowcast.make_latest_forecast();
    RETURN g.grid_id;
END
$$;
COMMENT ON FUNCTION nowcast.define_grid(text, text, text, boolean, boolean, integer, integer, double precision, double precision, double precision, double precision, integer) IS
'The number of the grid of that name; makes it, its projection, partitions and views where it is new.';

-- Views follow their definition here when this file is run again.
SELECT nowcast.make_grid_views(g) FROM nowcast.grid AS g;

-- Runs from before the strips: their rasters could be turned round, but only slower than the next run comes.
SELECT nowcast.make_grid_partition('forecast_strip', 'issue_time', g) FROM nowcast.grid AS g;
UPDATE nowcast.run AS r SET maps_dropped_at = now()
WHERE maps_dropped_at IS NULL AND NOT EXISTS (
    SELECT FROM nowcast.forecast_strip AS s WHERE s.grid_id = r.grid_id AND s.issue_time = r.issue_time AND s.run_id = r.run_id);

CREATE OR REPLACE FUNCTION nowcast.ensure_days(grid integer, first_time timestamptz, last_time timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = nowcast, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    day date;
    parent text;
    child text;
    made integer := 0;
BEGIN
    FOR day IN SELECT generate_series(first_time::date, last_time::date, interval '1 day')::date LOOP
        FOREACH parent IN ARRAY ARRAY['scan_tile', 'forecast_tile', 'forecast_strip'] LOOP
            child := format('%s_%s_%s', parent, grid, to_char(day, 'YYYYMMDD'));
            CONTINUE WHEN EXISTS (SELECT FROM pg_class WHERE relname = child AND relnamespace = 'nowcast'::regnamespace);
            -- One at a time; who waited here finds it made (to_regclass would answer from what it remembers).
            PERFORM FROM nowcast.grid AS g WHERE g.grid_id = ensure_days.grid FOR NO KEY UPDATE;
            CONTINUE WHEN EXISTS (SELECT FROM pg_class WHERE relname = child AND relnamespace = 'nowcast'::regnamespace);
            -- Made beside and attached: unlike CREATE … PARTITION OF that does not lock readers out of the parent.
            -- Rows are written once and dropped with the table: freeze them at the first vacuum, then leave them be.
            EXECUTE format(
                'CREATE TABLE nowcast.%I (LIKE nowcast.%I INCLUDING ALL) WITH ('
                'autovacuum_freeze_min_age = 0, autovacuum_vacuum_insert_scale_factor = 1.0, autovacuum_analyze_scale_factor = 0.5,'
                'toast.autovacuum_freeze_min_age = 0)', child, parent || '_' || grid);
            -- Statistics about pixels help no plan, and gathering them unpacks every tile.
            EXECUTE format(CASE parent WHEN 'forecast_strip' THEN 'ALTER TABLE nowcast.%I ALTER COLUMN rates SET STATISTICS 0, ALTER COLUMN means SET STATISTICS 0, ALTER COLUMN percent SET STATISTICS 0'
                                       ELSE 'ALTER TABLE nowcast.%I ALTER COLUMN rast SET STATISTICS 0' END, child);
            EXECUTE format('ALTER TABLE nowcast.%I ATTACH PARTITION nowcast.%I FOR VALUES FROM (%L) TO (%L)',
                parent || '_' || grid, child, day::timestamptz, (day + 1)::timestamptz);
            -- Questions name the day themselves: they then lock one table, not one for each day there is.
            EXECUTE format('GRANT SELECT ON nowcast.%I TO nowcast_reader, nowcast_writer', child);
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION nowcast.ensure_days(integer, timestamptz, timestamptz) IS
'Makes the partitions of a grid for every UTC day from the first to the last time; returns how many were missing.';

CREATE OR REPLACE FUNCTION nowcast.ensure_days_ahead(at timestamptz, days integer)
RETURNS integer LANGUAGE sql SET search_path = nowcast, public, pg_temp AS $$
    SELECT coalesce(sum(nowcast.ensure_days(g.grid_id, at, at + make_interval(days => days))), 0)::integer
    FROM nowcast.grid AS g
    -- An archive that was read in once needs no days ahead.
    WHERE EXISTS (SELECT FROM nowcast.scan AS s WHERE s.grid_id = g.grid_id AND s.valid_time BETWEEN at - interval '7 days' AND at + interval '1 day')
$$;
COMMENT ON FUNCTION nowcast.ensure_days_ahead(timestamptz, integer) IS
'Makes the partitions of the UTC days from "at" to some days later, for the grids that had a scan in the week before; returns how many were missing.';

CREATE OR REPLACE FUNCTION nowcast.oldest_day()
RETURNS date LANGUAGE sql STABLE SET search_path = nowcast, public, pg_temp AS $$
    SELECT min(to_date(right(leaf.relname, 8), 'YYYYMMDD'))
    FROM unnest(ARRAY['scan_tile', 'forecast_tile', 'forecast_strip']) AS parent
    CROSS JOIN LATERAL pg_partition_tree(format('nowcast.%I', parent)::regclass) AS p JOIN pg_class AS leaf ON leaf.oid = p.relid
    WHERE p.isleaf AND p.level = 2
$$;
COMMENT ON FUNCTION nowcast.oldest_day() IS 'The first UTC day of which pixels are kept; null where there are none.';

CREATE OR REPLACE FUNCTION nowcast.drop_days_before(day date)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = nowcast, public, pg_temp SET timezone = 'UTC'
SET lock_timeout = '500ms' AS $$
DECLARE
    old record;
    dropped integer := 0;
BEGIN
    -- Scans go as a whole, so that an archive may be read in again; runs stay for their scores and their history.
    DELETE FROM nowcast.scan WHERE valid_time < day::timestamptz;
    UPDATE nowcast.run SET maps_dropped_at = now() WHERE issue_time < day::timestamptz AND maps_dropped_at IS NULL;
    -- Last, because it locks readers of the whole grid out until the end of the transaction.
    FOR old IN
        SELECT leaf.relname
        FROM unnest(ARRAY['scan_tile', 'forecast_tile', 'forecast_strip']) AS parent
        CROSS JOIN LATERAL pg_partition_tree(format('nowcast.%I', parent)::regclass) AS p JOIN pg_class AS leaf ON leaf.oid = p.relid
        WHERE p.isleaf AND p.level = 2
        ORDER BY 1
    LOOP
        CONTINUE WHEN to_date(right(old.relname, 8), 'YYYYMMDD') >= day;
        EXECUTE format('DROP TABLE nowcast.%I', old.relname);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;
COMMENT ON FUNCTION nowcast.drop_days_before(date) IS
'Drops the pixels of scans and runs before a UTC day, whole partitions at a time; returns how many. Scores and runs stay. '
'Gives up after half a second where a long question keeps a day, so that nobody waits behind it; call it again.';
