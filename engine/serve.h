// afterward serve: the daemon.
#pragma once

int serve_main(int argc, char **argv);  // the exit code
