-- Scans: what was observed.

CREATE TABLE IF NOT EXISTS nowcast.scan (
    grid_id         integer NOT NULL REFERENCES nowcast.grid,
    valid_time      timestamptz NOT NULL,
    source_file     text NOT NULL,
    received_at     timestamptz NOT NULL DEFAULT now(),
    is_interpolated boolean NOT NULL DEFAULT false,
    missing_share   double precision NOT NULL CHECK (missing_share BETWEEN 0 AND 1),
    wet_share       double precision NOT NULL CHECK (wet_share BETWEEN 0 AND 1),
    min_mm_h        double precision,
    mean_mm_h       double precision,
    max_mm_h        double precision,
    quality         jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (grid_id, valid_time)
);

COMMENT ON TABLE nowcast.scan IS 'One row for each scan, made up of the tiles in scan_tile. A scan that arrives twice is stored once.';
COMMENT ON COLUMN nowcast.scan.grid_id IS 'Where its pixels lie.';
COMMENT ON COLUMN nowcast.scan.valid_time IS 'When it holds; for an accumulation the end of its period.';
COMMENT ON COLUMN nowcast.scan.source_file IS 'The name of the file it came from.';
COMMENT ON COLUMN nowcast.scan.received_at IS 'When it was stored.';
COMMENT ON COLUMN nowcast.scan.is_interpolated IS 'Made up between two observed scans.';
COMMENT ON COLUMN nowcast.scan.missing_share IS 'Share of pixels that were not observed, 0 to 1.';
COMMENT ON COLUMN nowcast.scan.wet_share IS 'Share of the observed pixels above 0.1 mm/h, 0 to 1.';
COMMENT ON COLUMN nowcast.scan.min_mm_h IS 'Least rain rate of the observed pixels; null where nothing was observed.';
COMMENT ON COLUMN nowcast.scan.mean_mm_h IS 'Mean rain rate of the observed pixels; null where nothing was observed.';
COMMENT ON COLUMN nowcast.scan.max_mm_h IS 'Highest rain rate of the observed pixels; null where nothing was observed.';
COMMENT ON COLUMN nowcast.scan.quality IS 'What the quality control found, as it was reported.';

CREATE TABLE IF NOT EXISTS nowcast.scan_tile (
    grid_id    integer NOT NULL,
    valid_time timestamptz NOT NULL,
    tile_row   smallint NOT NULL,
    tile_col   smallint NOT NULL,
    rast       raster NOT NULL,
    PRIMARY KEY (grid_id, valid_time, tile_row, tile_col)
) PARTITION BY LIST (grid_id);

COMMENT ON TABLE nowcast.scan_tile IS
'The pixels of the scans: rasters of grid.tile_size rows and columns, band 1 the rain rate in mm/h (32BF, nodata -1: not observed). '
'Partitioned by grid and UTC day.';
COMMENT ON COLUMN nowcast.scan_tile.grid_id IS 'The grid, and the partition scan_tile_<grid_id>.';
COMMENT ON COLUMN nowcast.scan_tile.valid_time IS 'The scan.';
COMMENT ON COLUMN nowcast.scan_tile.tile_row IS '0 is the northernmost.';
COMMENT ON COLUMN nowcast.scan_tile.tile_col IS '0 is the westernmost.';
COMMENT ON COLUMN nowcast.scan_tile.rast IS 'Band 1: mm/h.';
