#!/usr/bin/env bash
# Signs a file with the PyPI package standardwebhooks, which is not ours, and sends
# it as one message. Prints the status and the words of the answer.
#
#   webhook-send.sh URL SECRET BODY_FILE MINUTES_AGO
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$peers_code/webhook-verify.sh" --install
exec "$peers_home/webhook-verify/bin/python" "$peers_code/webhook-send.py" "$@"
