-- What makes the questions quick on any server, and shows the maps to desktop programs.

-- The tiles of one map, by the minutes that views and people say.
CREATE INDEX IF NOT EXISTS forecast_tile_lead ON nowcast.forecast_tile (run_id, (lead_seconds / 60.0::double precision));

-- The server's default is to compile what it takes for dear (jit = on): these are many small steps over few rows, and compiling them takes seconds
-- where answering takes milliseconds. The functions say so for whoever calls them, the roles for the views.
ALTER FUNCTION nowcast.rain_over(geometry, timestamptz) SET jit = off;
ALTER FUNCTION nowcast.area_spans(geometry, nowcast.grid) SET jit = off;
DO $$
BEGIN
    ALTER ROLE nowcast_reader SET jit = off;
    ALTER ROLE nowcast_writer SET jit = off;
EXCEPTION WHEN insufficient_privilege OR internal_error THEN
    -- Not the server's administrator, or another program sets the same at this moment: the functions are quick all the same.
    RAISE NOTICE 'jit of nowcast_reader and nowcast_writer is left as it is: %', SQLERRM;
END
$$;

-- PostGIS reads the projection of a raster column from the constraints of its table, and a view has none. QGIS and GDAL ask for raster_columns without
-- a schema: with nowcast before public in the search_path, as nowcast_reader has it, they find this one.
CREATE OR REPLACE VIEW nowcast.raster_columns AS
-- Without the partitions of the days, of which there are hundreds: the table of the grid holds all of them.
SELECT * FROM public.raster_columns WHERE r_table_schema <> 'nowcast' OR r_table_name ~ '^(scan|forecast)_tile_[0-9]+$'
UNION ALL
SELECT current_database(), 'nowcast'::name, (v.name || g.view_name)::name, v.col::name, g.srid, g.pixel_x, -g.pixel_y, g.tile_size, g.tile_size, true, true,
       v.bands, array_fill(v.type, ARRAY[v.bands]) COLLATE "C", array_fill(v.nodata, ARRAY[v.bands]), array_fill(false, ARRAY[v.bands]),
       public.ST_MakeEnvelope(g.origin_x, g.origin_y - ceil(g.height / g.tile_size::double precision) * g.tile_size * g.pixel_y,
                              g.origin_x + ceil(g.width / g.tile_size::double precision) * g.tile_size * g.pixel_x, g.origin_y, g.srid),
       false
FROM nowcast.grid AS g
CROSS JOIN LATERAL (
    VALUES ('latest_forecast_', 'rast', 1, '32BF', -1::double precision),
           ('latest_forecast_', 'mean', 1, '32BF', -1),
           ('latest_forecast_', 'percent', (SELECT cardinality(r.thresholds) FROM nowcast.newest_run(g.grid_id, 'infinity') AS r), '8BUI', 255),
           ('latest_scan_', 'rast', 1, '32BF', -1)) AS v (name, col, bands, type, nodata);
COMMENT ON VIEW nowcast.raster_columns IS
'public.raster_columns without the partitions of the days, and with the projection of the views latest_forecast_<grid> and latest_scan_<grid>, which PostGIS does not know.';
COMMENT ON COLUMN nowcast.raster_columns.r_table_catalog IS 'The database.';
COMMENT ON COLUMN nowcast.raster_columns.r_table_schema IS 'The schema of the table or view.';
COMMENT ON COLUMN nowcast.raster_columns.r_table_name IS 'The table or view.';
COMMENT ON COLUMN nowcast.raster_columns.r_raster_column IS 'Its column: rast is mm/h, mean the mean of the distribution, percent a band for each threshold.';
COMMENT ON COLUMN nowcast.raster_columns.srid IS 'The projection, in spatial_ref_sys.';
COMMENT ON COLUMN nowcast.raster_columns.scale_x IS 'Width of a pixel in units of the projection.';
COMMENT ON COLUMN nowcast.raster_columns.scale_y IS 'Height of a pixel, negative.';
COMMENT ON COLUMN nowcast.raster_columns.blocksize_x IS 'Columns of a tile.';
COMMENT ON COLUMN nowcast.raster_columns.blocksize_y IS 'Rows of a tile.';
COMMENT ON COLUMN nowcast.raster_columns.same_alignment IS 'All tiles lie on one raster.';
COMMENT ON COLUMN nowcast.raster_columns.regular_blocking IS 'The tiles neither overlap nor leave gaps.';
COMMENT ON COLUMN nowcast.raster_columns.num_bands IS 'Bands of a tile.';
COMMENT ON COLUMN nowcast.raster_columns.pixel_types IS 'The type of each band.';
COMMENT ON COLUMN nowcast.raster_columns.nodata_values IS 'The value of each band that stands for nothing known.';
COMMENT ON COLUMN nowcast.raster_columns.out_db IS 'Whether a band lies in a file outside of the database.';
COMMENT ON COLUMN nowcast.raster_columns.extent IS 'Around all tiles.';
COMMENT ON COLUMN nowcast.raster_columns.spatial_index IS 'Whether the column has one.';
GRANT SELECT ON nowcast.raster_columns TO nowcast_reader, nowcast_writer;
REVOKE ALL ON FUNCTION nowcast.make_latest_forecast() FROM PUBLIC;
