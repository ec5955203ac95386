-- The schedule is Hangfire's, whose tables its own installer makes (jobs/Hosting/HangfireTables.cs); those of the scheduler before it go.
DROP SCHEMA IF EXISTS nowcast_schedule CASCADE;
