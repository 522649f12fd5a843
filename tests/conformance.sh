#!/usr/bin/env bash
# Asks the engine for the numbers of every conformance case in a directory (default: the project's own copy):
# a line "conformance KIND PASSED/TOTAL" per kind, then the id and difference of each failure.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/deploy/prerequisites.sh"
need_dotnet
dotnet build "$root/tests/TrainingService.Conformance" -c Release -v q --nologo
exec "$root/tests/TrainingService.Conformance/bin/Release/net10.0/linux-x64/TrainingService.Conformance" "$@"
