#!/usr/bin/env bash
# Makes a service again from what deploy/backup.sh left. Api and workers must not run.
#   PGHOST=… PGPORT=… PGUSER=… PGPASSWORD=… PGDATABASE=training deploy/restore.sh BACKUP STORAGE
# The database must not exist; STORAGE is the folder that Storage:Root will name, and holds no artifacts yet.
# Ends with an error when a row of the database speaks of a file that is missing or has other bytes.
set -euo pipefail
backup=${1:?expected the folder that backup.sh made} storage=${2:?expected the folder that Storage:Root will name}
: "${PGDATABASE:=training}"
[ -f "$backup/database.dump" ] || { echo "$backup: expected a folder that backup.sh made" >&2; exit 2; }
[ ! -e "$storage/artifacts" ] || { echo "$storage/artifacts exists already" >&2; exit 2; }

mkdir -p "$storage"
cp -a "$backup/artifacts" "$storage/artifacts"
sync
createdb "$PGDATABASE"
pg_restore --exit-on-error --single-transaction --no-owner --dbname="$PGDATABASE" "$backup/database.dump"

missing=0 checked=0
while read -r sha256; do
  checked=$((checked + 1))
  file=$storage/artifacts/${sha256:0:2}/${sha256:2:2}/$sha256
  if [ ! -f "$file" ] || [ "$(sha256sum "$file" | cut -d' ' -f1)" != "$sha256" ]; then
    echo "missing or spoilt: $file" >&2
    missing=$((missing + 1))
  fi
done < <(psql -qAtX -c 'SELECT sha256 FROM artifacts UNION SELECT sha256 FROM checkpoints' "$PGDATABASE")
echo "$checked files are named by rows, $missing of them missing or spoilt"
[ "$missing" -eq 0 ]
