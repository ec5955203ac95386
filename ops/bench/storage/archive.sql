-- One day of hourly runs, copied from runs that were published.
CREATE OR REPLACE FUNCTION public.bench_fill(first_time timestamptz, sources bigint[]) RETURNS void LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    source nowcast.run;
    copied bigint;
    issued timestamptz;
BEGIN
    FOR hour IN 0 .. 23 LOOP
        issued := first_time + make_interval(hours => hour);
        SELECT * INTO source FROM nowcast.run WHERE run_id = sources[1 + (hour + extract(doy FROM first_time)::integer) % cardinality(sources)];
        IF hour = 0 AND nowcast.ensure_days(source.grid_id, first_time, first_time) > 0 THEN
            -- Quick to fill, and read like any other.
            EXECUTE format('ALTER TABLE nowcast.%I SET UNLOGGED', format('forecast_tile_%s_%s', source.grid_id, to_char(first_time, 'YYYYMMDD')));
            EXECUTE format('ALTER TABLE nowcast.%I SET UNLOGGED', format('forecast_strip_%s_%s', source.grid_id, to_char(first_time, 'YYYYMMDD')));
        END IF;
        INSERT INTO nowcast.run (grid_id, issue_time, method, model_version, model_checksum, lead_seconds, thresholds, members, input_times,
                                 input_quality, published_at, tiles, is_complete, is_sane, checks)
        VALUES (source.grid_id, issued, source.method, source.model_version, source.model_checksum, source.lead_seconds, source.thresholds,
                source.members, source.input_times, source.input_quality, issued, source.tiles, true, source.is_sane, source.checks)
        ON CONFLICT (grid_id, issue_time, model_version, method) DO UPDATE SET maps_dropped_at = NULL
        RETURNING run_id INTO copied;
        INSERT INTO nowcast.forecast_tile (grid_id, issue_time, run_id, tile_row, tile_col, lead_seconds, rast, pixels, wet_pixels, sum_mm_h, max_mm_h)
        SELECT grid_id, issued, copied, tile_row, tile_col, lead_seconds, rast, pixels, wet_pixels, sum_mm_h, max_mm_h
        FROM nowcast.forecast_tile WHERE grid_id = source.grid_id AND issue_time = source.issue_time AND run_id = source.run_id
        ORDER BY tile_row, tile_col, lead_seconds;
        INSERT INTO nowcast.forecast_strip (grid_id, issue_time, run_id, strip, tile_col, rates, percent)
        SELECT grid_id, issued, copied, strip, tile_col, rates, percent
        FROM nowcast.forecast_strip WHERE grid_id = source.grid_id AND issue_time = source.issue_time AND run_id = source.run_id
        ORDER BY strip, tile_col;
    END LOOP;
END
$$;

-- Leaves the runs from the first to the last time, without the last.
CREATE OR REPLACE FUNCTION public.bench_trim(first_time timestamptz, last_time timestamptz) RETURNS void LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    day text;
BEGIN
    FOR day IN SELECT c.relname FROM unnest(ARRAY['forecast_tile', 'forecast_strip']) AS parent
               CROSS JOIN LATERAL pg_partition_tree(format('nowcast.%I', parent)::regclass) AS p JOIN pg_class AS c ON c.oid = p.relid
               WHERE p.isleaf AND p.level = 2 AND (to_date(right(c.relname, 8), 'YYYYMMDD') < first_time::date OR to_date(right(c.relname, 8), 'YYYYMMDD') >= last_time::date)
    LOOP
        EXECUTE format('DROP TABLE nowcast.%I', day);
    END LOOP;
    DELETE FROM nowcast.run WHERE issue_time < first_time OR issue_time >= last_time;
END
$$;
