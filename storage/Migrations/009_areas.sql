-- Questions about an area, and whole maps.

-- Of earlier versions.
DROP FUNCTION IF EXISTS nowcast.area_pixels(geometry, nowcast.grid);

-- Which pixels an area covers: once a question, whatever the number of maps. Scan conversion by the parity of the edges
-- that cross the line through a row's centres (Foley et al. 1990, Computer Graphics, section 3.6): a fifth of the time that
-- cutting the area with those lines takes.
CREATE OR REPLACE FUNCTION nowcast.area_spans(area geometry, g nowcast.grid)
RETURNS TABLE (tile_row smallint, tile_col smallint, grid_row integer, first_col integer, last_col integer)
LANGUAGE plpgsql STABLE ROWS 50 SET search_path = nowcast, public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    inside geometry;
BEGIN
    IF GeometryType(area) = 'GEOMETRYCOLLECTION' THEN
        -- Its polygons may overlap, which parity would take for holes.
        area := ST_UnaryUnion(ST_CollectionExtract(area, 3));
    END IF;
    RETURN QUERY
    WITH corners AS (
        -- In columns and rows; a pixel's centre has whole numbers.
        SELECT path[1:cardinality(path) - 1] AS ring, path[cardinality(path)] AS n,
               (ST_X(geom) - g.origin_x) / g.pixel_x - 0.5 AS u, (g.origin_y - ST_Y(geom)) / g.pixel_y - 0.5 AS v
        FROM ST_DumpPoints(area)),
    edges AS (
        SELECT u, v, lag(u) OVER w AS before_u, lag(v) OVER w AS before_v FROM corners WINDOW w AS (PARTITION BY ring ORDER BY n)),
    crossings AS (
        SELECT r, u + (r - v) * (before_u - u) / (before_v - v) AS u
        FROM edges CROSS JOIN LATERAL generate_series(
            greatest(0, ceil(least(v, before_v)))::integer, least(g.height, ceil(greatest(v, before_v)))::integer - 1) AS r
        WHERE before_v <> v),
    sides AS (
        SELECT r, u, lead(u) OVER w AS next_u, row_number() OVER w % 2 = 1 AS enters FROM crossings WINDOW w AS (PARTITION BY r ORDER BY u)),
    spans AS (
        -- A centre on the western edge is in, on the eastern one out: areas side by side share no pixel.
        SELECT r, greatest(0, ceil(u))::integer AS a, least(g.width, ceil(next_u))::integer - 1 AS z FROM sides WHERE enters),
    pieces AS (
        SELECT (r / g.tile_size)::smallint AS tr, c::smallint AS tc, r, greatest(a, c * g.tile_size) AS a, least(z, (c + 1) * g.tile_size - 1) AS z
        FROM spans CROSS JOIN LATERAL generate_series(a / g.tile_size, z / g.tile_size) AS c WHERE a <= z),
    counted AS (
        SELECT pieces.*, sum(z - a + 1) OVER (PARTITION BY tr, tc) =
               least(g.tile_size, g.width - tc * g.tile_size) * least(g.tile_size, g.height - tr * g.tile_size) AS whole
        FROM pieces)
    SELECT tr, tc, r, a, z FROM counted WHERE NOT whole
    UNION ALL
    SELECT DISTINCT tr, tc, NULL::integer, NULL::integer, NULL::integer FROM counted WHERE whole;
    IF NOT FOUND THEN
        -- Smaller than a pixel, or thin: the pixel in which it lies.
        inside := ST_PointOnSurface(area);
        first_col := floor((ST_X(inside) - g.origin_x) / g.pixel_x);
        last_col := first_col;
        grid_row := floor((g.origin_y - ST_Y(inside)) / g.pixel_y);
        IF first_col BETWEEN 0 AND g.width - 1 AND grid_row BETWEEN 0 AND g.height - 1 THEN
            tile_row := grid_row / g.tile_size;
            tile_col := first_col / g.tile_size;
            RETURN NEXT;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION nowcast.area_spans(geometry, nowcast.grid) IS
'What rain_over adds up: which pixels of a grid have their centre in an area (on the grid''s own plane): the stretches of columns of each grid row, cut at the '
'edges of tiles; one row without stretch for a tile that lies wholly within. An area that holds no centre is given the pixel it lies in.';

CREATE OR REPLACE FUNCTION nowcast.rain_over(area geometry, at timestamptz DEFAULT now())
RETURNS TABLE (valid_time timestamptz, lead_minutes double precision, mean_mm_h double precision, max_mm_h double precision,
               wet_fraction double precision, mean_depth_mm double precision)
LANGUAGE plpgsql STABLE ROWS 24 SET search_path = nowcast, public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    lonlat geometry := CASE ST_SRID(area) WHEN 0 THEN ST_SetSRID(area, 4326) WHEN 4326 THEN area ELSE ST_Transform(area, 4326) END;
    here record;
    part record;
    tables text;
    step integer;
    series bytea;
    known bigint[];
    totals double precision[];
    peaks double precision[];
    wets bigint[];
