#!/bin/sh
# Starts Lingma Gateway with Docker Compose on an address of this machine that others may reach, and waits until it is ready.
# Usage: deploy.sh [--public] [--force] [--dry-run] | --down | --logs | --help
set -eu

usage() {
  cat <<'TEXT'
Usage: deploy.sh [--public] [--force] [--dry-run]
       deploy.sh --down | --logs

Starts Lingma Gateway on BIND_IP (from the environment or .env) and waits until it is ready.
The first run makes .env with an API key and an admin token of its own.

  --public   allow an address that is not private, or all addresses
  --force    allow an address that no interface of this machine has
  --dry-run  say what would be done, and do nothing
  --down     stop it and remove its container
  --logs     follow its log
TEXT
}

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
# Something the operator has to put right.
refuse() {
  warn "$*"
  exit 2
}

# The folder of this file, also behind symbolic links.
script=$0
while [ -h "$script" ]; do
  target=$(readlink "$script")
  case $target in
    /*) script=$target ;;
    *) script=$(dirname -- "$script")/$target ;;
  esac
done
# The real one: Compose names the project after it.
CDPATH='' cd -P -- "$(dirname -- "$script")"

public='' force='' dry_run='' action=up
for argument in "$@"; do
  case $argument in
    --public) public=yes ;;
    --force) force=yes ;;
    --dry-run) dry_run=yes ;;
    --down) action=down ;;
    --logs) action=logs ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      refuse "Unknown argument: $argument"
      ;;
  esac
done

# Value of a name: of the environment, which Compose prefers too, else of .env, which is read as Compose reads it, and never run.
setting() {
  eval "found=\${$1-}; is_set=\${$1+yes}"
  if [ "$is_set" != yes ] && [ -f .env ]; then
    # Without carriage returns, and without the mark that some editors begin a file with.
    line=$(LC_ALL=C tr -d '\r\357\273\277' <.env |
      grep -E "^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*[=:]" | tail -n 1) || line=''
    if [ -n "$line" ]; then
      is_set=yes
      found=$(printf '%s' "${line#*[=:]}" | sed -e 's/[[:space:]]#.*$//' -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' \
        -e 's/^"\(.*\)"$/\1/' -e "s/^'\(.*\)'\$/\1/")
    fi
  fi
}

random_text() { od -An -N 32 -tx1 /dev/urandom | tr -d ' \n'; }

made_key='' made_token=''
make_env() {
  [ -f .env.example ] || refuse ".env is missing, and so is .env.example to make it from"
  made_key=sk-$(random_text)
  made_token=$(random_text)
  umask 077
  # Written whole or not at all; the secrets are on no command line.
  MADE_KEY=$made_key MADE_TOKEN=$made_token awk '
    /^API_KEYS=/ { print "API_KEYS=" ENVIRON["MADE_KEY"]; next }
    /^ADMIN_TOKEN=/ { print "ADMIN_TOKEN=" ENVIRON["MADE_TOKEN"]; next }
    { print }
  ' .env.example >.env.new
  mv .env.new .env
}

compose=''
find_compose() {
  if docker compose version >/dev/null 2>&1; then
    compose='docker compose'
  elif command -v docker-compose >/dev/null 2>&1; then
    compose=docker-compose
  else
    warn 'Neither "docker compose" nor docker-compose is here: install Docker with its Compose plug-in.'
    exit 1
  fi
}

is_ipv4() {
  printf '%s\n' "$1" | awk -F. '
    NF != 4 { exit 1 }
    { for (i = 1; i <= 4; i++) if ($i !~ /^(0|[1-9][0-9]?[0-9]?)$/ || $i > 255) exit 1 }
  '
}
# Up to eight groups, one gap at the most, and an IPv4 address in place of the last two.
is_ipv6() {
  printf '%s\n' "$1" | awk '
    !/:/ || /[^0-9a-fA-F:.]/ || /:::/ || /^:[^:]/ || /[^:]:$/ { exit 1 }
    {
      gaps = gsub(/::/, ":x:")
      if (gaps > 1) exit 1
      sub(/^:/, "")
      sub(/:$/, "")
      count = split($0, group, ":")
      for (i = 1; i <= count; i++) {
        if (group[i] == "x") continue
        if (i == count && group[i] ~ /^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$/) groups++
        else if (length(group[i]) > 4 || group[i] !~ /^[0-9a-fA-F]+$/) exit 1
        groups++
      }
      if (gaps ? groups > 7 : groups != 8) exit 1
    }
  '
}
# However it is written: 0.0.0.0, ::, 0:0:0:0:0:0:0:0, …
is_all_addresses() {
  case $1 in
    *[!0:.]*) return 1 ;;
  esac
}

# 127/8, 10/8, 172.16/12, 192.168/16, 100.64/10 (Tailscale), ::1, fd00::/8, fe80::/10
is_private() {
  case $(printf '%s' "$1" | tr 'A-F' 'a-f') in
    127.* | 10.* | 192.168.* | ::1 | fd??:* | fe[89ab]?:*) return 0 ;;
    172.1[6-9].* | 172.2?.* | 172.3[01].*) return 0 ;;
    100.6[4-9].* | 100.[789]?.* | 100.1[01]?.* | 100.12[0-7].*) return 0 ;;
  esac
  return 1
}

# One address a line; nothing where no tool tells.
local_addresses() {
  if command -v ip >/dev/null 2>&1; then
    ip -o addr show 2>/dev/null | awk '{ sub(/\/.*/, "", $4); print $4 }'
  elif command -v ifconfig >/dev/null 2>&1; then
    ifconfig 2>/dev/null | awk '/inet6? / { sub(/^addr:/, "", $2); sub(/[%\/].*/, "", $2); print $2 }'
  fi
}

