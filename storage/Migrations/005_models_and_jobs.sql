-- Models, which of them forecasts, and what the program has been doing.

CREATE TABLE IF NOT EXISTS nowcast.model (
    model_id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version     text NOT NULL UNIQUE CHECK (version <> ''),
    checksum    text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
    network     text NOT NULL,
    metadata    jsonb NOT NULL DEFAULT '{}',
    scores      jsonb NOT NULL DEFAULT '{}',
    checkpoint  bytea NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now()
);
-- Weights do not compress: store them as they are and save the time.
ALTER TABLE nowcast.model ALTER COLUMN checkpoint SET STORAGE EXTERNAL;

COMMENT ON TABLE nowcast.model IS 'Trained models, with everything needed to forecast with them again.';
COMMENT ON COLUMN nowcast.model.model_id IS 'Number.';
COMMENT ON COLUMN nowcast.model.version IS 'The name people use; runs carry it.';
COMMENT ON COLUMN nowcast.model.checksum IS 'SHA-256 of the checkpoint in hexadecimal; runs carry it.';
COMMENT ON COLUMN nowcast.model.network IS 'The architecture.';
COMMENT ON COLUMN nowcast.model.metadata IS 'Architecture, normalisation, the data it was trained on, source revision.';
COMMENT ON COLUMN nowcast.model.scores IS 'What it scored when it was trained.';
COMMENT ON COLUMN nowcast.model.checkpoint IS 'The .safetensors file, byte for byte.';
COMMENT ON COLUMN nowcast.model.imported_at IS 'When it was stored here.';

CREATE TABLE IF NOT EXISTS nowcast.model_promotion (
    promotion_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model_id       integer NOT NULL REFERENCES nowcast.model,
    promoted_at    timestamptz NOT NULL,
    note           text NOT NULL DEFAULT '',
    rolled_back_at timestamptz
);
COMMENT ON TABLE nowcast.model_promotion IS 'Which model forecasts: that of the last row that was not rolled back.';
COMMENT ON COLUMN nowcast.model_promotion.promotion_id IS 'Rises with each promotion.';
COMMENT ON COLUMN nowcast.model_promotion.model_id IS 'The model that was put to work.';
COMMENT ON COLUMN nowcast.model_promotion.promoted_at IS 'When.';
COMMENT ON COLUMN nowcast.model_promotion.note IS 'Why.';
COMMENT ON COLUMN nowcast.model_promotion.rolled_back_at IS 'When it was taken back, so that the one before forecasts again.';

CREATE TABLE IF NOT EXISTS nowcast.job_run (
    job_run_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job         text NOT NULL,
    host        text NOT NULL,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    outcome     text NOT NULL DEFAULT 'running' CHECK (outcome IN ('running', 'succeeded', 'failed', 'cancelled')),
    message     text NOT NULL DEFAULT '',
    details     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS job_run_started ON nowcast.job_run (started_at DESC);
-- Since the schedule: who runs it, how far it is, what it said on the way.
ALTER TABLE nowcast.job_run ADD COLUMN IF NOT EXISTS server text NOT NULL DEFAULT '';
ALTER TABLE nowcast.job_run ADD COLUMN IF NOT EXISTS attempt integer NOT NULL DEFAULT 1;
ALTER TABLE nowcast.job_run ADD COLUMN IF NOT EXISTS progress double precision CHECK (progress BETWEEN 0 AND 1);
ALTER TABLE nowcast.job_run ADD COLUMN IF NOT EXISTS progress_text text NOT NULL DEFAULT '';
ALTER TABLE nowcast.job_run DROP COLUMN IF EXISTS cancel_requested_at;
ALTER TABLE nowcast.job_run ADD COLUMN IF NOT EXISTS engine_job text;
ALTER TABLE nowcast.job_run ADD COLUMN IF NOT EXISTS log text NOT NULL DEFAULT '';
ALTER TABLE nowcast.job_run DROP CONSTRAINT IF EXISTS job_run_outcome_check;
ALTER TABLE nowcast.job_run ADD CONSTRAINT job_run_outcome_check CHECK (outcome IN ('running', 'succeeded', 'failed', 'cancelled', 'interrupted'));
CREATE INDEX IF NOT EXISTS job_run_job ON nowcast.job_run (job, job_run_id DESC);
CREATE INDEX IF NOT EXISTS job_run_engine_job ON nowcast.job_run (engine_job);
COMMENT ON TABLE nowcast.job_run IS 'Each time a job ran; read it through the view job_history.';
COMMENT ON COLUMN nowcast.job_run.job_run_id IS 'Number.';
COMMENT ON COLUMN nowcast.job_run.job IS 'ingest, forecast, verify, retain, ….';
COMMENT ON COLUMN nowcast.job_run.host IS 'The machine it ran on.';
COMMENT ON COLUMN nowcast.job_run.started_at IS 'When it began.';
COMMENT ON COLUMN nowcast.job_run.finished_at IS 'When it ended; null while it runs. Where the program was killed: when that was noticed.';
COMMENT ON COLUMN nowcast.job_run.outcome IS
'running, succeeded, failed, cancelled (by a person), or interrupted (its program was stopped or killed; another takes the job up).';
COMMENT ON COLUMN nowcast.job_run.message IS 'One line for people: what it did, or why it failed.';
COMMENT ON COLUMN nowcast.job_run.details IS 'Numbers: scans stored, seconds, rows, ….';
COMMENT ON COLUMN nowcast.job_run.server IS 'The program that ran it: host, process number and a random part.';
COMMENT ON COLUMN nowcast.job_run.attempt IS '1, and one more for each time it was tried again.';
COMMENT ON COLUMN nowcast.job_run.progress IS 'How far it is, 0 to 1; null where it does not say.';
COMMENT ON COLUMN nowcast.job_run.progress_text IS 'What it is doing.';
COMMENT ON COLUMN nowcast.job_run.engine_job IS 'Its number with the job engine: /hangfire/jobs/details/<number> shows it.';
COMMENT ON COLUMN nowcast.job_run.log IS 'What it said on the way, a line each.';

-- Which programs there are, the job engine knows.
DROP TABLE IF EXISTS nowcast.server;
