-- Views for people and programs that look rather than ask.

CREATE OR REPLACE VIEW nowcast.latest_run AS
SELECT g.name AS grid, r.run_id, r.issue_time, r.method, r.model_version, r.model_checksum, r.published_at,
       now() - r.issue_time AS age, r.lead_seconds[cardinality(r.lead_seconds)] / 60.0::double precision AS longest_lead_minutes,
       cardinality(r.lead_seconds) AS leads, r.thresholds, r.members, r.input_times, r.input_quality, r.checks
FROM nowcast.grid AS g CROSS JOIN LATERAL nowcast.newest_run(g.grid_id, 'infinity') AS r;
COMMENT ON VIEW nowcast.latest_run IS 'For each grid the run that answers questions now: the newest complete and sane one.';

CREATE OR REPLACE VIEW nowcast.latest_forecast AS
SELECT g.name AS grid, r.run_id, r.issue_time, f.issue_time + make_interval(secs => f.lead_seconds) AS valid_time,
       f.lead_seconds / 60.0::double precision AS lead_minutes, r.method, r.model_version, f.tile_row, f.tile_col,
       nowcast.rate_band(f.rast) AS rast, nowcast.percent_bands(f.rast) AS percent
FROM nowcast.grid AS g
CROSS JOIN LATERAL nowcast.newest_run(g.grid_id, 'infinity') AS r
JOIN nowcast.forecast_tile AS f ON f.grid_id = g.grid_id AND f.issue_time = r.issue_time AND f.run_id = r.run_id;
COMMENT ON VIEW nowcast.latest_forecast IS
'The tiles of the newest run of every grid: rast is mm/h, the bands of percent the probabilities of exceeding latest_run.thresholds. The projections differ from grid to grid, so QGIS and GDAL take latest_forecast_<grid> instead.';

CREATE OR REPLACE VIEW nowcast.skill_fss AS
SELECT g.name AS grid, r.method, r.model_version, (r.issue_time AT TIME ZONE 'UTC')::date AS day,
       f.lead_seconds / 60.0::double precision AS lead_minutes, f.threshold, f.scale_km, count(*) AS maps,
       1 - sum(f.squared_difference) / nullif(sum(f.squared_reference), 0) AS fss
FROM nowcast.verification_fss AS f JOIN nowcast.run AS r USING (run_id) JOIN nowcast.grid AS g USING (grid_id)
GROUP BY 1, 2, 3, 4, 5, 6, 7;
COMMENT ON VIEW nowcast.skill_fss IS 'Fractions skill score by grid, method, model, UTC day of issue, lead, threshold (mm/h) and neighbourhood (km): sums first, then one division.';

CREATE OR REPLACE VIEW nowcast.skill AS
WITH leads AS (
    SELECT r.grid_id, r.method, r.model_version, (r.issue_time AT TIME ZONE 'UTC')::date AS day, l.lead_seconds,
           sum(l.pixels)::double precision AS n, sum(l.sum_forecast) AS f, sum(l.sum_observed) AS o, sum(l.sum_absolute_error) AS ae,
           sum(l.sum_squared_error) AS se, sum(l.sum_forecast_squared) AS ff, sum(l.sum_observed_squared) AS oo, sum(l.sum_product) AS fo,
           sum(l.sum_crps) / nullif(sum(l.crps_pixels), 0) AS crps
    FROM nowcast.verification_lead AS l JOIN nowcast.run AS r USING (run_id) GROUP BY 1, 2, 3, 4, 5),
counts AS (
    SELECT r.grid_id, r.method, r.model_version, (r.issue_time AT TIME ZONE 'UTC')::date AS day, t.lead_seconds, t.threshold, count(*) AS maps,
           sum(t.hits)::double precision AS h, sum(t.misses)::double precision AS m, sum(t.false_alarms)::double precision AS a,
           sum(t.correct_negatives)::double precision AS c, sum(t.sum_brier) / nullif(sum(t.brier_pixels), 0) AS brier
    FROM nowcast.verification_threshold AS t JOIN nowcast.run AS r USING (run_id) GROUP BY 1, 2, 3, 4, 5, 6),
