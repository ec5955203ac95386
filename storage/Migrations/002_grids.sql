-- Grids: where pixels lie. One row, one projection in spatial_ref_sys, one partition of scans and of forecasts each.

CREATE TABLE IF NOT EXISTS nowcast.grid (
    grid_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9_-]{1,40}$'),
    srid      integer NOT NULL,
    proj      text NOT NULL,
    width     integer NOT NULL CHECK (width > 0),
    height    integer NOT NULL CHECK (height > 0),
    pixel_x   double precision NOT NULL CHECK (pixel_x > 0),
    pixel_y   double precision NOT NULL CHECK (pixel_y > 0),
    origin_x  double precision NOT NULL,
    origin_y  double precision NOT NULL,
    is_lonlat boolean NOT NULL,
    tile_size integer NOT NULL CHECK (tile_size BETWEEN 8 AND 1024),
    west      double precision NOT NULL,
    south     double precision NOT NULL,
    east      double precision NOT NULL,
    north     double precision NOT NULL,
    view_name text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE nowcast.grid IS 'The rasters on which scans and forecasts lie. Row 0 is north, column 0 is west.';
COMMENT ON COLUMN nowcast.grid.grid_id IS 'Part of the names of the partitions: scan_tile_<grid_id>, forecast_tile_<grid_id>.';
COMMENT ON COLUMN nowcast.grid.name IS 'The name by which people ask for the grid.';
COMMENT ON COLUMN nowcast.grid.srid IS 'Its projection in spatial_ref_sys: 4326 for longitude and latitude, else 910000 and up, auth_name convlstm-nowcast.';
COMMENT ON COLUMN nowcast.grid.proj IS 'PROJ string, metres (degrees where is_lonlat).';
COMMENT ON COLUMN nowcast.grid.width IS 'Columns.';
COMMENT ON COLUMN nowcast.grid.height IS 'Rows.';
COMMENT ON COLUMN nowcast.grid.pixel_x IS 'Column spacing in metres (degrees where is_lonlat).';
COMMENT ON COLUMN nowcast.grid.pixel_y IS 'Row spacing in metres (degrees where is_lonlat), positive; y falls from row to row.';
COMMENT ON COLUMN nowcast.grid.origin_x IS 'x of the outer corner of the upper-left pixel.';
COMMENT ON COLUMN nowcast.grid.origin_y IS 'y of the outer corner of the upper-left pixel.';
COMMENT ON COLUMN nowcast.grid.is_lonlat IS 'True where x and y are longitude and latitude in degrees.';
COMMENT ON COLUMN nowcast.grid.tile_size IS 'Rows and columns of a tile; tiles at the right and lower edge are filled up with nodata.';
COMMENT ON COLUMN nowcast.grid.west IS 'Bounding box in degrees, at least as large as the grid: a first sieve before the exact projection.';
COMMENT ON COLUMN nowcast.grid.south IS 'See west.';
COMMENT ON COLUMN nowcast.grid.east IS 'See west.';
COMMENT ON COLUMN nowcast.grid.north IS 'See west.';
COMMENT ON COLUMN nowcast.grid.view_name IS 'The end of the names of its views: latest_scan_<view_name>, latest_forecast_<view_name>.';
COMMENT ON COLUMN nowcast.grid.created_at IS 'When the first scan or forecast of the grid came.';

-- The projection's number; a new row where it has none yet.
CREATE OR REPLACE FUNCTION nowcast.projection_srid(proj text, srtext text)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = nowcast, public, pg_temp AS $$
DECLARE
    found integer;
BEGIN
    -- One at a time; a reader can take no lock that keeps this one away.
    LOCK TABLE nowcast.grid IN SHARE ROW EXCLUSIVE MODE;
    SELECT srid INTO found FROM spatial_ref_sys
    WHERE auth_name = 'convlstm-nowcast' AND proj4text = projection_srid.proj;
    IF found IS NULL THEN
        SELECT greatest(coalesce(max(srid), 0), 909999) + 1 INTO found
        FROM spatial_ref_sys WHERE srid BETWEEN 910000 AND 919999;
        INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text)
        VALUES (found, 'convlstm-nowcast', found, srtext, projection_srid.proj);
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION nowcast.projection_srid(text, text) IS
'The number in spatial_ref_sys of a PROJ string; adds a row (910000 to 919999, auth_name convlstm-nowcast) where there is none.';

-- Degrees west, south, east, north around a grid.
CREATE OR REPLACE FUNCTION nowcast.lonlat_box(
    srid integer, width integer, height integer,
    pixel_x double precision, pixel_y double precision, origin_x double precision, origin_y double precision)
RETURNS double precision[] LANGUAGE plpgsql STABLE SET search_path = nowcast, public, pg_temp AS $$
DECLARE
    plane geometry := ST_MakeEnvelope(origin_x, origin_y - height * pixel_y, origin_x + width * pixel_x, origin_y, srid);
    outline geometry;
    jumps boolean;
    has_pole boolean := false;
    pole double precision;
    box double precision[];
BEGIN
    IF srid = 4326 THEN
        IF ST_XMin(plane) < -180 OR ST_XMax(plane) > 180 THEN
            RETURN ARRAY[-180, greatest(-90, ST_YMin(plane)), 180, least(90, ST_YMax(plane))];
        END IF;
        RETURN ARRAY[ST_XMin(plane), ST_YMin(plane), ST_XMax(plane), ST_YMax(plane)];
    END IF;
    outline := ST_Transform(ST_Segmentize(plane, greatest(width * pixel_x, height * pixel_y) / 200), 4326);
    box := ARRAY[ST_XMin(outline), ST_YMin(outline), ST_XMax(outline), ST_YMax(outline)];
    SELECT bool_or(abs(lon - before) > 180) INTO jumps
    FROM (SELECT ST_X(geom) AS lon, lag(ST_X(geom)) OVER (ORDER BY path) AS before FROM ST_DumpPoints(outline)) AS points;
    FOREACH pole IN ARRAY ARRAY[-90.0, 90.0] LOOP
        BEGIN
            IF ST_Intersects(plane, ST_Transform(ST_SetSRID(ST_Point(0, pole), 4326), srid)) THEN
                has_pole := true;
                IF pole < 0 THEN box[2] := -90; ELSE box[4] := 90; END IF;
            END IF;
        EXCEPTION WHEN internal_error THEN
            -- The projection does not reach that pole, so the grid does not either.
            CONTINUE;
        END;
    END LOOP;
    IF jumps OR has_pole THEN
        box[1] := -180;
        box[3] := 180;
    END IF;
    -- Between two points of the outline the edge may bulge a little.
    RETURN ARRAY[greatest(-180, box[1] - 0.1), greatest(-90, box[2] - 0.1), least(180, box[3] + 0.1), least(90, box[4] + 0.1)];
EXCEPTION WHEN internal_error THEN
    -- A corner lies outside of the projection: the sieve lets everything through, the exact look-up decides.
    RETURN ARRAY[-180, -90, 180, 90];
END
$$;
COMMENT ON FUNCTION nowcast.lonlat_box(integer, integer, integer, double precision, double precision, double precision, double precision) IS
'West, south, east, north in degrees of a box around a grid; the whole world in longitude where it holds a pole or the date line.';
