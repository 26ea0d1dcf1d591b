#!/usr/bin/env bash
# Looks at a Bluesky server through @atproto/api, a client that is not ours, so that
# a test does not judge our requests by our own understanding of them. Each command
# prints one JSON value and ends non-zero on any error.
#
#   bluesky-client.sh --install                                   only installs
#   bluesky-client.sh create-account URL HANDLE EMAIL PASSWORD    {did, handle, appPassword}
#   bluesky-client.sh app-password URL HANDLE PASSWORD NAME       {name, password}
#   bluesky-client.sh posts URL HANDLE PASSWORD                   [{uri, cid, value, segments}]
#   bluesky-client.sh delete-post URL HANDLE PASSWORD TEXT       {deleted}
#   bluesky-client.sh blob URL DID CID                            {bytes, sha256, mime}
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_npm bluesky-client @atproto/api@0.21.0
[ "${1:-}" = --install ] && exit
exec "$node" "$peers_code/bluesky-client.mjs" "$peers_home/bluesky-client" "$@"
