-- Views for people and programs that look rather than ask.

CREATE OR REPLACE VIEW nowcast.latest_run AS
SELECT g.name AS grid, r.run_id, r.issue_time, r.method, r.model_version, r.model_checksum, r.published_at,
       now() - r.issue_time AS age, r.lead_seconds[cardinality(r.lead_seconds)] / 60.0::double precision AS longest_lead_minutes,
       cardinality(r.lead_seconds) AS leads, r.thresholds, r.members, r.input_times, r.input_quality, r.checks
FROM nowcast.grid AS g CROSS JOIN LATERAL nowcast.newest_run(g.grid_id, 'infinity') AS r;
COMMENT ON VIEW nowcast.latest_run IS 'For each grid the run that answers questions now: the newest complete and sane one.';

-- One branch for each grid: a question that names the grid leaves the others out before it begins, and the run of each is looked up once, so that
-- the tiles of one lead are found by their index. A join with the grids would have the planner read all tiles that are kept.
CREATE OR REPLACE FUNCTION nowcast.make_latest_forecast()
RETURNS void LANGUAGE plpgsql SET search_path = nowcast, public, pg_temp AS $$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW nowcast.latest_forecast AS '
        'SELECT NULL::text AS grid, run_id, issue_time, issue_time AS valid_time, NULL::double precision AS lead_minutes, NULL::text AS method, NULL::text AS model_version, '
        'tile_row, tile_col, rast, rast AS percent, rast AS mean FROM nowcast.forecast_tile WHERE false' || coalesce((
        SELECT string_agg(format($branch$
            UNION ALL
            SELECT %L::text, t.run_id, t.issue_time, t.issue_time + make_interval(secs => t.lead_seconds), t.lead_seconds / 60.0::double precision,
                   (SELECT method FROM nowcast.newest_run(%2$s, 'infinity')), (SELECT model_version FROM nowcast.newest_run(%2$s, 'infinity')),
                   t.tile_row, t.tile_col, nowcast.rate_band(t.rast), nowcast.percent_bands(t.rast), nowcast.mean_band(t.rast)
            FROM nowcast.%3$I AS t
            WHERE t.issue_time = (SELECT issue_time FROM nowcast.newest_run(%2$s, 'infinity'))
              AND t.run_id = (SELECT run_id FROM nowcast.newest_run(%2$s, 'infinity'))
            $branch$, g.name, g.grid_id, 'forecast_tile_' || g.grid_id), '' ORDER BY g.grid_id) FROM nowcast.grid AS g), '');
END
$$;
COMMENT ON FUNCTION nowcast.make_latest_forecast() IS 'The view latest_forecast with a branch for each grid; part of define_grid.';
SELECT nowcast.make_latest_forecast();
COMMENT ON VIEW nowcast.latest_forecast IS
'The tiles of the newest run of every grid: rast is mm/h for maps, mean the mean of the distribution, for amounts, the bands of percent the probabilities of exceeding latest_run.thresholds. The projections differ from grid to grid, so QGIS and GDAL take latest_forecast_<grid> instead.';

-- What is summed up by day already, and the runs that still stand apart.
CREATE OR REPLACE VIEW nowcast.daily_lead AS
SELECT grid_id, method, model_version, day, lead_seconds, pixels, sum_forecast, sum_observed, sum_absolute_error, sum_squared_error,
       sum_forecast_squared, sum_observed_squared, sum_product, crps_pixels, sum_crps
FROM nowcast.verification_lead_day
UNION ALL
SELECT r.grid_id, r.method, r.model_version, (r.issue_time AT TIME ZONE 'UTC')::date, l.lead_seconds, l.pixels, l.sum_forecast, l.sum_observed,
       l.sum_absolute_error, l.sum_squared_error, l.sum_forecast_squared, l.sum_observed_squared, l.sum_product, l.crps_pixels, l.sum_crps
FROM nowcast.run AS r JOIN nowcast.verification_lead AS l USING (run_id) WHERE r.scores_summed_at IS NULL;
COMMENT ON VIEW nowcast.daily_lead IS 'verification_lead of all runs; those of older days as the sums of their day. Several rows a group: sum them, then divide.';

