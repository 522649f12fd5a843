#!/usr/bin/env bash
# Runs the benchmarks by name, or all of them; a line per figure:
# benchmark NAME VALUE UNIT (BASELINE VALUE UNIT, ratio R)
# The loads, load_NAME [--jobs N] [--seconds N] [--subscribers N] [--events N], run when they are named; a line per figure with what must hold.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/deploy/prerequisites.sh"
need_dotnet
need_postgresql
# The worker as it is deployed: published, and so compiled ahead.
dotnet publish "$root/src/TrainingService.Worker" -c Release -v q --nologo
for project in src/TrainingService.Api tests/TrainingService.Benchmarks; do
  dotnet build "$root/$project" -c Release -v q --nologo
done
exec "$root/tests/TrainingService.Benchmarks/bin/Release/net10.0/linux-x64/TrainingService.Benchmarks" "$@"
