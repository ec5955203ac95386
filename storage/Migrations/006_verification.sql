-- Verification: counts and sums only, so that scores of any group are summed first and divided last.

CREATE TABLE IF NOT EXISTS nowcast.verification_lead (
    run_id               bigint NOT NULL REFERENCES nowcast.run ON DELETE CASCADE,
    lead_seconds         integer NOT NULL,
    pixels               bigint NOT NULL,
    sum_forecast         double precision NOT NULL,
    sum_observed         double precision NOT NULL,
    sum_absolute_error   double precision NOT NULL,
    sum_squared_error    double precision NOT NULL,
    sum_forecast_squared double precision NOT NULL,
    sum_observed_squared double precision NOT NULL,
    sum_product          double precision NOT NULL,
    crps_pixels          bigint NOT NULL,
    sum_crps             double precision NOT NULL,
    PRIMARY KEY (run_id, lead_seconds)
);
COMMENT ON TABLE nowcast.verification_lead IS 
'Sums over the pixels of one map that count: observed, and reached by air that a radar has seen (of which the extrapolation of the same issue time '
'says something), the same for all runs of an issue time. A run that says nothing of such a pixel is taken to say dry.';
COMMENT ON COLUMN nowcast.verification_lead.run_id IS 'The run.';
COMMENT ON COLUMN nowcast.verification_lead.lead_seconds IS 'The map.';
COMMENT ON COLUMN nowcast.verification_lead.pixels IS 'How many pixels were compared.';
COMMENT ON COLUMN nowcast.verification_lead.sum_forecast IS 'mm/h.';
COMMENT ON COLUMN nowcast.verification_lead.sum_observed IS 'mm/h.';
COMMENT ON COLUMN nowcast.verification_lead.sum_absolute_error IS 'mm/h; divided by pixels the mean absolute error.';
COMMENT ON COLUMN nowcast.verification_lead.sum_squared_error IS '(mm/h)²; the root of its mean is the RMSE.';
COMMENT ON COLUMN nowcast.verification_lead.sum_forecast_squared IS '(mm/h)², for the correlation.';
COMMENT ON COLUMN nowcast.verification_lead.sum_observed_squared IS '(mm/h)², for the correlation.';
COMMENT ON COLUMN nowcast.verification_lead.sum_product IS '(mm/h)², forecast times observed, for the correlation.';
COMMENT ON COLUMN nowcast.verification_lead.crps_pixels IS 'How many pixels the CRPS was taken at.';
COMMENT ON COLUMN nowcast.verification_lead.sum_crps IS 'Continuous ranked probability scores, mm/h, summed.';

CREATE TABLE IF NOT EXISTS nowcast.verification_threshold (
    run_id               bigint NOT NULL REFERENCES nowcast.run ON DELETE CASCADE,
    lead_seconds         integer NOT NULL,
    threshold            real NOT NULL,
    hits                 bigint NOT NULL,
    misses               bigint NOT NULL,
    false_alarms         bigint NOT NULL,
    correct_negatives    bigint NOT NULL,
    brier_pixels         bigint NOT NULL,
    sum_brier            double precision NOT NULL,
    reliability_pixels   bigint[] NOT NULL,
    reliability_forecast double precision[] NOT NULL,
    reliability_observed bigint[] NOT NULL,
    PRIMARY KEY (run_id, lead_seconds, threshold)
);
COMMENT ON TABLE nowcast.verification_threshold IS 'The contingency table, Brier sums and reliability bins of one map at one threshold.';
COMMENT ON COLUMN nowcast.verification_threshold.run_id IS 'The run.';
COMMENT ON COLUMN nowcast.verification_threshold.lead_seconds IS 'The map.';
COMMENT ON COLUMN nowcast.verification_threshold.threshold IS 'mm/h.';
COMMENT ON COLUMN nowcast.verification_threshold.hits IS 'Pixels with forecast and observed rain at or above the threshold.';
COMMENT ON COLUMN nowcast.verification_threshold.misses IS 'Observed, not forecast.';
COMMENT ON COLUMN nowcast.verification_threshold.false_alarms IS 'Forecast, not observed.';
COMMENT ON COLUMN nowcast.verification_threshold.correct_negatives IS 'Neither.';
COMMENT ON COLUMN nowcast.verification_threshold.brier_pixels IS 'How many probabilities were compared.';
COMMENT ON COLUMN nowcast.verification_threshold.sum_brier IS 'Squared differences of probability and outcome, summed.';
COMMENT ON COLUMN nowcast.verification_threshold.reliability_pixels IS 'Pixels whose probability fell in each bin of equal width from 0 to 1.';
COMMENT ON COLUMN nowcast.verification_threshold.reliability_forecast IS 'The sum of those probabilities.';
COMMENT ON COLUMN nowcast.verification_threshold.reliability_observed IS 'How many of those pixels were observed above the threshold.';

