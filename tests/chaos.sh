#!/usr/bin/env bash
# Runs the service under faults and checks afterwards that nothing was lost, doubled or left behind.
#   tests/chaos.sh [--seed N] [--minutes M] [--faults F01,F12,…]
# The seed decides which fault strikes when; a run prints it, each fault as it happens, and at the end what held.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/deploy/prerequisites.sh"
export CHAOS_SEED=$((RANDOM * 32768 + RANDOM)) CHAOS_MINUTES=5 CHAOS_FAULTS=
while [ $# -gt 0 ]; do
  case $1 in
    --seed) CHAOS_SEED=${2:?--seed: expected a number} ;;
    --minutes) CHAOS_MINUTES=${2:?--minutes: expected a number} ;;
    --faults) CHAOS_FAULTS=${2:?--faults: expected ids such as F01,F12} ;;
    *) say "expected --seed N, --minutes M or --faults LIST. Received: $1"; exit 2 ;;
  esac
  shift 2
done

need_dotnet || exit 1
need_postgresql || exit 1
need_package /usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 faketime "clocks that jump, F30" || say "F30 is left out."
project=TrainingService.Chaos.Tests
dotnet build "$root/tests/$project" -c Release -v q --nologo || exit 1
exec "$root/tests/$project/bin/Release/net10.0/linux-x64/$project" -noColor -explicit only -method "*S3_any_seed_for_any_time"