CREATE OR REPLACE VIEW nowcast.daily_threshold AS
SELECT grid_id, method, model_version, day, lead_seconds, threshold, maps, hits, misses, false_alarms, correct_negatives, brier_pixels, sum_brier,
       reliability_pixels, reliability_forecast, reliability_observed
FROM nowcast.verification_threshold_day
UNION ALL
SELECT r.grid_id, r.method, r.model_version, (r.issue_time AT TIME ZONE 'UTC')::date, t.lead_seconds, t.threshold, 1, t.hits, t.misses, t.false_alarms,
       t.correct_negatives, t.brier_pixels, t.sum_brier, t.reliability_pixels, t.reliability_forecast, t.reliability_observed
FROM nowcast.run AS r JOIN nowcast.verification_threshold AS t USING (run_id) WHERE r.scores_summed_at IS NULL;
COMMENT ON VIEW nowcast.daily_threshold IS 'verification_threshold of all runs; those of older days as the sums of their day. Several rows a group: sum them, then divide.';

CREATE OR REPLACE VIEW nowcast.daily_fss AS
SELECT grid_id, method, model_version, day, lead_seconds, threshold, scale_km, maps, squared_difference, squared_reference
FROM nowcast.verification_fss_day
UNION ALL
SELECT r.grid_id, r.method, r.model_version, (r.issue_time AT TIME ZONE 'UTC')::date, f.lead_seconds, f.threshold, f.scale_km, 1,
       f.squared_difference, f.squared_reference
FROM nowcast.run AS r JOIN nowcast.verification_fss AS f USING (run_id) WHERE r.scores_summed_at IS NULL;
COMMENT ON VIEW nowcast.daily_fss IS 'verification_fss of all runs; those of older days as the sums of their day. Several rows a group: sum them, then divide.';

CREATE OR REPLACE VIEW nowcast.skill_fss AS
SELECT g.name AS grid, f.method, f.model_version, f.day, f.lead_seconds / 60.0::double precision AS lead_minutes, f.threshold, f.scale_km,
       sum(f.maps)::bigint AS maps, 1 - sum(f.squared_difference) / nullif(sum(f.squared_reference), 0) AS fss
FROM nowcast.daily_fss AS f JOIN nowcast.grid AS g USING (grid_id)
GROUP BY g.name, f.method, f.model_version, f.day, f.lead_seconds, f.threshold, f.scale_km;
COMMENT ON VIEW nowcast.skill_fss IS 'Fractions skill score by grid, method, model, UTC day of issue, lead, threshold (mm/h) and neighbourhood (km): sums first, then one division.';

CREATE OR REPLACE VIEW nowcast.skill AS
WITH leads AS (
    SELECT l.grid_id, l.method, l.model_version, l.day, l.lead_seconds,
           sum(l.pixels)::double precision AS n, sum(l.sum_forecast) AS f, sum(l.sum_observed) AS o, sum(l.sum_absolute_error) AS ae,
           sum(l.sum_squared_error) AS se, sum(l.sum_forecast_squared) AS ff, sum(l.sum_observed_squared) AS oo, sum(l.sum_product) AS fo,
           sum(l.sum_crps) / nullif(sum(l.crps_pixels), 0) AS crps
    FROM nowcast.daily_lead AS l GROUP BY 1, 2, 3, 4, 5),
fss_scales AS (
    SELECT f.grid_id, f.method, f.model_version, f.day, f.lead_seconds, f.threshold, f.scale_km,
           1 - sum(f.squared_difference) / nullif(sum(f.squared_reference), 0) AS fss
    FROM nowcast.daily_fss AS f GROUP BY 1, 2, 3, 4, 5, 6, 7),
-- One neighbourhood for the table: the one nearest to 10 km, the finer of two; skill_fss has all of them.
fss AS (
    SELECT DISTINCT ON (grid_id, method, model_version, day, lead_seconds, threshold) *
    FROM fss_scales ORDER BY grid_id, method, model_version, day, lead_seconds, threshold, abs(scale_km - 10), scale_km),
