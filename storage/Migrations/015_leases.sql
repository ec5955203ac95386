-- Who may do what there is one of. Rows instead of advisory locks, which every role of a server can take.

CREATE TABLE IF NOT EXISTS nowcast.lease (
    name       text PRIMARY KEY,
    holder     uuid NOT NULL,
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);

COMMENT ON TABLE nowcast.lease IS 'What one program does at a time: the run of a job, a trial of a search. The program renews its row; that of a killed one runs out.';
COMMENT ON COLUMN nowcast.lease.name IS 'What it is for.';
COMMENT ON COLUMN nowcast.lease.holder IS 'A number that only its holder knows.';
COMMENT ON COLUMN nowcast.lease.expires_at IS 'From then on another may take it.';

GRANT SELECT, INSERT, UPDATE, DELETE ON nowcast.lease TO nowcast_writer;
COMMENT ON TABLE nowcast.search_trial IS 'Trials that are done; those that run have a lease.';
