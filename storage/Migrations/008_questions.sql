-- Questions about a place. Each is one snapshot: it sees a run as a whole or not at all.

-- Of earlier versions, which gave other columns.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_proc WHERE oid = to_regprocedure('nowcast.place(double precision, double precision, timestamptz)') AND NOT 'strip_pixel' = ANY (proargnames)) THEN
        DROP FUNCTION nowcast.place(double precision, double precision, timestamptz);
    END IF;
    IF EXISTS (SELECT FROM pg_proc WHERE oid = to_regprocedure('nowcast.rain_at(double precision, double precision, timestamptz)') AND NOT 'method' = ANY (proargnames)) THEN
        DROP FUNCTION nowcast.rain_at(double precision, double precision, timestamptz);
        DROP FUNCTION nowcast.depth_at(double precision, double precision, double precision, timestamptz);
        DROP FUNCTION nowcast.rates_at(double precision, double precision, timestamptz);
        DROP FUNCTION nowcast.strip_at(double precision, double precision, timestamptz);
        DROP FUNCTION nowcast.place(double precision, double precision, timestamptz);
    END IF;
END
$$;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_proc WHERE oid = to_regprocedure('nowcast.strip_at(double precision, double precision, timestamptz)') AND NOT 'means' = ANY (proargnames)) THEN
        DROP FUNCTION nowcast.rain_at(double precision, double precision, timestamptz);
        DROP FUNCTION nowcast.rates_at(double precision, double precision, timestamptz);
        DROP FUNCTION nowcast.strip_at(double precision, double precision, timestamptz);
    END IF;
END
$$;
DROP FUNCTION IF EXISTS nowcast.values_at(double precision, double precision, timestamptz);
DROP FUNCTION IF EXISTS nowcast.series_at(double precision, double precision, timestamptz);

-- The questions name the schema of all that they use: setting search_path for each takes longer than finding its run.

-- Where a place lies. In SQL, so that it is folded into the statement that asks.
CREATE OR REPLACE FUNCTION nowcast.place(lon double precision, lat double precision, at timestamptz)
RETURNS TABLE (run_id bigint, grid_id integer, issue_time timestamptz, thresholds real[], lead_seconds integer[],
               tile_row smallint, tile_col smallint, pixel_col integer, pixel_row integer, strip smallint, strip_pixel integer,
               method text)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT r.run_id, g.grid_id, r.issue_time, r.thresholds, r.lead_seconds,
           (i.r / g.tile_size)::smallint, (i.c / g.tile_size)::smallint,
           i.c % g.tile_size + 1, i.r % g.tile_size + 1, (i.r / 8)::smallint, i.r % 8 * g.tile_size + i.c % g.tile_size, r.method
    FROM nowcast.grid AS g
    CROSS JOIN LATERAL (
        SELECT public.ST_Transform(public.ST_SetSRID(public.ST_Point(place.lon, place.lat), 4326), g.srid) AS xy OFFSET 0) AS p
    CROSS JOIN LATERAL (
        -- A grid in degrees may run over the date line: 190 is −170 there.
        SELECT floor((public.ST_X(xy) + CASE WHEN g.is_lonlat AND public.ST_X(xy) < g.origin_x THEN 360
                                             WHEN g.is_lonlat AND public.ST_X(xy) >= g.origin_x + 360 THEN -360 ELSE 0 END
                      - g.origin_x) / g.pixel_x) AS c,
               floor((g.origin_y - public.ST_Y(xy)) / g.pixel_y) AS r OFFSET 0) AS f
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c >= 0 AND c < g.width THEN c::integer END AS c, CASE WHEN f.r >= 0 AND f.r < g.height THEN f.r::integer END AS r OFFSET 0) AS i
    CROSS JOIN LATERAL nowcast.newest_run(g.grid_id, place.at) AS r
    WHERE place.lon BETWEEN g.west AND g.east AND place.lat BETWEEN g.south AND g.north
      AND i.c IS NOT NULL AND i.r IS NOT NULL
    ORDER BY r.issue_time DESC, g.pixel_x * g.pixel_y * CASE WHEN g.is_lonlat THEN 1.2e10 ELSE 1 END, r.run_id DESC
    LIMIT 1
