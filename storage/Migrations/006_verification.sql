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
