#!/usr/bin/env bash
# Copies a running service into a folder that deploy/restore.sh can make it again from.
#   PGHOST=… PGPORT=… PGUSER=… PGPASSWORD=… PGDATABASE=training deploy/backup.sh STORAGE TARGET
# STORAGE is the folder that Storage:Root names, TARGET a folder that does not exist.
# Content is copied before and after the database. What the first copy has may be named by a row and deleted meanwhile; what came between the
# first copy and the dump is too young to be deleted before the second. So every row of the dump finds its file.
set -euo pipefail
storage=${1:?expected the folder that Storage:Root names} target=${2:?expected a folder to make}
: "${PGDATABASE:=training}"
[ -d "$storage/artifacts" ] || { echo "$storage: expected a folder with artifacts in it" >&2; exit 2; }
[ ! -e "$target" ] || { echo "$target exists already" >&2; exit 2; }

# Files go by their content and never change: one that is there is whole. A file may be deleted while it is copied; its job was.
copy() {
  (cd "$storage/artifacts" && find . -path ./tmp -prune -o -type f -print0) | while IFS= read -r -d '' file; do
    [ -e "$target/artifacts/$file" ] && continue
    mkdir -p "$target/artifacts/$(dirname "$file")"
    cp -p "$storage/artifacts/$file" "$target/artifacts/$file.part" 2>/dev/null && mv "$target/artifacts/$file.part" "$target/artifacts/$file" || rm -f "$target/artifacts/$file.part"
  done
}

mkdir -p "$target/artifacts"
copy
pg_dump --format=custom --file="$target/database.dump" "$PGDATABASE"
copy
sync
echo "$(find "$target/artifacts" -type f | wc -l) files and the database are in $target"