$$;
COMMENT ON FUNCTION nowcast.place(double precision, double precision, timestamptz) IS
'The run that answers for a place at a time, the tile and pixel (from 1) in which the place lies, and its strip and pixel (from 0) there: of the grids that '
'cover it the one with the newest run, then the finest. No row where no grid covers the place or there is no run yet.';

-- In PL/pgSQL, which keeps the plan of its first statement from one question to the next.
CREATE OR REPLACE FUNCTION nowcast.strip_at(lon double precision, lat double precision, at timestamptz)
RETURNS TABLE (issue_time timestamptz, lead_seconds integer[], thresholds real[], pixel integer, pixels integer, rates bytea, means bytea, percent bytea,
               run_id bigint, method text)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
DECLARE
    grid integer;
    strip_row smallint;
    strip_col smallint;
BEGIN
    SELECT p.run_id, p.grid_id, p.issue_time, p.lead_seconds, p.thresholds, p.strip, p.tile_col, p.strip_pixel, p.method
    INTO run_id, grid, issue_time, lead_seconds, thresholds, strip_row, strip_col, pixel, method
    FROM nowcast.place(lon, lat, at) AS p;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- The day's own table: a plan for all days would lock every one of them. || unpacks; without it each look would.
    EXECUTE format('SELECT rates || %L::bytea, coalesce(means, rates) || %L::bytea, percent || %L::bytea FROM nowcast.forecast_strip_%s_%s '
                   'WHERE grid_id = $1 AND issue_time = $2 AND run_id = $3 AND strip = $4 AND tile_col = $5',
                   '', '', '', grid, to_char(issue_time AT TIME ZONE 'UTC', 'YYYYMMDD'))
    INTO rates, means, percent USING grid, issue_time, run_id, strip_row, strip_col;
    IF rates IS NOT NULL THEN
        pixels := length(rates) / cardinality(lead_seconds) / 2;
        RETURN NEXT;
    END IF;
EXCEPTION WHEN undefined_table THEN
    -- The day has just been dropped for its age.
    RETURN;
END
$$;
COMMENT ON FUNCTION nowcast.strip_at(double precision, double precision, timestamptz) IS
'What rain_at and its sisters read: the row of forecast_strip in which a place lies, unpacked. pixel: the place''s pixel in each of its planes, from 0; pixels: how '
'long a plane is. For the i-th lead (from 0) the high byte of the rate is byte 2 i pixels + pixel of rates, the low byte one plane on, and so the mean rate of means; the per cent of the j-th of n '
'thresholds is byte (n i + j) pixels + pixel of percent.';

CREATE OR REPLACE FUNCTION nowcast.rain_at(lon double precision, lat double precision, at timestamptz DEFAULT now())
RETURNS TABLE (valid_time timestamptz, lead_minutes double precision, rain_mm_h real,
               p_0_1 real, p_1 real, p_5 real, p_10 real, run_id bigint, issue_time timestamptz, method text, age interval, expected_mm_h real)
