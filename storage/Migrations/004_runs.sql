-- Runs: what was forecast, by what, from what.

CREATE TABLE IF NOT EXISTS nowcast.method_priority (
    method   text PRIMARY KEY,
    priority integer NOT NULL
);
COMMENT ON TABLE nowcast.method_priority IS
'Which method answers where several have forecast from the same scan: the lowest priority. Others come last.';
COMMENT ON COLUMN nowcast.method_priority.method IS 'model, extrapolation, persistence or another.';
COMMENT ON COLUMN nowcast.method_priority.priority IS 'Low wins.';
INSERT INTO nowcast.method_priority VALUES ('model', 1), ('extrapolation', 2), ('persistence', 3) ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS nowcast.run (
    run_id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    grid_id         integer NOT NULL REFERENCES nowcast.grid,
    issue_time      timestamptz NOT NULL,
    method          text NOT NULL CHECK (method <> ''),
    model_version   text NOT NULL,
    model_checksum  text NOT NULL,
    lead_seconds    integer[] NOT NULL CHECK (cardinality(lead_seconds) > 0),
    thresholds      real[] NOT NULL,
    members         integer NOT NULL DEFAULT 0,
    input_times     timestamptz[] NOT NULL,
    input_quality   double precision[] NOT NULL,
    published_at    timestamptz NOT NULL,
    tiles           integer NOT NULL,
    is_complete     boolean NOT NULL,
    is_sane         boolean NOT NULL,
    checks          jsonb NOT NULL,
    maps_dropped_at timestamptz,
    usable          boolean NOT NULL GENERATED ALWAYS AS (is_complete AND is_sane AND maps_dropped_at IS NULL) STORED,
    UNIQUE (grid_id, issue_time, model_version, method)
);
CREATE INDEX IF NOT EXISTS run_newest ON nowcast.run (grid_id, issue_time DESC) WHERE usable;
CREATE INDEX IF NOT EXISTS run_issue_time ON nowcast.run (issue_time);

COMMENT ON TABLE nowcast.run IS
'One row for each forecast: a method''s maps for all leads from one newest scan. Publishing it again replaces it as a whole.';
COMMENT ON COLUMN nowcast.run.run_id IS 'Stays the same when the run is published again.';
COMMENT ON COLUMN nowcast.run.grid_id IS 'Where its pixels lie.';
COMMENT ON COLUMN nowcast.run.issue_time IS 'The valid time of the newest scan that went in.';
COMMENT ON COLUMN nowcast.run.method IS 'model, extrapolation, persistence or another.';
COMMENT ON COLUMN nowcast.run.model_version IS 'The version of the checkpoint, or of the method where there is none.';
COMMENT ON COLUMN nowcast.run.model_checksum IS 'SHA-256 of the checkpoint in hexadecimal; joins to model.checksum; empty where there is none.';
COMMENT ON COLUMN nowcast.run.lead_seconds IS 'The leads, rising, in seconds after the issue time.';
COMMENT ON COLUMN nowcast.run.thresholds IS 'mm/h; the probability of exceeding the i-th (from 1) is band i + 1 of the tiles.';
COMMENT ON COLUMN nowcast.run.members IS 'How many ensemble members stood behind the probabilities; 0 for a deterministic forecast.';
COMMENT ON COLUMN nowcast.run.input_times IS 'The valid times of the scans that went in, oldest first.';
COMMENT ON COLUMN nowcast.run.input_quality IS 'The share of observed pixels of each of them, 0 to 1.';
COMMENT ON COLUMN nowcast.run.published_at IS 'When it was written.';
COMMENT ON COLUMN nowcast.run.tiles IS 'How many tiles it has: leads times tiles of the grid.';
COMMENT ON COLUMN nowcast.run.is_complete IS 'Every tile of every lead is there.';
COMMENT ON COLUMN nowcast.run.is_sane IS 'It passed all its checks.';
COMMENT ON COLUMN nowcast.run.checks IS 'Each check with what was found, the limit, and whether it passed.';
COMMENT ON COLUMN nowcast.run.maps_dropped_at IS 'When its maps were dropped for their age; its scores stay.';
COMMENT ON COLUMN nowcast.run.usable IS 'Complete, sane, and its maps still there: what consumers are given.';