CREATE TABLE IF NOT EXISTS nowcast.verification_fss (
    run_id       bigint NOT NULL REFERENCES nowcast.run ON DELETE CASCADE,
    lead_seconds integer NOT NULL,
    threshold    real NOT NULL,
    scale_km     double precision NOT NULL,
    squared_difference double precision NOT NULL,
    squared_reference  double precision NOT NULL,
    PRIMARY KEY (run_id, lead_seconds, threshold, scale_km)
);
COMMENT ON TABLE nowcast.verification_fss IS
'The parts of the fractions skill score, 1 - squared_difference / squared_reference (Roberts and Lean 2008, doi:10.1175/2007MWR2123.1, eq. 6 and 7).';
COMMENT ON COLUMN nowcast.verification_fss.run_id IS 'The run.';
COMMENT ON COLUMN nowcast.verification_fss.lead_seconds IS 'The map.';
COMMENT ON COLUMN nowcast.verification_fss.threshold IS 'mm/h.';
COMMENT ON COLUMN nowcast.verification_fss.scale_km IS 'The width of the neighbourhood.';
COMMENT ON COLUMN nowcast.verification_fss.squared_difference IS 'Sum of (forecast fraction - observed fraction)² over the pixels.';
COMMENT ON COLUMN nowcast.verification_fss.squared_reference IS 'Sum of forecast fraction² + observed fraction².';

-- Sums of whole days. The scores of a run stand apart until its day is over and summed up; years of days then take
-- hundreds of times less room, and the views over them seconds instead of minutes.
ALTER TABLE nowcast.run ADD COLUMN IF NOT EXISTS scores_summed_at timestamptz;
ALTER TABLE nowcast.run ADD COLUMN IF NOT EXISTS scores_dropped_at timestamptz;
COMMENT ON COLUMN nowcast.run.scores_summed_at IS 'When its scores went into the sums of its day; null while they stand apart only.';
COMMENT ON COLUMN nowcast.run.scores_dropped_at IS 'When its own scores were dropped for their age; the sums of its day stay.';
CREATE INDEX IF NOT EXISTS run_scores_apart ON nowcast.run (run_id) WHERE scores_summed_at IS NULL;

CREATE TABLE IF NOT EXISTS nowcast.verification_lead_day (
    grid_id              integer NOT NULL REFERENCES nowcast.grid,
    method               text NOT NULL,
    model_version        text NOT NULL,
    day                  date NOT NULL,
    summed_at            timestamptz NOT NULL,
    lead_seconds         integer NOT NULL,
    pixels               bigint NOT NULL,
    sum_forecast         double precision NOT NULL,
    sum_observed         double precision NOT NULL,
    sum_absolute_error   double precision NOT NULL,
    sum_squared_error    double precision NOT NULL,
    sum_forecast_squared double precision NOT NULL,
    sum_observed_squared double precision NOT NULL,
    sum_product          double precision NOT NULL,
    crps_pixels          bigint NOT NULL,
    sum_crps             double precision NOT NULL,
    PRIMARY KEY (day, grid_id, method, model_version, summed_at, lead_seconds)
);
COMMENT ON TABLE nowcast.verification_lead_day IS 'verification_lead, summed over the runs issued on a UTC day.';

CREATE TABLE IF NOT EXISTS nowcast.verification_threshold_day (
    grid_id              integer NOT NULL REFERENCES nowcast.grid,
    method               text NOT NULL,
    model_version        text NOT NULL,
    day                  date NOT NULL,
    summed_at            timestamptz NOT NULL,
    lead_seconds         integer NOT NULL,
    threshold            real NOT NULL,
    maps                 bigint NOT NULL,
    hits                 bigint NOT NULL,
    misses               bigint NOT NULL,
    false_alarms         bigint NOT NULL,
    correct_negatives    bigint NOT NULL,
    brier_pixels         bigint NOT NULL,
    sum_brier            double precision NOT NULL,
    reliability_pixels   bigint[] NOT NULL,
    reliability_forecast double precision[] NOT NULL,
    reliability_observed bigint[] NOT NULL,
    PRIMARY KEY (day, grid_id, method, model_version, summed_at, lead_seconds, threshold)
);
COMMENT ON TABLE nowcast.verification_threshold_day IS 'verification_threshold, summed over the runs issued on a UTC day.';

