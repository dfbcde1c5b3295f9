// Every command but serve: cli_<noun>.c has each with what it does.
#pragma once

#include "cli/cli.h"

extern const struct cli_command cli_cases, cli_case, cli_unmaskings, cli_improvements,
    cli_improvement, cli_quality;
extern const struct cli_command cli_tasks, cli_task;
extern const struct cli_command cli_alerts, cli_alert;
extern const struct cli_command cli_messages, cli_message, cli_template;
extern const struct cli_command cli_ahead, cli_enrollments, cli_enrollment, cli_runs,
    cli_run, cli_jobs;
extern const struct cli_command cli_diff, cli_upgrade, cli_compare, cli_promote,
    cli_withdraw;
extern const struct cli_command cli_patient, cli_timeline, cli_curves, cli_opt_out,
    cli_prove, cli_consent, cli_prefer, cli_ring_back, cli_bind, cli_numbers, cli_wards,
    cli_poster;
extern const struct cli_command cli_attachment, cli_card;
extern const struct cli_command cli_duty, cli_staff, cli_handover, cli_clock;
extern const struct cli_command cli_import;
extern const struct cli_command cli_bundles, cli_reload, cli_activate, cli_rollback;
extern const struct cli_command cli_channels, cli_channel, cli_inbound;
extern const struct cli_command cli_plugins, cli_hl7, cli_pull;
extern const struct cli_command cli_check, cli_new, cli_triage, cli_report;
extern const struct cli_command cli_sim, cli_forecast, cli_console, cli_test;
extern const struct cli_command cli_backtest, cli_fixture;
extern const struct cli_command cli_summary, cli_events, cli_refused, cli_codes,
    cli_status, cli_version;