LANGUAGE sql STABLE ROWS 24 AS $$
    SELECT s.issue_time + make_interval(secs => s.lead_seconds[l]), s.lead_seconds[l] / 60.0::double precision,
           nullif(get_byte(s.rates, (2 * l - 2) * s.pixels + s.pixel) * 256 + get_byte(s.rates, (2 * l - 1) * s.pixels + s.pixel), 65535)::real / 100::real,
           nullif(get_byte(s.percent, ((l - 1) * s.levels + s.at_0_1) * s.pixels + s.pixel), 255)::real / 100::real,
           nullif(get_byte(s.percent, ((l - 1) * s.levels + s.at_1) * s.pixels + s.pixel), 255)::real / 100::real,
           nullif(get_byte(s.percent, ((l - 1) * s.levels + s.at_5) * s.pixels + s.pixel), 255)::real / 100::real,
           nullif(get_byte(s.percent, ((l - 1) * s.levels + s.at_10) * s.pixels + s.pixel), 255)::real / 100::real,
           s.run_id, s.issue_time, s.method, CASE WHEN isfinite(rain_at.at) THEN rain_at.at - s.issue_time END,
           nullif(get_byte(s.means, (2 * l - 2) * s.pixels + s.pixel) * 256 + get_byte(s.means, (2 * l - 1) * s.pixels + s.pixel), 65535)::real / 100::real
    FROM (SELECT n.*, cardinality(n.thresholds) AS levels,
                 array_position(n.thresholds, 0.1::real) - 1 AS at_0_1, array_position(n.thresholds, 1::real) - 1 AS at_1,
                 array_position(n.thresholds, 5::real) - 1 AS at_5, array_position(n.thresholds, 10::real) - 1 AS at_10
          FROM nowcast.strip_at(rain_at.lon, rain_at.lat, rain_at.at) AS n OFFSET 0) AS s
    CROSS JOIN LATERAL generate_series(1, cardinality(s.lead_seconds)) AS l
$$;
COMMENT ON FUNCTION nowcast.rain_at(double precision, double precision, timestamptz) IS
'The rain forecast at a place (degrees east, degrees north): one row for each lead of the newest complete and sane run issued at or before '
'the time "at" (now when left out; a time in the past asks what was forecast then). valid_time: when the rain falls. lead_minutes: minutes from the '
'issue time. rain_mm_h: the rain rate as maps show it; null where the radar sees nothing. expected_mm_h: the mean of its distribution, which amounts are made of. p_0_1, p_1, p_5, p_10: the probability, 0 to 1, of more than 0.1, 1, 5 and '
'10 mm/h; null where the run does not give it (exceedance_at gives all). run_id, issue_time, method: the run that answers and its newest scan''s time; '
'age: how old that scan was at "at": say so, or leave the answer out, where it is too old. No row where no grid covers the place or no run is there. '
'Example: SELECT * FROM nowcast.rain_at(153.02, -27.47);';

CREATE OR REPLACE FUNCTION nowcast.exceedance_at(lon double precision, lat double precision, at timestamptz DEFAULT now())
RETURNS TABLE (valid_time timestamptz, lead_minutes double precision, threshold_mm_h real, probability real)
LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT s.issue_time + make_interval(secs => s.lead_seconds[l]), s.lead_seconds[l] / 60.0::double precision, s.thresholds[t],
           nullif(get_byte(s.percent, ((l - 1) * cardinality(s.thresholds) + t - 1) * s.pixels + s.pixel), 255)::real / 100::real
    FROM nowcast.strip_at(exceedance_at.lon, exceedance_at.lat, exceedance_at.at) AS s
    CROSS JOIN LATERAL generate_series(1, cardinality(s.lead_seconds)) AS l
    CROSS JOIN LATERAL generate_series(1, cardinality(s.thresholds)) AS t
$$;
COMMENT ON FUNCTION nowcast.exceedance_at(double precision, double precision, timestamptz) IS
'The probability, 0 to 1, of more than each threshold of the run, for each lead; the place and "at" as in rain_at.';

CREATE OR REPLACE FUNCTION nowcast.rates_at(lon double precision, lat double precision, at timestamptz)
RETURNS TABLE (issue_time timestamptz, lead_seconds integer, rain_mm_h double precision, expected_mm_h double precision, run_id bigint, method text)
LANGUAGE sql STABLE ROWS 24 AS $$
    SELECT s.issue_time, s.lead_seconds[l], nullif(get_byte(s.rates, (2 * l - 2) * s.pixels + s.pixel) * 256 + get_byte(s.rates, (2 * l - 1) * s.pixels + s.pixel), 65535) / 100.0::double precision,
           nullif(get_byte(s.means, (2 * l - 2) * s.pixels + s.pixel) * 256 + get_byte(s.means, (2 * l - 1) * s.pixels + s.pixel), 65535) / 100.0::double precision,
           s.run_id, s.method
    FROM nowcast.strip_at(rates_at.lon, rates_at.lat, rates_at.at) AS s
    CROSS JOIN LATERAL generate_series(1, cardinality(s.lead_seconds)) AS l
