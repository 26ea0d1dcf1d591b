// The program side of mastodon-masto.sh: does the same as mastodon-py.py, and prints what it saw.
//
//   node mastodon-masto.mjs PACKAGES_DIR drive URL TOKEN PICTURE
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [packagesDir, command, url, accessToken, picture] = process.argv.slice(2)
if (command !== 'drive' || !picture) {
  console.error('see mastodon-masto.sh for the command and its arguments')
  process.exit(2)
}
const require = createRequire(join(resolve(packagesDir), 'package.json'))
const entry = require.resolve('masto')
const { createRestAPIClient } = await import(pathToFileURL(entry).href)
const api = createRestAPIClient({ url, accessToken })

async function refusal(call) {
  try {
    await call()
    return null
  } catch (error) {
    return error.statusCode ?? String(error)
  }
}

const seen = {}
const instance = await api.v2.instance.fetch()
seen.limits = [
  instance.configuration.statuses.maxCharacters,
  instance.configuration.statuses.charactersReservedPerUrl,
  instance.configuration.statuses.maxMediaAttachments,
  instance.configuration.mediaAttachments.descriptionLimit,
]
const me = await api.v1.accounts.verifyCredentials()
seen.me = me.username

const first = await api.v1.statuses.create({ status: 'first', language: 'de', visibility: 'unlisted' })
seen.first = [first.visibility, first.language, first.spoilerText, first.content]
const second = await api.v1.statuses.create({ status: 'second', inReplyToId: first.id })
const third = await api.v1.statuses.create({ status: 'third', inReplyToId: second.id })
const context = await api.v1.statuses.$select(second.id).context.fetch()
seen.context = [context.ancestors.map((s) => s.id === first.id), context.descendants.map((s) => s.id === third.id)]

const file = new File([await readFile(picture)], 'grey.png', { type: 'image/png' })
const media = await api.v2.media.create({ file, description: 'grey, "wide" 🐘' })
const shown = await api.v1.statuses.create({ status: 'with a picture', mediaIds: [media.id] })
seen.picture = shown.mediaAttachments.map((one) => [one.type, one.description])
seen.usedTwice = await refusal(() => api.v1.statuses.create({ status: 'again', mediaIds: [media.id] }))

const warned = await api.v1.statuses.create({ status: 'the gardener', spoilerText: 'the end' })
seen.warned = [warned.spoilerText, warned.sensitive]

const keyed = { requestInit: { headers: { 'Idempotency-Key': 'masto-1' } } }
const one = await api.v1.statuses.create({ status: 'keyed' }, keyed)
const repeat = await api.v1.statuses.create({ status: 'keyed, other words' }, keyed)
seen.keyed = [one.id === repeat.id, repeat.content]

seen.gone = (await api.v1.statuses.$select(one.id).remove()).text
seen.goneTwice = await refusal(() => api.v1.statuses.$select(one.id).fetch())
seen.tooLong = await refusal(() => api.v1.statuses.create({ status: 'x'.repeat(501) }))
seen.noSuchParent = await refusal(() => api.v1.statuses.create({ status: 'x', inReplyToId: '1' }))
const later = new Date(Date.now() + 3_600_000).toISOString()
const kept = await api.v1.statuses.create({ status: 'later', scheduledAt: later })
seen.kept = [kept.params.text, 'content' in kept]

seen.pages = []
for await (const page of api.v1.accounts.$select(me.id).statuses.list({ limit: 2 })) {
  seen.pages.push(page.map((status) => status.content))
}
const newer = async (bounds) => {
  for await (const page of api.v1.accounts.$select(me.id).statuses.list({ limit: 2, ...bounds })) {
    return page.map((status) => status.content)
  }
  return []
}
seen.since = await newer({ sinceId: first.id })
seen.min = await newer({ minId: first.id })
console.log(JSON.stringify(seen))
