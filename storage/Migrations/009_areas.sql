-- Questions about an area, and whole maps.

-- Which pixels an area covers: once a question, whatever the number of maps.
CREATE OR REPLACE FUNCTION nowcast.area_pixels(area geometry, g nowcast.grid)
RETURNS TABLE (tile_row smallint, tile_col smallint, pixels integer[])
LANGUAGE plpgsql STABLE ROWS 10 SET search_path = nowcast, public, pg_temp AS $$
DECLARE
    side_x double precision := g.pixel_x * g.tile_size;
    side_y double precision := g.pixel_y * g.tile_size;
    first_col integer := greatest(0, floor((ST_XMin(area) - g.origin_x) / side_x));
    last_col integer := least((g.width - 1) / g.tile_size, floor((ST_XMax(area) - g.origin_x) / side_x));
    first_row integer := greatest(0, floor((g.origin_y - ST_YMax(area)) / side_y));
    last_row integer := least((g.height - 1) / g.tile_size, floor((g.origin_y - ST_YMin(area)) / side_y));
    -- Without its projection, which GDAL would look up each time for a millisecond.
    bare geometry := ST_SetSRID(area, 0);
    left_x double precision;
    top_y double precision;
    tile geometry;
    mask raster;
    across integer;
    down integer;
    inside geometry;
    nothing boolean := true;
BEGIN
    FOR r IN first_row .. last_row LOOP
        FOR c IN first_col .. last_col LOOP
            left_x := g.origin_x + c * side_x;
            top_y := g.origin_y - r * side_y;
            tile := ST_MakeEnvelope(left_x, top_y - side_y, left_x + side_x, top_y, g.srid);
            IF area @ tile THEN
                mask := ST_AsRaster(bare, g.pixel_x, -g.pixel_y, g.origin_x, g.origin_y, '8BUI', 1, 0);
            ELSIF ST_Covers(area, tile) THEN
                tile_row := r;
                tile_col := c;
                pixels := NULL;
                nothing := false;
                RETURN NEXT;
                CONTINUE;
            ELSIF ST_Intersects(area, tile) THEN
                -- A little more than the tile, so that the cut itself lies beside its pixels.
                mask := ST_AsRaster(ST_ClipByBox2D(bare, ST_Expand(tile, g.pixel_x, g.pixel_y)),
                                    g.pixel_x, -g.pixel_y, g.origin_x, g.origin_y, '8BUI', 1, 0);
            ELSE
                CONTINUE;
            END IF;
            across := round((ST_UpperLeftX(mask) - left_x) / g.pixel_x) - 1;
            down := round((top_y - ST_UpperLeftY(mask)) / g.pixel_y) - 1;
            pixels := ARRAY(
                SELECT (p.y + down) * g.tile_size + p.x + across + 1 FROM ST_PixelOfValue(mask, 1, 1) AS p
                WHERE p.x + across BETWEEN 0 AND g.tile_size - 1 AND p.y + down BETWEEN 0 AND g.tile_size - 1
                  AND c * g.tile_size + p.x + across < g.width AND r * g.tile_size + p.y + down < g.height);
            CONTINUE WHEN cardinality(pixels) = 0;
            tile_row := r;
            tile_col := c;
            nothing := false;
            RETURN NEXT;
        END LOOP;
    END LOOP;
    IF nothing THEN
        -- Smaller than a pixel, or thin: the pixel in which it lies.
        inside := ST_PointOnSurface(area);
        across := floor((ST_X(inside) - g.origin_x) / g.pixel_x);
        down := floor((g.origin_y - ST_Y(inside)) / g.pixel_y);
        IF across BETWEEN 0 AND g.width - 1 AND down BETWEEN 0 AND g.height - 1 THEN
            tile_row := down / g.tile_size;
            tile_col := across / g.tile_size;
            pixels := ARRAY[(down % g.tile_size) * g.tile_size + across % g.tile_size + 1];
            RETURN NEXT;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION nowcast.area_pixels(geometry, nowcast.grid) IS
'What rain_over adds up: the tiles of a grid that an area (on the grid''s own plane) covers, with the pixels (from 1, row by row) whose centre lies in it; '
'null for all pixels of a tile. An area that holds no centre is given the pixel it lies in.';

CREATE OR REPLACE FUNCTION nowcast.rain_over(area geometry, at timestamptz DEFAULT now())
RETURNS TABLE (valid_time timestamptz, lead_minutes double precision, mean_mm_h double precision, max_mm_h double precision,
               wet_fraction double precision, mean_depth_mm double precision)
LANGUAGE plpgsql STABLE ROWS 24 SET search_path = nowcast, public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    lonlat geometry := CASE ST_SRID(area) WHEN 0 THEN ST_SetSRID(area, 4326) WHEN 4326 THEN area ELSE ST_Transform(area, 4326) END;
    here record;
BEGIN
    IF ST_Dimension(area) IS DISTINCT FROM 2 OR ST_IsEmpty(area) THEN
        RAISE EXCEPTION 'rain_over takes a polygon; for a point ask rain_at(lon, lat)' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT r.run_id, r.issue_time, g, a.shape
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
    WITH tiles AS MATERIALIZED (
        SELECT f.lead_seconds, m.pixels AS mask, f.pixels, f.sum_mm_h, f.max_mm_h, f.wet_pixels, f.rates
        FROM nowcast.area_pixels(here.shape, here.g) AS m
        JOIN nowcast.forecast_tile AS f ON f.tile_row = m.tile_row AND f.tile_col = m.tile_col
        WHERE f.grid_id = (here.g).grid_id AND f.issue_time = here.issue_time AND f.run_id = here.run_id),
    sums AS (
        -- Tiles that count as a whole, or that are dry or unknown as a whole.
        SELECT t.lead_seconds, CASE WHEN t.mask IS NULL OR t.pixels = 0 THEN t.pixels ELSE cardinality(t.mask) END::bigint AS n,
               t.sum_mm_h AS total, t.max_mm_h::double precision AS peak, t.wet_pixels::bigint AS wet
        FROM tiles AS t WHERE t.mask IS NULL OR t.rates IS NULL
        UNION ALL
        SELECT a.lead_seconds, p.n, (p.total + 32767 * p.n) / 100.0::double precision, (p.peak + 32767) / 100.0::double precision, p.wet
        -- || unpacks the array once a map; without it each look-up would.
        FROM (SELECT t.lead_seconds, t.mask, t.rates || '{}'::smallint[] AS rates
              FROM tiles AS t WHERE t.mask IS NOT NULL AND t.rates IS NOT NULL OFFSET 0) AS a
        CROSS JOIN LATERAL (
            SELECT count(v.rate) AS n, sum(v.rate) AS total, max(v.rate) AS peak, count(*) FILTER (WHERE v.rate > 10 - 32767) AS wet
            FROM (SELECT nullif(a.rates[m.pixel], -32768) AS rate FROM (SELECT unnest(a.mask) AS pixel) AS m) AS v) AS p),
    maps AS (
        SELECT s.lead_seconds, sum(s.total) / nullif(sum(s.n), 0)::double precision AS mean, max(s.peak) AS peak,
               sum(s.wet)::double precision / nullif(sum(s.n), 0)::double precision AS wet
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
