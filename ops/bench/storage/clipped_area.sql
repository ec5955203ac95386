-- The peer of rain_over: the same numbers from the rasters alone, as the PostGIS manual would have it
-- (https://postgis.net/docs/RT_ST_Clip.html, https://postgis.net/docs/RT_ST_SummaryStats.html).
CREATE OR REPLACE FUNCTION public.clipped_area(area geometry, at timestamptz)
RETURNS TABLE (lead_seconds integer, mean_mm_h double precision, max_mm_h double precision, wet_fraction double precision)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    here record;
BEGIN
    SELECT r.run_id, g.grid_id, r.issue_time, ST_Transform(area, g.srid) AS shape, g.origin_x, g.origin_y, g.pixel_x * g.tile_size AS side
    INTO here FROM nowcast.grid AS g CROSS JOIN LATERAL nowcast.newest_run(g.grid_id, at) AS r LIMIT 1;
    RETURN QUERY
    WITH pixels AS (
        SELECT f.lead_seconds, ST_Clip(f.rast, 1, here.shape, true) AS rast
        FROM nowcast.forecast_tile AS f
        WHERE f.grid_id = here.grid_id AND f.issue_time = here.issue_time AND f.run_id = here.run_id
          AND f.tile_row BETWEEN floor((here.origin_y - ST_YMax(here.shape)) / here.side) AND floor((here.origin_y - ST_YMin(here.shape)) / here.side)
          AND f.tile_col BETWEEN floor((ST_XMin(here.shape) - here.origin_x) / here.side) AND floor((ST_XMax(here.shape) - here.origin_x) / here.side)
          AND ST_Intersects(ST_Envelope(f.rast), here.shape) OFFSET 0),
    stats AS (SELECT p.lead_seconds, p.rast, ST_SummaryStats(p.rast, 1, true) AS rain FROM pixels AS p OFFSET 0),
    sums AS (
        SELECT s.lead_seconds, s.rain,
               CASE WHEN coalesce((s.rain).max, 0) < 0.105 THEN 0 WHEN (s.rain).min > 0.105 THEN (s.rain).count
                    ELSE (ST_SummaryStats(ST_Reclass(s.rast, 1, '[0-0.105]:0, (0.105-100000):1', '8BUI', 255), 1, true)).sum END AS wet
        FROM stats AS s OFFSET 0)
    SELECT s.lead_seconds, sum((s.rain).sum) / nullif(sum((s.rain).count), 0), max((s.rain).max), sum(s.wet) / nullif(sum((s.rain).count), 0)
    FROM sums AS s GROUP BY s.lead_seconds ORDER BY s.lead_seconds;
END
$$;
GRANT EXECUTE ON FUNCTION public.clipped_area TO nowcast_reader;