$$;
COMMENT ON FUNCTION nowcast.rates_at(double precision, double precision, timestamptz) IS
'The rain rates of rain_at with the lead in seconds: rain_starts looks at those of maps, depth_at adds up the expected ones.';

CREATE OR REPLACE FUNCTION nowcast.rain_starts(
    lon double precision, lat double precision, threshold double precision DEFAULT 0.5, at timestamptz DEFAULT now())
RETURNS double precision LANGUAGE sql STABLE AS $$
    -- A map stands for the step that ends with it, so maps that end before "at" tell nothing about it.
    SELECT (extract(epoch FROM min(v.issue_time + make_interval(secs => v.lead_seconds)) - rain_starts.at) / 60)::double precision
    FROM nowcast.rates_at(rain_starts.lon, rain_starts.lat, rain_starts.at) AS v
    WHERE v.rain_mm_h >= rain_starts.threshold
      AND v.issue_time + make_interval(secs => v.lead_seconds) >= rain_starts.at
$$;
COMMENT ON FUNCTION nowcast.rain_starts(double precision, double precision, double precision, timestamptz) IS
'The minutes from "at" (now when left out) to the first map with at least threshold mm/h (0.5 when left out) at a place; null where no rain of that '
'strength is forecast, or the newest run ends before "at".';

CREATE OR REPLACE FUNCTION nowcast.depth_at(
    lon double precision, lat double precision, minutes double precision DEFAULT 60, at timestamptz DEFAULT now())
RETURNS TABLE (from_time timestamptz, to_time timestamptz, depth_mm double precision, covered_minutes double precision,
               run_id bigint, issue_time timestamptz, method text, age interval)
LANGUAGE sql STABLE ROWS 1 AS $$
    WITH steps AS (
        SELECT v.expected_mm_h, v.run_id, v.issue_time, v.method,
               v.issue_time + make_interval(secs => lag(v.lead_seconds, 1, 0) OVER (ORDER BY v.lead_seconds)) AS starts,
               v.issue_time + make_interval(secs => v.lead_seconds) AS ends
        FROM nowcast.rates_at(depth_at.lon, depth_at.lat, depth_at.at) AS v),
    parts AS (
        SELECT expected_mm_h, run_id, issue_time, method, extract(epoch FROM least(ends, depth_at.at + make_interval(secs => depth_at.minutes * 60))
                                             - greatest(starts, depth_at.at)) / 60 AS part
        FROM steps)
    SELECT depth_at.at, depth_at.at + make_interval(secs => depth_at.minutes * 60),
           sum(expected_mm_h * part / 60) FILTER (WHERE part > 0), coalesce(sum(part) FILTER (WHERE part > 0 AND expected_mm_h IS NOT NULL), 0),
           -- All of one run.
           min(run_id), min(issue_time), min(method), CASE WHEN isfinite(depth_at.at) THEN depth_at.at - min(issue_time) END
    FROM parts
$$;
COMMENT ON FUNCTION nowcast.depth_at(double precision, double precision, double precision, timestamptz) IS
'How many millimetres fall at a place in the next minutes (60 when left out) from "at" (now when left out): each map''s expected rate (the mean of its distribution, which is unbiased) holds for the step that '
'ends with it. covered_minutes: for how many of the minutes the newest run has a value; less than asked where it ends before, and depth_mm is then '
'the depth of those minutes only (null where there are none). run_id, issue_time, method, age: as in rain_at; null where no run answers.';