CREATE TABLE IF NOT EXISTS nowcast.forecast_tile (
    grid_id      integer NOT NULL,
    issue_time   timestamptz NOT NULL,
    run_id       bigint NOT NULL,
    tile_row     smallint NOT NULL,
    tile_col     smallint NOT NULL,
    lead_seconds integer NOT NULL,
    rast         raster NOT NULL,
    PRIMARY KEY (grid_id, issue_time, run_id, tile_row, tile_col, lead_seconds)
) PARTITION BY LIST (grid_id);
-- What questions about areas add up for tiles that lie wholly within.
ALTER TABLE nowcast.forecast_tile ADD COLUMN IF NOT EXISTS pixels integer;
ALTER TABLE nowcast.forecast_tile ADD COLUMN IF NOT EXISTS wet_pixels integer;
ALTER TABLE nowcast.forecast_tile ADD COLUMN IF NOT EXISTS sum_mm_h double precision;
ALTER TABLE nowcast.forecast_tile ADD COLUMN IF NOT EXISTS max_mm_h real;
-- Of earlier versions, whose arrays were slow to write.
DROP VIEW IF EXISTS nowcast.forecast_tile_in;
ALTER TABLE nowcast.forecast_tile DROP COLUMN IF EXISTS rates;

COMMENT ON TABLE nowcast.forecast_tile IS
'The pixels of the runs: rasters of grid.tile_size rows and columns; band 1 the rain rate for maps in mm/h, band 2 the mean of its distribution, for amounts (32BF, nodata -1; runs of earlier versions lack it), then for each of '
'run.thresholds the probability of exceeding it in per cent (8BUI, nodata 255). Partitioned by grid and UTC day of the issue time. '
'The leads of a tile lie together, so that a question about a place reads one piece of the disk.';
COMMENT ON COLUMN nowcast.forecast_tile.grid_id IS 'The grid, and the partition forecast_tile_<grid_id>.';
COMMENT ON COLUMN nowcast.forecast_tile.issue_time IS 'Of the run.';
COMMENT ON COLUMN nowcast.forecast_tile.run_id IS 'The run.';
COMMENT ON COLUMN nowcast.forecast_tile.tile_row IS '0 is the northernmost.';
COMMENT ON COLUMN nowcast.forecast_tile.tile_col IS '0 is the westernmost.';
COMMENT ON COLUMN nowcast.forecast_tile.lead_seconds IS 'Seconds from the issue time to the valid time of the map.';
COMMENT ON COLUMN nowcast.forecast_tile.rast IS 'Band 1: mm/h for maps; band 2: the mean, mm/h; the next bands: per cent.';
COMMENT ON COLUMN nowcast.forecast_tile.pixels IS 'How many of its pixels have a rain rate.';
COMMENT ON COLUMN nowcast.forecast_tile.wet_pixels IS 'How many of them are above 0.1 mm/h.';
COMMENT ON COLUMN nowcast.forecast_tile.sum_mm_h IS 'The sum of their mean rates (band 2); divided by pixels the mean over the tile.';
COMMENT ON COLUMN nowcast.forecast_tile.max_mm_h IS 'The highest rate of the map (band 1); null where pixels is 0.';

