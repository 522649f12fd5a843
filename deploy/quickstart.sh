#!/usr/bin/env bash
# Builds the service, starts it stand-alone, trains an example and keeps serving until Ctrl-C.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/deploy/prerequisites.sh"

usage() {
  cat <<TEXT
Usage: deploy/quickstart.sh [options]
  --port N         port of the service on this machine (default 5080)
  --data-dir DIR   where the database, the models and the logs are kept
                   (default: /var/lib/training-service as root, ~/.local/share/training-service otherwise)
  --example FILE   the job to submit (default: deploy/examples/mnist-cnn.json; mnist-quick.json is done in a minute)
  --exit           stop when the job has ended; exit code 0 only if it succeeded
  --no-job         serve only
TEXT
}

port=5080 data_dir='' example="$root/deploy/examples/mnist-cnn.json" exit_after=false job=true
if [ "$(id -u)" -eq 0 ]; then data_dir=/var/lib/training-service; else data_dir=${XDG_DATA_HOME:-$HOME/.local/share}/training-service; fi
while [ $# -gt 0 ]; do
  case $1 in
    --port) port=${2:?--port expects a number}; shift 2 ;;
    --data-dir) data_dir=${2:?--data-dir expects a folder}; shift 2 ;;
    --example) example=${2:?--example expects a file}; shift 2 ;;
    --exit) exit_after=true; shift ;;
    --no-job) job=false; shift ;;
    -h|--help) usage; exit 0 ;;
    *) say "Unknown option: $1"; usage >&2; exit 2 ;;
  esac
done
case $port in ''|*[!0-9]*) say "--port expects a number from 1 to 65535. Received: $port"; exit 2 ;; esac
[ "$port" -ge 1 ] && [ "$port" -le 65535 ] || { say "--port expects a number from 1 to 65535. Received: $port"; exit 2; }
if $job && [ ! -f "$example" ]; then
  [ -f "$root/deploy/examples/$example" ] && example="$root/deploy/examples/$example" || { say "No such example: $example"; exit 2; }
fi
mkdir -p "$data_dir"
data_dir=$(cd "$data_dir" && pwd)

url=http://127.0.0.1:$port
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  say "Port $port is taken; choose another with --port."
  exit 1
fi

need_dotnet
need_postgresql

say "Building (the first time takes a few minutes and fetches packages) …"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The worker is published, which compiles it ahead: every run starts its program anew.
for step in "publish Worker" "build Api" "build Client.Cli"; do
  if ! dotnet "${step% *}" "$root/src/TrainingService.${step#* }" -c Release -v q --nologo >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi
done
bin() { printf '%s/src/TrainingService.%s/bin/Release/net10.0%s' "$root" "$1" "${2:-}"; }
cli="$(bin Client.Cli)/trainingservice.dll"

service_log=$data_dir/service.log
say "Starting on $url (data in $data_dir, log in $service_log) …"
Worker__Path="$(bin Worker /linux-x64/publish)/TrainingService.Worker.dll" \
Datasets__Root="$root/deploy/datasets" \
  setsid dotnet "$(bin Api)/TrainingService.Api.dll" --urls "$url" --DataDirectory "$data_dir" >>"$service_log" 2>&1 &
service=$!

stop() {
  trap - INT TERM
  if kill -0 "$service" 2>/dev/null; then
    say "Stopping …"
    kill -TERM "$service"
    wait "$service" || true
  fi
}
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM
trap 'rm -f "$log"; stop' EXIT

if ! dotnet "$cli" wait-ready --server "$url" --process "$service"; then
  say "The service did not start. The end of its log:"
  tail -n 40 "$service_log" >&2
  exit 1
fi

code=0
if $job; then
  dotnet "$cli" run "$example" --server "$url" --output "$data_dir/models" || code=$?
fi
if $exit_after; then
  exit "$code"
fi
say "Serving on $url until Ctrl-C (dashboard: $url/, Swagger: $url/swagger)."
wait "$service"
