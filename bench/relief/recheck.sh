#!/usr/bin/env bash
# The yearly re-check of 1,000,000 synthetic files: decided as columns on all cores, the rows that decided kept for each,
# a thousand compared with the same decided one by one. Reading from and writing to the database are not in it. $1: the build folder.
set -euo pipefail
"$1/src/relief/recheck_bench" --benchmark_format=json 2>/dev/null | python3 -c '
import json, sys
run = json.load(sys.stdin)["benchmarks"][0]
if run.get("error_occurred"): sys.exit(run["error_message"])
kinds = ", ".join(f"{name[5:]} {int(run[name]):,}" for name in sorted(run) if name.startswith("kind_"))
print("%d files in %.2f s, %d with the rows that decided" % (run["files"], run["real_time"], run["explained"]))
print(kinds)'
# The job: from the database and into it, ended half-way and begun anew. FILES=1000000 for a million (it enters them first, an hour's half).
"$1/src/relief/recheck_job_bench" --benchmark_format=json 2>/dev/null | python3 -c '
import json, sys
run = json.load(sys.stdin)["benchmarks"][0]
if run.get("error_occurred"): sys.exit(run["error_message"])
print("job: %d files in %.1f s, %.0f us a file, %d changed, %d out, %.0f MB more than before it" % (
    run["files"], run["real_time"], run["real_time"] / run["files"] * 1e6, run["changed"], run["out"], run["more_megabytes"]))'
