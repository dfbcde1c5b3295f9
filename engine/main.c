// afterward COMMAND …: serve is the daemon, sim plays here, everything else asks the
// daemon.
#include <string.h>

#include "cli/commands.h"
#include "serve.h"

static const struct cli_command *const commands[] = {
    // clang-format off
    &cli_import,
    &cli_cases,
    &cli_case,
    &cli_unmaskings,
    &cli_improvements,
    &cli_improvement,
    &cli_quality,
    &cli_tasks,
    &cli_task,
    &cli_alerts,
    &cli_alert,
    &cli_messages,
    &cli_message,
    &cli_template,
    &cli_ahead,
    &cli_enrollments,
    &cli_enrollment,
    &cli_runs,
    &cli_run,
    &cli_jobs,
    &cli_diff,
    &cli_upgrade,
    &cli_compare,
    &cli_promote,
    &cli_withdraw,
    &cli_patient,
    &cli_timeline,
    &cli_attachment,
    &cli_card,
    &cli_opt_out,
    &cli_prove,
    &cli_consent,
    &cli_prefer,
    &cli_ring_back,
    &cli_bind,
    &cli_numbers,
    &cli_wards,
    &cli_poster,
    &cli_duty,
    &cli_handover,
    &cli_bundles,
    &cli_reload,
    &cli_activate,
    &cli_rollback,
    &cli_clock,
    &cli_summary,
    &cli_events,
    &cli_refused,
    &cli_codes,
    &cli_status,
    &cli_version,
    &cli_check,
    &cli_new,
    &cli_sim,
    &cli_forecast,
    &cli_backtest,
    &cli_console,
    &cli_test,
    &cli_fixture,
    &cli_channels,
    &cli_channel,
    &cli_inbound,
    &cli_plugins,
    &cli_pull,
    &cli_staff,
    &cli_hl7,
    &cli_triage,
    &cli_report,
    // clang-format on
    NULL};

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "serve") == 0) return serve_main(argc - 1, argv + 1);
  return cli_main(commands, argc, argv);
}
