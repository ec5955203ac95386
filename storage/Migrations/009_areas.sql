-- Questions about an area, and whole maps.

-- Of earlier versions.
DROP FUNCTION IF EXISTS nowcast.area_pixels(geometry, nowcast.grid);
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_proc WHERE oid = to_regprocedure('nowcast.rain_over(public.geometry, timestamptz)') AND NOT 'method' = ANY (proargnames)) THEN
        DROP FUNCTION nowcast.rain_over(geometry, timestamptz);
    END IF;
END
$$;

-- Scan conversion by the parity of the edges that cross the line through a row's centres (Foley et al. 1990, Computer Graphics, section 3.6): a fifth of
-- the time that cutting the area with those lines takes. Sets are made beside each row rather than joined to it, which is cheaper for short ones. In SQL, so
-- that it is folded into the statement that asks.
CREATE OR REPLACE FUNCTION nowcast.area_rows(inside geometry, width integer, height integer, size integer)
RETURNS TABLE (tile_row integer, tile_col integer, grid_row integer, first_col integer, last_col integer)
LANGUAGE sql STABLE ROWS 100 AS $$
    WITH edges AS (
        SELECT path[cardinality(path)] AS n, public.ST_X(geom) AS u, public.ST_Y(geom) AS v,
               lag(public.ST_X(geom)) OVER w AS before_u, lag(public.ST_Y(geom)) OVER w AS before_v
        FROM public.ST_DumpPoints(inside) WITH ORDINALITY AS corner (path, geom, place) WINDOW w AS (ORDER BY place)),
    lines AS (
        SELECT u, v, (before_u - u) / (before_v - v) AS slope,
               generate_series(greatest(0, ceil(least(v, before_v)))::integer, least(height, ceil(greatest(v, before_v)))::integer - 1) AS r
        FROM edges WHERE n > 1 AND before_v <> v),
    sides AS (
        SELECT r, x, lead(x) OVER w AS next_x, row_number() OVER w % 2 = 1 AS enters
        FROM (SELECT r, u + (r - v) * slope AS x FROM lines) AS crossings WINDOW w AS (PARTITION BY r ORDER BY x)),
    spans AS (
        -- A centre on the western edge is in, on the eastern one out: areas side by side share no pixel.
        SELECT r, greatest(0, ceil(x))::integer AS a, least(width, ceil(next_x))::integer - 1 AS z FROM sides WHERE enters)
    SELECT r / size, c, r, greatest(a, c * size), least(z, (c + 1) * size - 1)
    FROM (SELECT r, a, z, generate_series(a / size, z / size) AS c FROM spans WHERE a <= z) AS cut
$$;
COMMENT ON FUNCTION nowcast.area_rows(geometry, integer, integer, integer) IS
'What area_spans is made of: the stretches of columns of each grid row whose centres lie in an area, cut at the edges of tiles. The area is in columns and rows: a '
'pixel''s centre has whole numbers. The integers are width and height of the grid, and the size of its tiles.';

-- Which pixels an area covers: once a question, whatever the number of maps.
-- One plan for all: the server would make one for each question, because it cannot know how short the sets are.
CREATE OR REPLACE FUNCTION nowcast.area_spans(area geometry, g nowcast.grid)
RETURNS TABLE (tile_row smallint, tile_col smallint, grid_row integer, first_col integer, last_col integer)
LANGUAGE plpgsql STABLE ROWS 50 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    width CONSTANT integer := g.width;
    height CONSTANT integer := g.height;
    size CONSTANT integer := g.tile_size;
    inside public.geometry;
