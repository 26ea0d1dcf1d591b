"""Signs a message and sends it; webhook-send.sh says how it is called."""

import http.client
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

from standardwebhooks import Webhook

url, secret, body, minutes_ago = urlsplit(sys.argv[1]), sys.argv[2], Path(sys.argv[3]).read_text(), int(sys.argv[4])
at = datetime.now(timezone.utc) - timedelta(minutes=minutes_ago)
headers = {
    "content-type": "application/json",
    "webhook-id": "msg_of_a_test",
    "webhook-timestamp": str(int(at.timestamp())),
    "webhook-signature": Webhook(secret).sign("msg_of_a_test", at, body),
}
connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
connection.request("POST", url.path, body.encode(), headers)
answer = connection.getresponse()
print(answer.status, answer.read().decode().strip())