CREATE TABLE IF NOT EXISTS nowcast.forecast_strip (
    grid_id    integer NOT NULL,
    issue_time timestamptz NOT NULL,
    run_id     bigint NOT NULL,
    strip      smallint NOT NULL,
    tile_col   smallint NOT NULL,
    rates      bytea NOT NULL,
    percent    bytea NOT NULL,
    PRIMARY KEY (grid_id, issue_time, run_id, strip, tile_col)
) PARTITION BY LIST (grid_id);
ALTER TABLE nowcast.forecast_strip ADD COLUMN IF NOT EXISTS means bytea;
COMMENT ON TABLE nowcast.forecast_strip IS
'The numbers of forecast_tile turned round for questions about places and areas: strips of 8 grid rows and grid.tile_size columns with all '
'their leads. A place is then a few bytes of one row instead of a pixel of each raster. Partitioned as forecast_tile.';
COMMENT ON COLUMN nowcast.forecast_strip.grid_id IS 'The grid, and the partition forecast_strip_<grid_id>.';
COMMENT ON COLUMN nowcast.forecast_strip.issue_time IS 'Of the run.';
COMMENT ON COLUMN nowcast.forecast_strip.run_id IS 'The run.';
COMMENT ON COLUMN nowcast.forecast_strip.strip IS 'Grid rows 8 strip to 8 strip + 7.';
COMMENT ON COLUMN nowcast.forecast_strip.tile_col IS 'Grid columns tile_size tile_col onwards.';
COMMENT ON COLUMN nowcast.forecast_strip.rates IS
'For each lead the high bytes of all pixels, row by row, then their low bytes: hundredths of mm/h, 65535 where nothing can be said.';
COMMENT ON COLUMN nowcast.forecast_strip.means IS
'The mean of the distribution, as rates; null in runs of earlier versions, of which amounts are those of rates.';
COMMENT ON COLUMN nowcast.forecast_strip.percent IS
'For each lead and each of run.thresholds a byte of each pixel, row by row: the per cent of exceeding it, 255 where nothing can be said.';

-- The doors through which tiles come in: COPY in binary form into these views. The type raster itself has no binary
-- input, its text form is twice as long, and a staging table would write every tile twice.
CREATE OR REPLACE VIEW nowcast.forecast_tile_in AS
SELECT grid_id, issue_time, run_id, tile_row, tile_col, NULL::integer[] AS lead_seconds, NULL::bytea[] AS wkb,
       NULL::integer[] AS pixels, NULL::integer[] AS wet_pixels, NULL::double precision[] AS sum_mm_h, NULL::real[] AS max_mm_h
FROM nowcast.forecast_tile WHERE false;
COMMENT ON VIEW nowcast.forecast_tile_in IS
'COPY … FROM STDIN (FORMAT binary) into this view writes forecast_tile: a row holds all leads of a tile as arrays; wkb is the well-known binary form of the rasters.';

CREATE OR REPLACE FUNCTION nowcast.forecast_tile_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO nowcast.forecast_tile (grid_id, issue_time, run_id, tile_row, tile_col, lead_seconds, rast, pixels, wet_pixels, sum_mm_h, max_mm_h)
    SELECT NEW.grid_id, NEW.issue_time, NEW.run_id, NEW.tile_row, NEW.tile_col, m.lead, ST_RastFromWKB(m.wkb), m.known, m.wet, m.total, m.highest
    FROM unnest(NEW.lead_seconds, NEW.wkb, NEW.pixels, NEW.wet_pixels, NEW.sum_mm_h, NEW.max_mm_h) AS m (lead, wkb, known, wet, total, highest);
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION nowcast.forecast_tile_in() IS 'Behind the view of the same name.';
CREATE OR REPLACE TRIGGER forecast_tile_in INSTEAD OF INSERT ON nowcast.forecast_tile_in
    FOR EACH ROW EXECUTE FUNCTION nowcast.forecast_tile_in();

CREATE OR REPLACE VIEW nowcast.scan_tile_in AS
SELECT grid_id, valid_time, tile_row, tile_col, NULL::bytea AS wkb FROM nowcast.scan_tile WHERE false;
COMMENT ON VIEW nowcast.scan_tile_in IS 'COPY … FROM STDIN (FORMAT binary) into this view writes scan_tile; wkb is the well-known binary form of the raster.';

CREATE OR REPLACE FUNCTION nowcast.scan_tile_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO nowcast.scan_tile (grid_id, valid_time, tile_row, tile_col, rast)
    VALUES (NEW.grid_id, NEW.valid_time, NEW.tile_row, NEW.tile_col, ST_RastFromWKB(NEW.wkb));
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION nowcast.scan_tile_in() IS 'Behind the view of the same name.';
CREATE OR REPLACE TRIGGER scan_tile_in INSTEAD OF INSERT ON nowcast.scan_tile_in
    FOR EACH ROW EXECUTE FUNCTION nowcast.scan_tile_in();
