#!/usr/bin/env bash
# Sets up what is missing, builds everything and runs all tests; `tests/run.sh FILTER` runs those whose full name contains FILTER.
# Of the tests that kill, cut off and starve whole services of their own it runs those marked Runs=always; FAULTS=1 runs all, which takes a quiet machine and a while.
# Ends with the line "N passed, N failed".
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/deploy/prerequisites.sh"
filter=${1:-}

need_dotnet || exit 1
# On a laptop a missing dependency skips its tests, loudly; where CI is set they fail.
projects="Conventions Contracts Engine Domain Client Api Worker EndToEnd Chaos"
if ! need_postgresql; then
  [ -z "${CI:-}" ] || exit 1
  projects="Conventions Contracts Engine"
fi
need_package chromium chromium "browser tests" || [ -z "${CI:-}" ] || exit 1
need_package /usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 faketime "clocks that jump" || [ -z "${CI:-}" ] || exit 1
need_package /usr/share/datasets/fashion-mnist dataset-fashion-mnist "a mirror of a built-in data set" || [ -z "${CI:-}" ] || exit 1
if [ -n "${FAULTS:-}" ]; then
  need_package strace strace "makes system calls fail" || [ -z "${CI:-}" ] || exit 1
fi
need_package docker-compose docker-compose "checks the compose file, needs no engine" || [ -z "${CI:-}" ] || exit 1

dotnet build "$root/TrainingService.sln" -c Release -v q --nologo || { echo "0 passed, 1 failed"; exit 1; }

passed=0 failed=0 skipped=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT
for project in $projects; do
  name=TrainingService.$project.Tests
  some=
  [ "$project${FAULTS:-}" != Chaos ] || some="-trait Runs=always"
  "$root/tests/$name/bin/Release/net10.0/linux-x64/$name" -noColor $some ${filter:+-method "*$filter*"} 2>&1 | tee "$output"
  code=${PIPESTATUS[0]}
  count() { sed -n "s/^ *$name  *Total: .*$1: \([0-9]*\).*/\1/p" "$output" | tail -n 1; }
  total=$(sed -n "s/^ *$name  *Total: \([0-9]*\),.*/\1/p" "$output" | tail -n 1)
  if [ -z "$total" ]; then
    # No test matches the filter, or the program died before its summary.
    if [ -z "$filter" ] || ! grep -q '=== TEST EXECUTION SUMMARY' "$output"; then
      printf '%s ended with code %s and no summary\n' "$name" "$code"
      failed=$((failed + 1))
    fi
    continue
  fi
  wrong=$(($(count Failed) + $(count Errors)))
  if [ "$code" -ne 0 ] && [ "$wrong" -eq 0 ] && [ "$total" -gt 0 ]; then
    printf '%s ended with code %s\n' "$name" "$code"
    wrong=1
  fi
  skipped=$((skipped + $(count Skipped)))
  failed=$((failed + wrong))
  passed=$((passed + total - $(count Failed) - $(count Skipped)))
done
case $projects in *EndToEnd*) ;; *) say "PostgreSQL is missing: Domain, Client, Api, Worker and EndToEnd were NOT tested." ;; esac
if [ "$skipped" -gt 0 ]; then
  printf '%s skipped\n' "$skipped"
  [ -z "${CI:-}" ] || failed=$((failed + skipped))
fi
[ "$((passed + failed))" -gt 0 ] || { printf 'No test matches %s\n' "$filter"; failed=1; }
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