CREATE TABLE IF NOT EXISTS nowcast.verification_fss_day (
    grid_id              integer NOT NULL REFERENCES nowcast.grid,
    method               text NOT NULL,
    model_version        text NOT NULL,
    day                  date NOT NULL,
    summed_at            timestamptz NOT NULL,
    lead_seconds         integer NOT NULL,
    threshold            real NOT NULL,
    scale_km             double precision NOT NULL,
    maps                 bigint NOT NULL,
    squared_difference   double precision NOT NULL,
    squared_reference    double precision NOT NULL,
    PRIMARY KEY (day, grid_id, method, model_version, summed_at, lead_seconds, threshold, scale_km)
);
COMMENT ON TABLE nowcast.verification_fss_day IS 'verification_fss, summed over the runs issued on a UTC day.';

-- The columns mean what they mean for a run.
DO $$
DECLARE
    kind text;
    other record;
BEGIN
    FOREACH kind IN ARRAY ARRAY['lead', 'threshold', 'fss'] LOOP
        FOR other IN SELECT a.attname, col_description(a.attrelid, a.attnum) AS meaning FROM pg_attribute AS a
                     WHERE a.attrelid = ('nowcast.verification_' || kind)::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'run_id' LOOP
            EXECUTE format('COMMENT ON COLUMN nowcast.%I.%I IS %L', 'verification_' || kind || '_day', other.attname, other.meaning);
        END LOOP;
        EXECUTE format('COMMENT ON COLUMN nowcast.%I.grid_id IS %L', 'verification_' || kind || '_day', 'Where the pixels lie.');
        EXECUTE format('COMMENT ON COLUMN nowcast.%I.method IS %L', 'verification_' || kind || '_day', 'Of the runs.');
        EXECUTE format('COMMENT ON COLUMN nowcast.%I.model_version IS %L', 'verification_' || kind || '_day', 'Of the runs.');
        EXECUTE format('COMMENT ON COLUMN nowcast.%I.day IS %L', 'verification_' || kind || '_day', 'UTC day of the issue times.');
        EXECUTE format('COMMENT ON COLUMN nowcast.%I.summed_at IS %L', 'verification_' || kind || '_day', 'The runs with this scores_summed_at are in it.');
        -- A day of runs is deleted at a time: let the vacuum come after some of them, not after a fifth of years.
        EXECUTE format('ALTER TABLE nowcast.%I SET (autovacuum_vacuum_scale_factor = 0.02)', 'verification_' || kind);
    END LOOP;
END
$$;
COMMENT ON COLUMN nowcast.verification_threshold_day.maps IS 'How many maps are in it.';
COMMENT ON COLUMN nowcast.verification_fss_day.maps IS 'How many maps are in it.';

CREATE OR REPLACE FUNCTION nowcast.sum_scores_before(before date)
RETURNS integer LANGUAGE plpgsql SET search_path = nowcast, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    chosen bigint[];
BEGIN
    -- Locked in one order, as whoever stores scores locks its run: nothing slips between the sums and the mark.
    chosen := ARRAY(
        SELECT r.run_id FROM nowcast.run AS r
        WHERE r.scores_summed_at IS NULL AND r.issue_time < before::timestamptz AND EXISTS (SELECT FROM nowcast.verification_lead AS v WHERE v.run_id = r.run_id)
        ORDER BY r.run_id FOR UPDATE);
    INSERT INTO nowcast.verification_lead_day
    SELECT r.grid_id, r.method, r.model_version, r.issue_time::date, now(), l.lead_seconds, sum(l.pixels), sum(l.sum_forecast), sum(l.sum_observed),
           sum(l.sum_absolute_error), sum(l.sum_squared_error), sum(l.sum_forecast_squared), sum(l.sum_observed_squared), sum(l.sum_product),
           sum(l.crps_pixels), sum(l.sum_crps)
    FROM nowcast.verification_lead AS l JOIN nowcast.run AS r USING (run_id) WHERE run_id = ANY (chosen) GROUP BY 1, 2, 3, 4, 6;
    INSERT INTO nowcast.verification_threshold_day
    WITH bins AS (
        SELECT r.grid_id, r.method, r.model_version, r.issue_time::date AS day, t.lead_seconds, t.threshold, bin.number,
               sum(bin.pixels)::bigint AS pixels, sum(bin.forecast) AS forecast, sum(bin.observed)::bigint AS observed
        FROM nowcast.verification_threshold AS t JOIN nowcast.run AS r USING (run_id)
        CROSS JOIN LATERAL unnest(t.reliability_pixels, t.reliability_forecast, t.reliability_observed) WITH ORDINALITY AS bin (pixels, forecast, observed, number)
        WHERE run_id = ANY (chosen) GROUP BY 1, 2, 3, 4, 5, 6, 7),
    diagrams AS (
        SELECT grid_id, method, model_version, day, lead_seconds, threshold, array_agg(pixels ORDER BY number) AS pixels,
               array_agg(forecast ORDER BY number) AS forecast, array_agg(observed ORDER BY number) AS observed
        FROM bins GROUP BY 1, 2, 3, 4, 5, 6),
    counts AS (
        SELECT r.grid_id, r.method, r.model_version, r.issue_time::date AS day, t.lead_seconds, t.threshold, count(*) AS maps, sum(t.hits) AS h,
               sum(t.misses) AS m, sum(t.false_alarms) AS a, sum(t.correct_negatives) AS c, sum(t.brier_pixels) AS brier_pixels, sum(t.sum_brier) AS sum_brier
        FROM nowcast.verification_threshold AS t JOIN nowcast.run AS r USING (run_id) WHERE run_id = ANY (chosen) GROUP BY 1, 2, 3, 4, 5, 6)
    SELECT c.grid_id, c.method, c.model_version, c.day, now(), c.lead_seconds, c.threshold, c.maps, c.h, c.m, c.a, c.c, c.brier_pixels, c.sum_brier,
           coalesce(d.pixels, '{}'), coalesce(d.forecast, '{}'), coalesce(d.observed, '{}')
    FROM counts AS c LEFT JOIN diagrams AS d USING (grid_id, method, model_version, day, lead_seconds, threshold);
    INSERT INTO nowcast.verification_fss_day
    SELECT r.grid_id, r.method, r.model_version, r.issue_time::date, now(), f.lead_seconds, f.threshold, f.scale_km, count(*),
           sum(f.squared_difference), sum(f.squared_reference)
    FROM nowcast.verification_fss AS f JOIN nowcast.run AS r USING (run_id) WHERE run_id = ANY (chosen) GROUP BY 1, 2, 3, 4, 6, 7, 8;
    UPDATE nowcast.run SET scores_summed_at = now() WHERE run_id = ANY (chosen);
    RETURN cardinality(chosen);