-- Put under each other rather than joined: of a second join on so many columns the planner expects one row, and repeats the sums for each.
counts AS (
    SELECT grid_id, method, model_version, day, lead_seconds, threshold, sum(maps)::bigint AS maps, sum(h)::double precision AS h, sum(m)::double precision AS m,
           sum(a)::double precision AS a, sum(c)::double precision AS c, sum(b) / nullif(sum(n), 0) AS brier, max(fss) AS fss, max(scale_km) AS scale_km
    FROM (SELECT grid_id, method, model_version, day, lead_seconds, threshold, maps, hits AS h, misses AS m, false_alarms AS a, correct_negatives AS c,
                 sum_brier AS b, brier_pixels AS n, NULL::double precision AS fss, NULL::double precision AS scale_km
          FROM nowcast.daily_threshold
          UNION ALL
          SELECT grid_id, method, model_version, day, lead_seconds, threshold, 0, 0, 0, 0, 0, 0, 0, fss, scale_km FROM fss) AS parts
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(maps) > 0)
SELECT g.name AS grid, c.method, c.model_version, c.day, c.lead_seconds / 60.0::double precision AS lead_minutes, c.threshold, c.maps,
       c.h / nullif(c.h + c.m + c.a, 0) AS csi, c.h / nullif(c.h + c.m, 0) AS pod, c.a / nullif(c.h + c.a, 0) AS far,
       (c.h + c.a) / nullif(c.h + c.m, 0) AS bias, c.fss, c.scale_km AS fss_scale_km, c.brier, l.crps,
       l.ae / nullif(l.n, 0) AS mae, sqrt(l.se / nullif(l.n, 0)) AS rmse, (l.f - l.o) / nullif(l.n, 0) AS mean_error,
       -- Rounding can push the product of variances of a constant field below zero.
       (l.n * l.fo - l.f * l.o) / nullif(sqrt(greatest(0, (l.n * l.ff - l.f * l.f) * (l.n * l.oo - l.o * l.o))), 0) AS correlation,
       c.h::bigint AS hits, c.m::bigint AS misses, c.a::bigint AS false_alarms, c.c::bigint AS correct_negatives
FROM counts AS c
JOIN nowcast.grid AS g USING (grid_id)
LEFT JOIN leads AS l USING (grid_id, method, model_version, day, lead_seconds);
COMMENT ON VIEW nowcast.skill IS
'Scores by grid, method, model, UTC day of issue, lead and threshold (mm/h), from all verified maps of the group: counts and sums are added up first, '
'then divided. All runs of an issue time are scored on the same pixels, so methods can be compared row by row. csi, pod, far, bias: from hits, misses and false alarms. fss: fractions skill score at fss_scale_km. brier: of the exceedance '
'probability. crps, mae, rmse, mean_error (mm/h) and correlation do not depend on the threshold. To score a longer period, sum the counts, not the scores.';

CREATE OR REPLACE VIEW nowcast.skill_reliability AS
SELECT g.name AS grid, t.method, t.model_version, t.lead_seconds / 60.0::double precision AS lead_minutes, t.threshold, bin.number::integer AS bin,
       sum(bin.pixels)::bigint AS pixels, sum(bin.forecast) / nullif(sum(bin.pixels), 0) AS mean_probability,
       sum(bin.observed)::double precision / nullif(sum(bin.pixels), 0) AS observed_frequency
FROM nowcast.daily_threshold AS t JOIN nowcast.grid AS g USING (grid_id)
CROSS JOIN LATERAL unnest(t.reliability_pixels, t.reliability_forecast, t.reliability_observed) WITH ORDINALITY AS bin (pixels, forecast, observed, number)
GROUP BY 1, 2, 3, 4, 5, 6;
COMMENT ON VIEW nowcast.skill_reliability IS
'The reliability diagram: for each bin of forecast probability (1 is the lowest) the mean probability and how often the threshold was exceeded.';

CREATE OR REPLACE VIEW nowcast.feed_freshness AS
SELECT g.name AS grid, n.valid_time AS newest_scan, n.received_at, now() - n.valid_time AS age, n.received_at - n.valid_time AS delay,
       s.step AS usual_step, s.scans AS scans_in_last_day, n.missing_share, n.wet_share, n.source_file
