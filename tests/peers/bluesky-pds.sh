#!/usr/bin/env bash
# Starts a real Bluesky server (PDS) and the directory of identities (PLC) that it
# needs, both on 127.0.0.1, in the foreground. Prints a line that begins with READY.
#
#   bluesky-pds.sh --install                     only installs
#   bluesky-pds.sh DATA_DIR PORT [PLC_PORT]      PLC_PORT is PORT + 1 unless given
#
# PEER_RATE_LIMITS=1 turns on the server's own rate limits.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ "${1:-}" != --install ] && [ $# -lt 2 ]; then
  echo "usage: ${0##*/} --install | DATA_DIR PORT [PLC_PORT]" >&2
  exit 2
fi
need_npm bluesky-pds @atproto/pds@0.5.35 @did-plc/server@0.0.1
[ "$1" = --install ] && exit
# exec: the process that was started is the server, so a signal to it, even
# SIGKILL, leaves nothing behind.
exec "$node" "$peers_code/bluesky-pds.mjs" "$peers_home/bluesky-pds" "$@"
