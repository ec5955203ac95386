-- Questions about an area, and whole maps.

CREATE OR REPLACE FUNCTION nowcast.rain_over(area geometry, at timestamptz DEFAULT now())
RETURNS TABLE (valid_time timestamptz, lead_minutes double precision, mean_mm_h double precision, max_mm_h double precision,
               wet_fraction double precision, mean_depth_mm double precision)
LANGUAGE plpgsql STABLE ROWS 24 SET search_path = nowcast, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    lonlat geometry := CASE ST_SRID(area) WHEN 0 THEN ST_SetSRID(area, 4326) WHEN 4326 THEN area ELSE ST_Transform(area, 4326) END;
    here record;
BEGIN
    IF ST_Dimension(area) IS DISTINCT FROM 2 OR ST_IsEmpty(area) THEN
        RAISE EXCEPTION 'rain_over takes a polygon; for a point ask rain_at(lon, lat)' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT r.run_id, g.grid_id, r.issue_time, g.srid, a.shape,
           floor((ST_XMin(a.shape) - g.origin_x) / (g.pixel_x * g.tile_size))::integer AS first_col,
           floor((ST_XMax(a.shape) - g.origin_x) / (g.pixel_x * g.tile_size))::integer AS last_col,
           floor((g.origin_y - ST_YMax(a.shape)) / (g.pixel_y * g.tile_size))::integer AS first_row,
           floor((g.origin_y - ST_YMin(a.shape)) / (g.pixel_y * g.tile_size))::integer AS last_row
    INTO here
    FROM nowcast.grid AS g
    CROSS JOIN LATERAL (SELECT ST_Transform(lonlat, g.srid) AS shape,
        ST_MakeEnvelope(g.origin_x, g.origin_y - g.height * g.pixel_y, g.origin_x + g.width * g.pixel_x, g.origin_y, g.srid) AS plane OFFSET 0) AS a
    CROSS JOIN LATERAL nowcast.newest_run(g.grid_id, at) AS r
    WHERE ST_XMax(lonlat) >= g.west AND ST_XMin(lonlat) <= g.east AND ST_YMax(lonlat) >= g.south AND ST_YMin(lonlat) <= g.north
      AND a.shape && a.plane
    ORDER BY a.shape @ a.plane DESC, r.issue_time DESC, g.pixel_x * g.pixel_y * CASE WHEN g.is_lonlat THEN 1.2e10 ELSE 1 END
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH pixels AS (
        SELECT f.lead_seconds, ST_Clip(f.rast, 1, here.shape, true) AS rast
        FROM nowcast.forecast_tile AS f
        WHERE f.grid_id = here.grid_id AND f.issue_time = here.issue_time AND f.run_id = here.run_id
          AND f.tile_row BETWEEN here.first_row AND here.last_row AND f.tile_col BETWEEN here.first_col AND here.last_col
          AND ST_Intersects(ST_Envelope(f.rast), here.shape)
        OFFSET 0),
    stats AS (
        SELECT p.lead_seconds, p.rast, ST_SummaryStats(p.rast, 1, true) AS rain FROM pixels AS p OFFSET 0),
    sums AS (
        -- Rates come in steps of 0.01, so above 0.1 is above 0.105, whatever 0.1 is in binary. Most tiles are dry or wet as a whole.
        SELECT s.lead_seconds, s.rain,
               CASE WHEN coalesce((s.rain).max, 0) < 0.105 THEN 0
                    WHEN (s.rain).min > 0.105 THEN (s.rain).count
                    ELSE (ST_SummaryStats(ST_Reclass(s.rast, 1, '[0-0.105]:0, (0.105-100000):1', '8BUI', 255), 1, true)).sum END AS wet
        FROM stats AS s OFFSET 0),
    maps AS (
        SELECT s.lead_seconds, sum((s.rain).sum) / nullif(sum((s.rain).count), 0) AS mean, max((s.rain).max) AS peak,
               sum(s.wet) / nullif(sum((s.rain).count), 0) AS wet
        FROM sums AS s GROUP BY s.lead_seconds)
    SELECT here.issue_time + make_interval(secs => m.lead_seconds), m.lead_seconds / 60.0::double precision, m.mean, m.peak, m.wet,
           CASE WHEN count(m.mean) OVER w = count(*) OVER w
                THEN sum(m.mean * (m.lead_seconds - m.before) / 3600) OVER w END
    FROM (SELECT maps.*, lag(maps.lead_seconds, 1, 0) OVER (ORDER BY maps.lead_seconds) AS before FROM maps) AS m
    WINDOW w AS (ORDER BY m.lead_seconds)
    ORDER BY m.lead_seconds;
END
$$;
COMMENT ON FUNCTION nowcast.rain_over(geometry, timestamptz) IS
'The rain forecast over an area (a polygon of any SRID; longitude and latitude where it has none): one row for each lead of the newest complete and '
'sane run issued at or before "at" (now when left out), from the pixels whose centre lies in the area and where something can be said. '
'mean_mm_h, max_mm_h: mean and highest rain rate. wet_fraction: the share of pixels above 0.1 mm/h, 0 to 1. mean_depth_mm: the mean depth that falls '
'on the area from the issue time to valid_time; the last row is the total. A grid that holds the whole area is taken before one that holds a part. '
'Example: SELECT * FROM nowcast.rain_over(ST_Buffer(ST_Point(153.02, -27.47)::geography, 12600)::geometry);';

CREATE OR REPLACE FUNCTION nowcast.map_at(grid text, lead_minutes double precision, at timestamptz DEFAULT now())
RETURNS TABLE (issue_time timestamptz, valid_time timestamptz, method text, model_version text, tile_row smallint, tile_col smallint, rast raster)
LANGUAGE sql STABLE AS $$
    SELECT r.issue_time, f.issue_time + make_interval(secs => f.lead_seconds), r.method, r.model_version, f.tile_row, f.tile_col, f.rast
    FROM nowcast.grid AS g
    CROSS JOIN LATERAL nowcast.newest_run(g.grid_id, map_at.at) AS r
    JOIN nowcast.forecast_tile AS f
      ON f.grid_id = g.grid_id AND f.issue_time = r.issue_time AND f.run_id = r.run_id
     AND f.lead_seconds = round(map_at.lead_minutes * 60)::integer
    WHERE g.name = map_at.grid
$$;
COMMENT ON FUNCTION nowcast.map_at(text, double precision, timestamptz) IS
'The tiles of one map: of a grid (its name), at a lead, of the newest complete and sane run issued at or before "at" (now when left out). '
'ST_Union(rast) makes one raster of them.';
