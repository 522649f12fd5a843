#!/usr/bin/env bash
# Sets up what is missing, builds everything and runs all tests; `tests/run.sh FILTER` runs those whose full name contains FILTER.
# Ends with the line "N passed, N failed".
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/deploy/prerequisites.sh"
filter=${1:-}

need_dotnet || exit 1
# On a laptop a missing dependency skips its tests, loudly; where CI is set they fail.
need_postgresql || [ -z "${CI:-}" ] || exit 1
need_package chromium chromium "browser tests" || [ -z "${CI:-}" ] || exit 1

dotnet build "$root/TrainingService.sln" -c Release -v q --nologo || { echo "0 passed, 1 failed"; exit 1; }

passed=0 failed=0 skipped=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT
for project in Conventions Contracts Engine Domain Client Api Worker EndToEnd; do
  name=TrainingService.$project.Tests
  program=$root/tests/$name/bin/Release/net10.0/linux-x64/$name
  printf '== %s\n' "$name"
  "$program" --no-progress ${filter:+--filter-method "*$filter*"} 2>&1 | tee "$output"
  code=${PIPESTATUS[0]}
  number() { sed -n "s/^ *$1: *\([0-9]\+\).*/\1/p" "$output" | tail -n 1; }
  ran=$(number total)
  passed=$((passed + $(number succeeded || true) + 0)); failed=$((failed + $(number failed) + 0)); skipped=$((skipped + $(number skipped) + 0))
  # 8: nothing matched the filter. Any other code without a failed test is a crash of the test program.
  if [ "$code" -ne 0 ] && { [ "$code" -ne 8 ] || [ -z "$filter" ]; } && [ "$(number failed)" = "${ran:+0}" -o -z "$ran" ]; then
    printf '%s ended with code %s\n' "$name" "$code"
    failed=$((failed + 1))
  fi
done
if [ -n "${CI:-}" ] && [ "$skipped" -gt 0 ]; then
  printf '%s skipped: in CI nothing may be skipped\n' "$skipped"
  failed=$((failed + skipped))
fi
[ "$((passed + failed))" -gt 0 ] || { printf 'No test matches %s\n' "$filter"; failed=1; }
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