FROM nowcast.grid AS g
CROSS JOIN LATERAL (SELECT * FROM nowcast.scan WHERE grid_id = g.grid_id ORDER BY valid_time DESC LIMIT 1) AS n
CROSS JOIN LATERAL (
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY d.step) AS step, count(*) AS scans
    FROM (SELECT valid_time - lag(valid_time) OVER (ORDER BY valid_time) AS step
          FROM nowcast.scan WHERE grid_id = g.grid_id AND valid_time > n.valid_time - interval '1 day') AS d) AS s;
COMMENT ON VIEW nowcast.feed_freshness IS
'For each grid the newest scan and its age; delay is how long it took to arrive, usual_step the median time between the scans of its last day.';

CREATE OR REPLACE VIEW nowcast.job_history AS
SELECT job_run_id, job, host, started_at, finished_at, finished_at - started_at AS duration, outcome, message, details,
       server, attempt, progress, progress_text, log, engine_job FROM nowcast.job_run;
COMMENT ON VIEW nowcast.job_history IS 'What the program did, when, for how long, and how it ended; duration is null while a job runs.';

CREATE OR REPLACE VIEW nowcast.models AS
SELECT m.model_id, m.version, m.checksum, m.network, m.metadata, m.scores, octet_length(m.checkpoint) AS checkpoint_bytes, m.imported_at,
       m.model_id IS NOT DISTINCT FROM (SELECT p.model_id FROM nowcast.model_promotion AS p WHERE p.rolled_back_at IS NULL
                                        ORDER BY p.promotion_id DESC LIMIT 1) AS is_promoted
FROM nowcast.model AS m;
COMMENT ON VIEW nowcast.models IS 'The models without their weights; is_promoted marks the one that forecasts.';

CREATE OR REPLACE VIEW nowcast.model_history AS
SELECT p.promotion_id, m.version, m.checksum, p.promoted_at, p.note, p.rolled_back_at
FROM nowcast.model_promotion AS p JOIN nowcast.model AS m USING (model_id);
COMMENT ON VIEW nowcast.model_history IS 'Which model was put to work when and why, and when that was taken back.';

CREATE OR REPLACE VIEW nowcast.run_origin AS
SELECT r.run_id, g.name AS grid, r.issue_time, r.method, r.model_version, r.model_checksum, m.network, m.metadata AS training, m.scores, i.inputs
FROM nowcast.run AS r JOIN nowcast.grid AS g USING (grid_id)
LEFT JOIN LATERAL (
    -- A file may stand under two names.
    SELECT * FROM nowcast.model WHERE checksum = r.model_checksum ORDER BY version = r.model_version DESC, model_id LIMIT 1) AS m ON true
CROSS JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('valid_time', t.valid_time, 'observed_share', t.share, 'source_file', s.source_file) ORDER BY t.valid_time) AS inputs
    FROM unnest(r.input_times, r.input_quality) AS t (valid_time, share)
    LEFT JOIN nowcast.scan AS s ON s.grid_id = r.grid_id AND s.valid_time = t.valid_time) AS i;
COMMENT ON VIEW nowcast.run_origin IS 'What each run was made from: its model, the data that was trained on, and its scans with their files (null once the scans were dropped for their age).';

-- What the columns of the views mean, under the names that stand for the same everywhere.
DO $$
DECLARE
    word record;
    found record;