BEGIN
    IF public.GeometryType(area) = 'GEOMETRYCOLLECTION' THEN
        -- Its polygons may overlap, which parity would take for holes.
        area := public.ST_UnaryUnion(public.ST_CollectionExtract(area, 3));
    END IF;
    inside := public.ST_Affine(area, 1 / g.pixel_x, 0, 0, -1 / g.pixel_y, -g.origin_x / g.pixel_x - 0.5, g.origin_y / g.pixel_y - 0.5);
    IF least(public.ST_XMax(inside) - public.ST_XMin(inside), public.ST_YMax(inside) - public.ST_YMin(inside)) < size THEN
        -- Too narrow to hold a tile: counting whether it does takes as long again.
        RETURN QUERY
        SELECT s.tile_row::smallint, s.tile_col::smallint, s.grid_row, s.first_col, s.last_col FROM nowcast.area_rows(inside, width, height, size) AS s;
    ELSE
        RETURN QUERY
        SELECT s.tile_row::smallint, s.tile_col::smallint, CASE WHEN NOT whole THEN s.grid_row END, CASE WHEN NOT whole THEN s.first_col END, CASE WHEN NOT whole THEN s.last_col END
        FROM (SELECT rows.*, row_number() OVER tile AS n,
                     sum(last_col - first_col + 1) OVER tile = least(size, width - tile_col * size) * least(size, height - tile_row * size) AS whole
              FROM nowcast.area_rows(inside, width, height, size) AS rows WINDOW tile AS (PARTITION BY tile_row, tile_col)) AS s
        WHERE NOT whole OR n = 1;
    END IF;
    IF NOT FOUND THEN
        -- Smaller than a pixel, or thin: the pixel in which it lies.
        inside := public.ST_PointOnSurface(area);
        first_col := floor((public.ST_X(inside) - g.origin_x) / g.pixel_x);
        last_col := first_col;
        grid_row := floor((g.origin_y - public.ST_Y(inside)) / g.pixel_y);
        IF first_col BETWEEN 0 AND width - 1 AND grid_row BETWEEN 0 AND height - 1 THEN
            tile_row := grid_row / size;
            tile_col := first_col / size;
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
               wet_fraction double precision, mean_depth_mm double precision, run_id bigint, issue_time timestamptz, method text, age interval)
LANGUAGE plpgsql STABLE ROWS 24 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    lonlat public.geometry := CASE public.ST_SRID(area) WHEN 0 THEN public.ST_SetSRID(area, 4326) WHEN 4326 THEN area ELSE public.ST_Transform(area, 4326) END;
    here record;
    part record;
    leads integer[];
    tables text;
    step integer;
    series bytea;
    means bytea;
    known bigint[];
    totals double precision[];
    peaks double precision[];
    wets bigint[];