address=''
choose_address() {
  setting BIND_IP
  source=BIND_IP
  if [ "$is_set" != yes ]; then
    setting TAILSCALE_IP
    source=TAILSCALE_IP
  fi
  if [ "$is_set" != yes ]; then
    found=$(tailscale ip -4 2>/dev/null | head -n 1) || found=''
    [ -n "$found" ] || refuse "BIND_IP is not set: put an address of this machine into .env, for example one of
$(local_addresses)"
    say "BIND_IP is not set: using Tailscale's $found"
    source='the address of Tailscale'
  fi
  address=$found
  case $address in
    '' | *[xX][xX][xX]* | your-* | YOUR-* | your_* | '<'*)
      refuse "$source is still a placeholder: put an address of this machine into .env, such as its Tailscale address (tailscale ip -4)."
      ;;
  esac
  is_ipv4 "$address" || is_ipv6 "$address" || refuse "$source is no IP address: $address"
  if is_all_addresses "$address"; then
    [ -n "$public" ] || refuse "$source is $address: everybody who reaches this machine would reach the gateway. Choose one address, or pass --public."
    return
  fi
  if ! is_private "$address" && [ -z "$public" ]; then
    refuse "$source is $address, which is a public address: whoever is on the internet would reach the gateway. Choose a private one, or pass --public."
  fi
  case $address in 127.* | ::1) return ;; esac
  present=$(local_addresses)
  if [ -n "$present" ] && [ -z "$force" ] && ! printf '%s\n' "$present" | grep -Fixq "$address"; then
    refuse "$source is $address, which no interface of this machine has (pass --force if it will). There are:
$present"
  fi
}

# Whoever is bound to all addresses is asked on this machine's own.
url_host() {
  if is_all_addresses "$1"; then
    printf 127.0.0.1
    return
  fi
  case $1 in
    *:*) printf '[%s]' "$1" ;;
    *) printf '%s' "$1" ;;
  esac
}

is_ready() {
  if command -v curl >/dev/null 2>&1; then
    curl --silent --fail --max-time 5 --output /dev/null --noproxy '*' "$1"
  elif command -v wget >/dev/null 2>&1; then
    http_proxy='' wget -q -T 5 -O /dev/null "$1" 2>/dev/null
  else
    # shellcheck disable=SC2086 # two words on purpose
    $compose exec -T gateway node -e "fetch('http://127.0.0.1:8317/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))" </dev/null >/dev/null 2>&1
  fi
}

case $action in
  down | logs)
    find_compose
    # It is not started: any address will do.
    BIND_IP=127.0.0.1
    export BIND_IP
    [ "$action" = down ] || set -- logs --follow --tail 100
    [ "$action" = logs ] || set -- down
    if [ -n "$dry_run" ]; then
      say "Would run: $compose $*"
      exit 0
    fi
    # shellcheck disable=SC2086 # two words on purpose
    exec $compose "$@"
    ;;
esac

if [ ! -f .env ]; then
  if [ -n "$dry_run" ]; then
    say 'Would make .env from .env.example, with an API key and an admin token of its own'
  else
    make_env
    say "Made $(pwd)/.env, which only you can read. Look through it: BIND_IP, and how Lingma is signed in to."
    say "  API key:     $made_key"
    say "  Admin token: $made_token"
  fi
fi

choose_address
setting HOST_PORT
port=${found:-3000}
case $port in
  *[!0-9]* | '' | ??????*) refuse "HOST_PORT is no port: $port" ;;
esac
if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then refuse "HOST_PORT is no port: $port"; fi
case $address in
  *:*) BIND_IP="[$address]" ;;
  *) BIND_IP=$address ;;
esac
HOST_PORT=$port
export BIND_IP HOST_PORT
base=http://$(url_host "$address"):$port

find_compose
if [ -n "$dry_run" ]; then
  say "Would run: BIND_IP=$BIND_IP HOST_PORT=$HOST_PORT $compose up -d"
  say "Would wait for $base/readyz"
  exit 0
fi

# The container writes as whoever owns the folder: this user, or, where that is root, one without rights.
(umask 077 && mkdir -p data secrets)
RUN_AS=$(id -u):$(id -g)
if [ "$(id -u)" = 0 ]; then
  RUN_AS=10001:10001
  # What was copied here by root, too.
  chown -R "$RUN_AS" data secrets
fi
export RUN_AS
fail() {
  warn "$1 The last lines of its log:"
  # shellcheck disable=SC2086
  $compose logs --tail 30 >&2 || true
  exit 1
}
# shellcheck disable=SC2086
$compose up -d || fail 'Docker Compose could not start it.'

limit=${DEPLOY_WAIT_SEC:-120}
# By the clock: one look may take seconds, too.
began=$(date +%s)
until is_ready "$base/readyz"; do
  [ $(($(date +%s) - began)) -lt "$limit" ] || fail "It is not ready after $limit seconds."
  sleep 1
done

say "Lingma Gateway is ready."
say "  Base URL:       $base/v1"
say "  Administration: $base/internal/instances"
say "  Health:         $base/healthz"