BEGIN
    FOR word IN SELECT * FROM (VALUES
        ('grid', 'The name of the grid.'), ('run_id', 'The run.'), ('grid_id', 'The number of the grid.'),
        ('issue_time', 'The valid time of the newest scan that went in.'), ('valid_time', 'When the map holds.'),
        ('method', 'model, extrapolation, persistence or another.'), ('model_version', 'The version of the checkpoint, or of the method where there is none.'),
        ('model_checksum', 'SHA-256 of the checkpoint in hexadecimal; empty where there is none.'), ('published_at', 'When it was written.'),
        ('age', 'Time since then until now.'), ('longest_lead_minutes', 'Of the last map.'), ('leads', 'How many maps.'), ('thresholds', 'mm/h; of the probabilities.'),
        ('members', 'How many ensemble members stood behind the probabilities; they are not stored.'), ('input_times', 'The valid times of the scans that went in, oldest first.'),
        ('input_quality', 'The share of observed pixels of each of them, 0 to 1.'), ('checks', 'Each check with what was found, the limit, and whether it passed.'),
        ('lead_minutes', 'Minutes from the issue time.'), ('lead_seconds', 'Seconds from the issue time.'), ('tile_row', '0 is the northernmost.'), ('tile_col', '0 is the westernmost.'),
        ('rast', 'Band 1: mm/h, nodata -1.'), ('mean', 'The mean of the distribution: mm/h, nodata -1.'), ('percent', 'A band for each threshold: per cent, nodata 255.'), ('day', 'UTC day of the issue times.'),
        ('threshold', 'mm/h; the event is rain at or above it.'), ('maps', 'How many maps are in it.'),
        ('csi', 'Critical success index: hits / (hits + misses + false alarms).'), ('pod', 'Probability of detection: hits / (hits + misses).'),
        ('far', 'False alarm ratio: false alarms / (hits + false alarms).'), ('bias', 'Frequency bias: (hits + false alarms) / (hits + misses).'),
        ('fss', 'Fractions skill score, 1 is best.'), ('fss_scale_km', 'The neighbourhood of fss.'), ('scale_km', 'The width of the neighbourhood.'), ('brier', 'Mean squared difference of probability and outcome.'),
        ('crps', 'Continuous ranked probability score, mm/h.'), ('mae', 'Mean absolute error, mm/h.'), ('rmse', 'Root mean squared error, mm/h.'),
        ('mean_error', 'Mean of forecast less observation, mm/h.'), ('correlation', 'Of forecast and observed rates.'), ('hits', 'Forecast and observed.'), ('misses', 'Observed, not forecast.'),
        ('false_alarms', 'Forecast, not observed.'), ('correct_negatives', 'Neither.'), ('bin', '1 holds the lowest probabilities; of equal width from 0 to 1.'), ('pixels', 'How many pixels.'),
        ('mean_probability', 'Of those pixels, 0 to 1.'), ('observed_frequency', 'How often the threshold was exceeded there, 0 to 1.'),
        ('newest_scan', 'Its valid time.'), ('received_at', 'When it was stored.'), ('delay', 'From its valid time until it was stored.'), ('usual_step', 'The median time between the scans of its last day.'),
        ('scans_in_last_day', 'How many there are.'), ('missing_share', 'Share of pixels that were not observed, 0 to 1.'), ('wet_share', 'Share of the observed pixels above 0.1 mm/h.'),
        ('source_file', 'The name of the file it came from.'), ('duration', 'From beginning to end; null while it runs.'),
        ('checkpoint_bytes', 'The size of the checkpoint.'), ('is_promoted', 'It is the one that forecasts.'),
        ('training', 'The model''s metadata: architecture, normalisation, the data it was trained on, source revision.'),
        ('inputs', 'The scans that went in: valid_time, observed_share, source_file.')) AS words (name, meaning)
    LOOP
        FOR found IN SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
                     WHERE c.relnamespace = 'nowcast'::regnamespace AND c.relkind = 'v' AND a.attname = word.name AND NOT a.attisdropped LOOP
            EXECUTE format('COMMENT ON COLUMN nowcast.%I.%I IS %L', found.relname, word.name, word.meaning);
        END LOOP;
    END LOOP;
    -- The others are passed on from a table, with their meaning.
    FOR found IN SELECT v.relname, a.attname, col_description(t.oid, b.attnum) AS meaning
                 FROM pg_class AS v JOIN pg_attribute AS a ON a.attrelid = v.oid AND a.attnum > 0
                 JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
                 JOIN pg_rewrite AS r ON r.oid = d.objid AND r.ev_class = v.oid
                 JOIN pg_class AS t ON t.oid = d.refobjid AND t.relkind IN ('r', 'p') JOIN pg_attribute AS b ON b.attrelid = t.oid AND b.attname = a.attname AND b.attnum = d.refobjsubid
                 WHERE v.relnamespace = 'nowcast'::regnamespace AND v.relkind = 'v' AND col_description(v.oid, a.attnum) IS NULL AND col_description(t.oid, b.attnum) IS NOT NULL LOOP
        EXECUTE format('COMMENT ON COLUMN nowcast.%I.%I IS %L', found.relname, found.attname, found.meaning);
    END LOOP;
END
$$;
