"""Drives a server through Mastodon.py; mastodon-py.sh says how to start it. Does the same as mastodon-masto.mjs."""

import json
import sys
from datetime import datetime, timedelta, timezone

from mastodon import Mastodon, MastodonAPIError

if len(sys.argv) != 5 or sys.argv[1] != "drive":
    sys.exit("see mastodon-py.sh for the command and its arguments")
url, token, picture = sys.argv[2:]
api = Mastodon(api_base_url=url, access_token=token, version_check_mode="none")


def refusal(call):
    try:
        call()
        return None
    except MastodonAPIError as error:
        return next(part for part in error.args if isinstance(part, int))


seen = {}
configuration = api.instance_v2()["configuration"]
statuses = configuration["statuses"]
seen["limits"] = [
    statuses["max_characters"],
    statuses["characters_reserved_per_url"],
    statuses["max_media_attachments"],
    configuration["media_attachments"]["description_limit"],
]
me = api.account_verify_credentials()
seen["me"] = me["username"]

first = api.status_post("first", language="de", visibility="unlisted")
seen["first"] = [first["visibility"], first["language"], first["spoiler_text"], first["content"]]
second = api.status_post("second", in_reply_to_id=first["id"])
third = api.status_post("third", in_reply_to_id=second["id"])
context = api.status_context(second["id"])
seen["context"] = [
    [s["id"] == first["id"] for s in context["ancestors"]],
    [s["id"] == third["id"] for s in context["descendants"]],
]

media = api.media_post(picture, mime_type="image/png", description='grey, "wide" 🐘', synchronous=True)
shown = api.status_post("with a picture", media_ids=[media["id"]])
seen["picture"] = [[one["type"], one["description"]] for one in shown["media_attachments"]]
seen["usedTwice"] = refusal(lambda: api.status_post("again", media_ids=[media["id"]]))

warned = api.status_post("the gardener", spoiler_text="the end")
seen["warned"] = [warned["spoiler_text"], warned["sensitive"]]

one = api.status_post("keyed", idempotency_key="py-1")
repeat = api.status_post("keyed, other words", idempotency_key="py-1")
seen["keyed"] = [one["id"] == repeat["id"], repeat["content"]]

seen["gone"] = api.status_delete(one["id"])["text"]
seen["goneTwice"] = refusal(lambda: api.status(one["id"]))
seen["tooLong"] = refusal(lambda: api.status_post("x" * 501))
seen["noSuchParent"] = refusal(lambda: api.status_post("x", in_reply_to_id="1"))
kept = api.status_post("later", scheduled_at=datetime.now(timezone.utc) + timedelta(hours=1))
seen["kept"] = [kept["params"]["text"], kept.get("content") is not None]

pages, page = [], api.account_statuses(me["id"], limit=2)
while page:
    pages.append([status["content"] for status in page])
    page = api.fetch_next(page)
seen["pages"] = pages
seen["since"] = [s["content"] for s in api.account_statuses(me["id"], limit=2, since_id=first["id"])]
seen["min"] = [s["content"] for s in api.account_statuses(me["id"], limit=2, min_id=first["id"])]
print(json.dumps(seen))
