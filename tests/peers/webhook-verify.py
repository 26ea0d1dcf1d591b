"""A receiver of webhooks for tests; webhook-verify.sh says how to start it."""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from standardwebhooks import Webhook

folder, port, secret_file = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
# While one secret replaces another, any of them will do.
receivers = [Webhook(secret) for secret in secret_file.read_text().split()]
been_busy = set()


def verified(body, headers):
    for receiver in receivers:
        try:
            receiver.verify(body, headers)
            return ""
        except Exception as error:  # whatever is wrong, it is not verified
            why = f"{type(error).__name__}: {error}"
    return why


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        why = verified(body, headers)
        status, more = (401, {}) if why else (200, {})
        if self.path == "/gone":
            status = 410
        elif self.path == "/broken":
            status = 500
        elif self.path == "/busy" and headers.get("webhook-id") not in been_busy:
            been_busy.add(headers.get("webhook-id"))
            status, more = 429, {"retry-after": "1"}
        seen = {"path": self.path, "status": status, "why": why, "headers": headers, "body": body.decode()}
        with (folder / "seen.jsonl").open("a") as file:
            file.write(json.dumps(seen) + "\n")
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", port), Receiver)
print(f"READY http://127.0.0.1:{port}", flush=True)
server.serve_forever()