END
$$;
COMMENT ON FUNCTION nowcast.sum_scores_before(date) IS
'Sums the scores of the runs issued before a UTC day up by day, for the views; returns how many runs. Their own scores stay until drop_scores_before.';

CREATE OR REPLACE FUNCTION nowcast.open_scores(run bigint)
RETURNS boolean LANGUAGE plpgsql SET search_path = nowcast, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    r nowcast.run;
    kind text;
BEGIN
    SELECT * INTO r FROM nowcast.run WHERE run_id = open_scores.run FOR UPDATE;
    IF r.scores_dropped_at IS NOT NULL THEN
        RETURN false;
    END IF;
    IF r.scores_summed_at IS NOT NULL THEN
        FOREACH kind IN ARRAY ARRAY['lead', 'threshold', 'fss'] LOOP
            EXECUTE format('DELETE FROM nowcast.%I WHERE day = $1 AND grid_id = $2 AND method = $3 AND model_version = $4 AND summed_at = $5', 'verification_' || kind || '_day')
            USING r.issue_time::date, r.grid_id, r.method, r.model_version, r.scores_summed_at;
        END LOOP;
        UPDATE nowcast.run AS other SET scores_summed_at = NULL
        WHERE other.grid_id = r.grid_id AND other.method = r.method AND other.model_version = r.model_version AND other.scores_summed_at = r.scores_summed_at
          AND other.issue_time >= r.issue_time::date AND other.issue_time < r.issue_time::date + 1;
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION nowcast.open_scores(bigint) IS
'Before the scores of a run change: takes the sums of its day back, so that the runs stand apart again until the next sum_scores_before. False where its '
'own scores were dropped, so that they cannot change any more.';

CREATE OR REPLACE FUNCTION nowcast.drop_scores_before(before date)
RETURNS integer LANGUAGE plpgsql SET search_path = nowcast, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    chosen bigint[];
BEGIN
    PERFORM nowcast.sum_scores_before(before);
    chosen := ARRAY(
        SELECT run_id FROM nowcast.run WHERE issue_time < before::timestamptz AND scores_summed_at IS NOT NULL AND scores_dropped_at IS NULL
        ORDER BY run_id FOR UPDATE);
    DELETE FROM nowcast.verification_fss WHERE run_id = ANY (chosen);
    DELETE FROM nowcast.verification_threshold WHERE run_id = ANY (chosen);
    DELETE FROM nowcast.verification_lead WHERE run_id = ANY (chosen);
    UPDATE nowcast.run SET scores_dropped_at = now() WHERE run_id = ANY (chosen);
    RETURN cardinality(chosen);
END
$$;
COMMENT ON FUNCTION nowcast.drop_scores_before(date) IS
'Drops the scores of the single runs issued before a UTC day; the sums of their days, which the views show, stay. Returns how many runs.';
