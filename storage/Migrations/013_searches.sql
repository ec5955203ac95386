-- The trials of searches over networks ("nowcast tune --search"), which processes on several machines may run together.

CREATE TABLE IF NOT EXISTS nowcast.search (
    search_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text NOT NULL UNIQUE CHECK (name <> ''),
    settings  text NOT NULL,
    begun_at  timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE nowcast.search IS 'Searches for the best options of a network.';
COMMENT ON COLUMN nowcast.search.search_id IS 'Number.';
COMMENT ON COLUMN nowcast.search.name IS 'The name people use.';
COMMENT ON COLUMN nowcast.search.settings IS 'What all its trials share; processes with other settings are refused.';
COMMENT ON COLUMN nowcast.search.begun_at IS 'When it was first heard of.';

CREATE TABLE IF NOT EXISTS nowcast.search_trial (
    search_id   integer NOT NULL REFERENCES nowcast.search ON DELETE CASCADE,
    number      integer NOT NULL CHECK (number > 0),
    result      jsonb NOT NULL,
    checkpoint  bytea,
    finished_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (search_id, number)
);
ALTER TABLE nowcast.search_trial ALTER COLUMN checkpoint SET STORAGE EXTERNAL;

COMMENT ON TABLE nowcast.search_trial IS 'Trials that are done. Those that run are advisory locks, which the server takes back when their process ends.';
COMMENT ON COLUMN nowcast.search_trial.search_id IS 'The search.';
COMMENT ON COLUMN nowcast.search_trial.number IS 'From 1; what it tries follows from it.';
COMMENT ON COLUMN nowcast.search_trial.result IS 'What was tried and what became of it.';
COMMENT ON COLUMN nowcast.search_trial.checkpoint IS 'The .safetensors file, byte for byte; null where nothing was learned.';
COMMENT ON COLUMN nowcast.search_trial.finished_at IS 'When it was done.';

GRANT SELECT ON nowcast.search TO nowcast_reader, nowcast_writer;
GRANT SELECT (search_id, number, result, finished_at) ON nowcast.search_trial TO nowcast_reader;
GRANT INSERT, DELETE ON nowcast.search TO nowcast_writer;
GRANT SELECT, INSERT, DELETE ON nowcast.search_trial TO nowcast_writer;