BEGIN
    IF public.ST_Dimension(area) IS DISTINCT FROM 2 OR public.ST_IsEmpty(area) THEN
        RAISE EXCEPTION 'rain_over takes a polygon; for a point ask rain_at(lon, lat)' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT r.run_id, r.issue_time, r.method, r.lead_seconds, g, g.grid_id, g.tile_size, a.shape
    INTO here
    FROM nowcast.grid AS g
    CROSS JOIN LATERAL (SELECT public.ST_XMin(lonlat) > g.west - 5 AND public.ST_XMax(lonlat) < g.east + 5
        AND public.ST_YMin(lonlat) > g.south - 5 AND public.ST_YMax(lonlat) < g.north + 5 AS near OFFSET 0) AS n
    -- Of an area that reaches far beyond the grid only the part around it: many projections know no other hemisphere, and one corner of it would spoil all.
    CROSS JOIN LATERAL (SELECT public.ST_Transform(CASE WHEN n.near THEN lonlat
            ELSE public.ST_Segmentize(public.ST_ClipByBox2D(lonlat, public.ST_MakeEnvelope(g.west, g.south, g.east, g.north, 4326)::public.box2d), 0.25) END, g.srid) AS shape,
        public.ST_MakeEnvelope(g.origin_x, g.origin_y - g.height * g.pixel_y, g.origin_x + g.width * g.pixel_x, g.origin_y, g.srid) AS plane OFFSET 0) AS a
    CROSS JOIN LATERAL nowcast.newest_run(g.grid_id, at) AS r
    WHERE public.ST_XMax(lonlat) >= g.west AND public.ST_XMin(lonlat) <= g.east AND public.ST_YMax(lonlat) >= g.south AND public.ST_YMin(lonlat) <= g.north
      AND a.shape OPERATOR(public.&&) a.plane
    ORDER BY n.near AND a.shape OPERATOR(public.@) a.plane DESC, r.issue_time DESC, g.pixel_x * g.pixel_y * CASE WHEN g.is_lonlat THEN 1.2e10 ELSE 1 END
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    leads := here.lead_seconds;
    tables := format('%s_%s', here.grid_id, to_char(here.issue_time AT TIME ZONE 'UTC', 'YYYYMMDD'));
    step := 8 * here.tile_size;
    -- The strips one after the other, and where the stretches lie in what they hold of one map: the high bytes.
    WITH spans AS (
        SELECT s.*, s.grid_row / 8 AS strip, dense_rank() OVER (ORDER BY s.grid_row / 8, s.tile_col)::integer - 1 AS n, s.last_col - s.first_col + 1 AS size
        FROM nowcast.area_spans(here.shape, here.g) AS s)
    SELECT array_agg(s.n * 2 * step + (s.grid_row % 8 - s.tile_col) * here.tile_size + s.first_col) FILTER (WHERE s.grid_row IS NOT NULL) AS starts,
           array_agg(s.size) FILTER (WHERE s.grid_row IS NOT NULL) AS sizes,
           coalesce(sum(s.size), 0)::integer AS pixels,
           array_agg(DISTINCT s.strip * 32768 + s.tile_col) FILTER (WHERE s.grid_row IS NOT NULL) AS strips,
           array_agg(s.tile_row) FILTER (WHERE s.grid_row IS NULL) AS whole_rows,
           array_agg(s.tile_col) FILTER (WHERE s.grid_row IS NULL) AS whole_cols
    INTO part FROM spans AS s;
    IF part.strips IS NOT NULL THEN
        EXECUTE format(
            'SELECT string_agg(rates, %L::bytea ORDER BY strip, tile_col), string_agg(coalesce(means, rates), %L::bytea ORDER BY strip, tile_col) FROM nowcast.forecast_strip_%s WHERE grid_id = $1 AND issue_time = $2 AND run_id = $3 '
            'AND strip BETWEEN $4 AND $5 AND strip * 32768 + tile_col = ANY ($6)', '', '', tables)
        INTO series, means USING here.grid_id, here.issue_time, here.run_id, (part.strips[1] / 32768)::smallint, (part.strips[cardinality(part.strips)] / 32768)::smallint, part.strips;
    END IF;
    IF part.whole_rows IS NOT NULL THEN
        EXECUTE format(
            'SELECT array_agg(n ORDER BY lead_seconds), array_agg(total ORDER BY lead_seconds), array_agg(peak ORDER BY lead_seconds), array_agg(wet ORDER BY lead_seconds) '
            'FROM (SELECT f.lead_seconds, sum(f.pixels) AS n, sum(f.sum_mm_h) AS total, max(f.max_mm_h)::double precision AS peak, sum(f.wet_pixels) AS wet '
                  'FROM unnest($4, $5) AS t (tile_row, tile_col) JOIN nowcast.forecast_tile_%s AS f USING (tile_row, tile_col) '
                  'WHERE f.grid_id = $1 AND f.issue_time = $2 AND f.run_id = $3 GROUP BY f.lead_seconds) AS maps', tables)
        INTO known, totals, peaks, wets USING here.grid_id, here.issue_time, here.run_id, part.whole_rows, part.whole_cols;
    END IF;
    RETURN QUERY
    WITH maps AS (
        SELECT leads[l] AS lead, coalesce(known[l], 0) + part.pixels - coalesce(u.unknown, 0) AS n,
               coalesce(totals[l], 0) + (coalesce(e.total, 0) - coalesce(u.unknown, 0) * 65535) / 100.0::double precision AS total,
               greatest(peaks[l], CASE WHEN p.peak = 65535 THEN u.peak ELSE p.peak END / 100.0::double precision) AS peak,
               coalesce(wets[l], 0) + p.wet - coalesce(u.unknown, 0) AS wet, leads[l] - coalesce(leads[l - 1], 0) AS seconds
        -- What the strips hold of one map is cut out first: each pixel then lies at the same place in all of them.
        FROM (SELECT l, (SELECT string_agg(substr(series, n + 1, 2 * step), '') FROM generate_series(2 * step * (l - 1), length(series) - 1, 2 * step * cardinality(leads)) AS n) AS map,
                     (SELECT string_agg(substr(means, n + 1, 2 * step), '') FROM generate_series(2 * step * (l - 1), length(means) - 1, 2 * step * cardinality(leads)) AS n) AS mean
              FROM generate_series(1, cardinality(leads)) AS l OFFSET 0) AS m
        CROSS JOIN LATERAL (
            -- Most stretches of most maps are dry, which is seen at once; each pixel of the others is taken out by itself.
            SELECT coalesce(max(v.rate), 0) AS peak, count(*) FILTER (WHERE v.rate > 10) AS wet
            FROM (SELECT get_byte(m.map, b) * 256 + get_byte(m.map, b + step) AS rate
                  FROM (SELECT generate_series(start, start + size - 1) AS b FROM unnest(part.starts, part.sizes) AS s (start, size)
                        WHERE bit_count(substr(m.map, start + step + 1, size)) > 0 OR bit_count(substr(m.map, start + 1, size)) > 0) AS pixel OFFSET 0) AS v) AS p
        -- Amounts are made of the means; what is unknown is so in both.
        CROSS JOIN LATERAL (
            SELECT sum(v.rate) AS total
            FROM (SELECT get_byte(m.mean, b) * 256 + get_byte(m.mean, b + step) AS rate
                  FROM (SELECT generate_series(start, start + size - 1) AS b FROM unnest(part.starts, part.sizes) AS s (start, size)
                        WHERE bit_count(substr(m.mean, start + step + 1, size)) > 0 OR bit_count(substr(m.mean, start + 1, size)) > 0) AS pixel OFFSET 0) AS v) AS e
        -- Unknown pixels have the highest of all rates: looked for where there are any, not at each pixel.
        LEFT JOIN LATERAL (
            SELECT count(*) FILTER (WHERE v.rate = 65535) AS unknown, max(v.rate) FILTER (WHERE v.rate < 65535) AS peak
            FROM (SELECT get_byte(m.map, b) * 256 + get_byte(m.map, b + step) AS rate
                  FROM (SELECT generate_series(start, start + size - 1) AS b FROM unnest(part.starts, part.sizes) AS s (start, size)) AS pixel OFFSET 0) AS v
            WHERE p.peak = 65535) AS u ON p.peak = 65535)
    SELECT here.issue_time + make_interval(secs => m.lead), m.lead / 60.0::double precision, m.total / nullif(m.n, 0), CASE WHEN m.n > 0 THEN m.peak END,
           m.wet::double precision / nullif(m.n, 0)::double precision,
           CASE WHEN bool_and(m.n > 0) OVER w THEN sum(m.total / nullif(m.n, 0) * m.seconds / 3600) OVER w END,
           here.run_id, here.issue_time, here.method, CASE WHEN isfinite(at) THEN at - here.issue_time END
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
'mean_mm_h: the mean over the area of the expected rate, unbiased. max_mm_h: the highest rate of the map. wet_fraction: the share of pixels above 0.1 mm/h, 0 to 1. mean_depth_mm: the mean depth that falls '
'on the area from the issue time to valid_time; the last row is the total. run_id, issue_time, method, age: the run that answers, as in rain_at. An area within one pixel is given that pixel. A grid that holds the whole area is taken before one that holds a part. '
'Example: SELECT * FROM nowcast.rain_over(ST_Buffer(ST_Point(153.02, -27.47)::geography, 12600)::geometry);';

