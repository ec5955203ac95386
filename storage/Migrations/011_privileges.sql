-- Least privilege: readers read what is meant for them, the writer writes rows; only the owner changes the schema.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA nowcast FROM PUBLIC;

GRANT SELECT ON nowcast.grid, nowcast.scan, nowcast.scan_tile, nowcast.method_priority, nowcast.run, nowcast.forecast_tile, nowcast.forecast_strip,
    nowcast.verification_lead, nowcast.verification_threshold, nowcast.verification_fss, nowcast.verification_lead_day, nowcast.verification_threshold_day, nowcast.verification_fss_day,
    nowcast.daily_lead, nowcast.daily_threshold, nowcast.daily_fss, nowcast.model_history, nowcast.run_origin, nowcast.model_promotion, nowcast.job_run,
    nowcast.latest_run, nowcast.latest_forecast, nowcast.skill, nowcast.skill_fss, nowcast.skill_reliability,
    nowcast.feed_freshness, nowcast.job_history, nowcast.models, nowcast.migration TO nowcast_reader, nowcast_writer;
GRANT EXECUTE ON FUNCTION nowcast.newest_run, nowcast.rate_band, nowcast.mean_band, nowcast.percent_bands, nowcast.place, nowcast.strip_at, nowcast.rates_at, nowcast.rain_at, nowcast.exceedance_at,
    nowcast.rain_starts, nowcast.depth_at, nowcast.rain_over, nowcast.area_rows, nowcast.area_spans, nowcast.map_at TO nowcast_reader, nowcast_writer;

GRANT INSERT, UPDATE, DELETE ON nowcast.scan, nowcast.scan_tile, nowcast.run, nowcast.forecast_tile, nowcast.forecast_strip,
    nowcast.verification_lead, nowcast.verification_threshold, nowcast.verification_fss, nowcast.verification_lead_day,
    nowcast.verification_threshold_day, nowcast.verification_fss_day, nowcast.model_promotion, nowcast.job_run TO nowcast_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON nowcast.model TO nowcast_writer;
GRANT EXECUTE ON FUNCTION nowcast.define_grid, nowcast.ensure_days, nowcast.ensure_days_ahead, nowcast.oldest_day, nowcast.drop_days_before, nowcast.sum_scores_before,
    nowcast.open_scores, nowcast.drop_scores_before TO nowcast_writer;
GRANT INSERT ON nowcast.scan_tile_in, nowcast.forecast_tile_in TO nowcast_writer;
GRANT EXECUTE ON FUNCTION nowcast.scan_tile_in(), nowcast.forecast_tile_in() TO nowcast_writer;
