#!/usr/bin/env bash
# Starts mastodon_mock, an imitation of the Mastodon API that is not ours, on
# 127.0.0.1, in the foreground. Prints a line that begins with READY. The token of
# its first account is mock_token; it makes mistakes on order (POST to
# /api/v1/_mock/faults). It is kinder than real servers: what it accepts proves the
# shape of our requests, not that every server takes them.
#
#   mastodon-mock.sh --install           only installs
#   mastodon-mock.sh DATA_DIR PORT
#
# PEER_RATE_LIMIT=N answers 429 after N requests in five minutes.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ "${1:-}" != --install ] && [ $# -ne 2 ]; then
  echo "usage: ${0##*/} --install | DATA_DIR PORT" >&2
  exit 2
fi

mock_install() {
  rm -rf "${peers_home:?}/mastodon-mock"
  python3 -m venv "$peers_home/mastodon-mock"
  "$peers_home/mastodon-mock/bin/python" -m pip install --quiet --disable-pip-version-check "$1"
}

need_commands curl=curl
python3 -c 'import ensurepip, venv' 2>/dev/null || need_debian python3-venv
mock=mastodon-mock==0.6.1
install_once mastodon-mock "$mock" mock_install "$mock"
[ "$1" = --install ] && exit

data=$1 port=$2
mkdir -p "$data"
{
  printf '[server]\nhost = "127.0.0.1"\nport = %s\n' "$port"
  printf '[database]\npath = "%s/mock.sqlite"\n' "$data"
  printf '[auth]\nenforce_scopes = true\n'
  [ -z "${PEER_RATE_LIMIT:-}" ] ||
    printf '[ratelimit]\nenabled = true\nlimit = %s\nwindow_seconds = 300\n' "$PEER_RATE_LIMIT"
} >"$data/mock.toml"

# Says READY from the side, so that the process that was started is the server
# itself: a signal to it leaves nothing behind.
server=$$
(
  while kill -0 "$server" 2>/dev/null; do
    if curl --silent --fail --output /dev/null "http://127.0.0.1:$port/api/v2/instance"; then
      echo "READY http://127.0.0.1:$port"
      exit
    fi
    sleep 0.1
  done
) &
exec "$peers_home/mastodon-mock/bin/mastodon_mock" serve --config "$data/mock.toml" --log-level warning