CREATE OR REPLACE FUNCTION nowcast.map_at(grid text, lead_minutes double precision, at timestamptz DEFAULT now())
RETURNS TABLE (issue_time timestamptz, valid_time timestamptz, method text, model_version text, tile_row smallint, tile_col smallint, rast raster)
LANGUAGE sql STABLE AS $$
    SELECT r.issue_time, f.issue_time + make_interval(secs => f.lead_seconds), r.method, r.model_version, f.tile_row, f.tile_col, f.rast
    FROM nowcast.grid AS g
    CROSS JOIN LATERAL nowcast.newest_run(g.grid_id, map_at.at) AS r
    JOIN nowcast.forecast_tile AS f
      ON f.grid_id = g.grid_id AND f.issue_time = r.issue_time AND f.run_id = r.run_id
     -- Written as the index forecast_tile_lead has it, which leads to the tiles of one map.
     AND f.lead_seconds / 60.0::double precision = round(map_at.lead_minutes * 60) / 60.0::double precision
    WHERE g.name = map_at.grid
$$;
COMMENT ON FUNCTION nowcast.map_at(text, double precision, timestamptz) IS
'The tiles of one map: of a grid (its name), at a lead, of the newest complete and sane run issued at or before "at" (now when left out). '
'ST_Union(rast) makes one raster of them.';