-- One neighbourhood for the table: the one nearest to 10 km, the finer of two; skill_fss has all of them.
fss AS (
    SELECT DISTINCT ON (grid, method, model_version, day, lead_minutes, threshold) *
    FROM nowcast.skill_fss ORDER BY grid, method, model_version, day, lead_minutes, threshold, abs(scale_km - 10), scale_km)
SELECT g.name AS grid, c.method, c.model_version, c.day, c.lead_seconds / 60.0::double precision AS lead_minutes, c.threshold, c.maps,
       c.h / nullif(c.h + c.m + c.a, 0) AS csi, c.h / nullif(c.h + c.m, 0) AS pod, c.a / nullif(c.h + c.a, 0) AS far,
       (c.h + c.a) / nullif(c.h + c.m, 0) AS bias, s.fss, s.scale_km AS fss_scale_km, c.brier, l.crps,
       l.ae / nullif(l.n, 0) AS mae, sqrt(l.se / nullif(l.n, 0)) AS rmse, (l.f - l.o) / nullif(l.n, 0) AS mean_error,
       -- Rounding can push the product of variances of a constant field below zero.
       (l.n * l.fo - l.f * l.o) / nullif(sqrt(greatest(0, (l.n * l.ff - l.f * l.f) * (l.n * l.oo - l.o * l.o))), 0) AS correlation,
       c.h::bigint AS hits, c.m::bigint AS misses, c.a::bigint AS false_alarms, c.c::bigint AS correct_negatives
FROM counts AS c
JOIN nowcast.grid AS g USING (grid_id)
LEFT JOIN leads AS l USING (grid_id, method, model_version, day, lead_seconds)
LEFT JOIN fss AS s ON s.grid = g.name AND s.method = c.method AND s.model_version = c.model_version AND s.day = c.day
                  AND s.lead_minutes = c.lead_seconds / 60.0::double precision AND s.threshold = c.threshold;
COMMENT ON VIEW nowcast.skill IS
'Scores by grid, method, model, UTC day of issue, lead and threshold (mm/h), from all verified maps of the group: counts and sums are added up first, '
'then divided. All runs of an issue time are scored on the same pixels, so methods can be compared row by row. csi, pod, far, bias: from hits, misses and false alarms. fss: fractions skill score at fss_scale_km. brier: of the exceedance '
'probability. crps, mae, rmse, mean_error (mm/h) and correlation do not depend on the threshold. To score a longer period, sum the counts, not the scores.';

CREATE OR REPLACE VIEW nowcast.skill_reliability AS
SELECT g.name AS grid, r.method, r.model_version, t.lead_seconds / 60.0::double precision AS lead_minutes, t.threshold, bin.number::integer AS bin,
       sum(bin.pixels)::bigint AS pixels, sum(bin.forecast) / nullif(sum(bin.pixels), 0) AS mean_probability,
       sum(bin.observed)::double precision / nullif(sum(bin.pixels), 0) AS observed_frequency
FROM nowcast.verification_threshold AS t JOIN nowcast.run AS r USING (run_id) JOIN nowcast.grid AS g USING (grid_id)
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
       server, attempt, progress, progress_text, log FROM nowcast.job_run;
COMMENT ON VIEW nowcast.job_history IS 'What the program did, when, for how long, and how it ended; duration is null while a job runs.';

CREATE OR REPLACE VIEW nowcast.models AS
SELECT m.model_id, m.version, m.checksum, m.network, m.metadata, m.scores, octet_length(m.checkpoint) AS checkpoint_bytes, m.imported_at,
       m.model_id IS NOT DISTINCT FROM (SELECT p.model_id FROM nowcast.model_promotion AS p WHERE p.rolled_back_at IS NULL
                                        ORDER BY p.promotion_id DESC LIMIT 1) AS is_promoted
FROM nowcast.model AS m;
COMMENT ON VIEW nowcast.models IS 'The models without their weights; is_promoted marks the one that forecasts.';