BEGIN
    IF ST_Dimension(area) IS DISTINCT FROM 2 OR ST_IsEmpty(area) THEN
        RAISE EXCEPTION 'rain_over takes a polygon; for a point ask rain_at(lon, lat)' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT r.run_id, r.issue_time, r.lead_seconds, g, a.shape
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
    tables := format('%s_%s', (here.g).grid_id, to_char(here.issue_time AT TIME ZONE 'UTC', 'YYYYMMDD'));
    step := 8 * (here.g).tile_size;
    -- The strips one after the other, and where in them the pixels lie: the high bytes of the first map.
    WITH spans AS MATERIALIZED (
        SELECT s.*, s.grid_row / 8 AS strip, dense_rank() OVER (ORDER BY s.grid_row / 8, s.tile_col) - 1 AS n FROM nowcast.area_spans(here.shape, here.g) AS s)
    SELECT (SELECT array_agg(p) FROM (
                SELECT s.n::integer * 2 * step * cardinality(here.lead_seconds) + (s.grid_row % 8 - s.tile_col) * (here.g).tile_size AS start, s.first_col, s.last_col
                FROM spans AS s WHERE s.grid_row IS NOT NULL) AS s CROSS JOIN LATERAL generate_series(s.start + s.first_col, s.start + s.last_col) AS p) AS pixels,
           array_agg(DISTINCT s.strip * 32768 + s.tile_col) FILTER (WHERE s.grid_row IS NOT NULL) AS strips,
           array_agg(s.tile_row) FILTER (WHERE s.grid_row IS NULL) AS whole_rows,
           array_agg(s.tile_col) FILTER (WHERE s.grid_row IS NULL) AS whole_cols
    INTO part FROM spans AS s;
    IF part.strips IS NOT NULL THEN
        EXECUTE format(
            'SELECT string_agg(s.rates, %L::bytea ORDER BY k.n) FROM unnest($4) WITH ORDINALITY AS k (strip, n) JOIN nowcast.forecast_strip_%s AS s '
            'ON s.grid_id = $1 AND s.issue_time = $2 AND s.run_id = $3 AND s.strip = k.strip / 32768 AND s.tile_col = k.strip %% 32768', '', tables)
        INTO series USING (here.g).grid_id, here.issue_time, here.run_id, part.strips;
    END IF;
    IF part.whole_rows IS NOT NULL THEN
        EXECUTE format(
            'SELECT array_agg(n ORDER BY lead_seconds), array_agg(total ORDER BY lead_seconds), array_agg(peak ORDER BY lead_seconds), array_agg(wet ORDER BY lead_seconds) '
            'FROM (SELECT f.lead_seconds, sum(f.pixels) AS n, sum(f.sum_mm_h) AS total, max(f.max_mm_h)::double precision AS peak, sum(f.wet_pixels) AS wet '
                  'FROM unnest($4, $5) AS t (tile_row, tile_col) JOIN nowcast.forecast_tile_%s AS f USING (tile_row, tile_col) '
                  'WHERE f.grid_id = $1 AND f.issue_time = $2 AND f.run_id = $3 GROUP BY f.lead_seconds) AS maps', tables)
        INTO known, totals, peaks, wets USING (here.g).grid_id, here.issue_time, here.run_id, part.whole_rows, part.whole_cols;
    END IF;
    RETURN QUERY
    WITH maps AS (
        SELECT here.lead_seconds[l] AS lead, coalesce(known[l], 0) + p.n AS n, coalesce(totals[l], 0) + coalesce(p.total, 0) / 100.0::double precision AS total,
               greatest(peaks[l], p.peak / 100.0::double precision) AS peak, coalesce(wets[l], 0) + p.wet AS wet,
               here.lead_seconds[l] - coalesce(here.lead_seconds[l - 1], 0) AS seconds
        FROM generate_series(1, cardinality(here.lead_seconds)) AS l
        CROSS JOIN LATERAL (
            SELECT count(*) AS n, sum(v.rate) AS total, max(v.rate) AS peak, count(*) FILTER (WHERE v.rate > 10) AS wet
            FROM (SELECT get_byte(series, b) * 256 + get_byte(series, b + step) AS rate
                  FROM (SELECT unnest(part.pixels) + (l - 1) * 2 * step AS b) AS pixel OFFSET 0) AS v
            WHERE v.rate < 65535) AS p)
    SELECT here.issue_time + make_interval(secs => m.lead), m.lead / 60.0::double precision, m.total / nullif(m.n, 0), CASE WHEN m.n > 0 THEN m.peak END,
           m.wet::double precision / nullif(m.n, 0)::double precision,
           CASE WHEN bool_and(m.n > 0) OVER w THEN sum(m.total / nullif(m.n, 0) * m.seconds / 3600) OVER w END
    FROM maps AS m
    WINDOW w AS (ORDER BY m.lead)
    ORDER BY m.lead;
EXCEPTION WHEN undefined_table THEN
    -- The day has just been dropped for its age.
    RETURN;
END
$$;
COMMENT ON FUNCTION nowcast.rain_over(geometry, timestamptz) IS
'The rain forecast over an area (a polygon of any SRID; longitude and latitude where it has none): one row for each lead of the newest complete and '
'sane run issued at or before "at" (now when left out), from the pixels whose centre lies in the area and where something can be said. '
'mean_mm_h, max_mm_h: mean and highest rain rate. wet_fraction: the share of pixels above 0.1 mm/h, 0 to 1. mean_depth_mm: the mean depth that falls '
'on the area from the issue time to valid_time; the last row is the total. An area within one pixel is given that pixel. A grid that holds the whole area is taken before one that holds a part. '
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
