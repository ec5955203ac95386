-- The schedule is Hangfire's, whose tables its own installer makes (jobs/Schedule/HangfireTables.cs); those of the scheduler before it go.
DROP SCHEMA IF EXISTS nowcast_schedule CASCADE;
