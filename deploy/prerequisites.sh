# Sourced by the scripts: checks what the machine must have and installs what is missing, saying so.
# Debian and Ubuntu packages are installed as root or through sudo; elsewhere the missing thing is named.

say() { printf '%s\n' "$*" >&2; }

# need_package COMMAND-OR-PATH-GLOB PACKAGE WHY
need_package() {
  local what=$1 package=$2 why=$3
  if command -v "$what" >/dev/null 2>&1 || compgen -G "$what" >/dev/null; then return 0; fi
  say "$package is missing ($why)."
  if ! command -v apt-get >/dev/null 2>&1; then
    say "Install it with this system's package manager, then start again."
    return 1
  fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1 || ! sudo -n true 2>/dev/null; then
      say "Install it first: sudo apt-get install $package"
      return 1
    fi
    as_root=(sudo -n)
  fi
  say "Installing $package …"
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null 2>&1; then
    "${as_root[@]}" apt-get update -qq || return 1
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null || return 1
  fi
}

need_dotnet() {
  if ! command -v dotnet >/dev/null 2>&1 || ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    say "The .NET 10 SDK is missing: see https://dotnet.microsoft.com/download/dotnet/10.0"
    return 1
  fi
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
}

# Debian's package starts a cluster of its own, which this service does not use: the binaries are enough.
need_postgresql() { need_package '/usr/lib/postgresql/*/bin/initdb' postgresql "the service keeps its jobs in a private PostgreSQL"; }
