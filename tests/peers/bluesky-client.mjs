// The program side of bluesky-client.sh, which lists the commands and their answers.
//
//   node bluesky-client.mjs PACKAGES_DIR COMMAND URL ARGUMENT...
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [packagesDir, command, url, ...rest] = process.argv.slice(2)
const require = createRequire(join(resolve(packagesDir), 'package.json'))
const { AtpAgent, RichText } = await import(pathToFileURL(require.resolve('@atproto/api')).href)

/** An agent that is signed in with a password or an app password. */
async function signedIn(handle, password) {
  const agent = new AtpAgent({ service: url })
  await agent.login({ identifier: handle, password })
  return agent
}

async function createAccount(handle, email, password) {
  const agent = new AtpAgent({ service: url })
  const { data } = await agent.createAccount({ handle, email, password })
  const made = await agent.com.atproto.server.createAppPassword({ name: 'first' })
  return { did: data.did, handle: data.handle, appPassword: made.data.password }
}

async function appPassword(handle, password, name) {
  const agent = await signedIn(handle, password)
  const { data } = await agent.com.atproto.server.createAppPassword({ name })
  return { name: data.name, password: data.password }
}

/** Every post in the repository, oldest first, with its text as a reader's client cuts it. */
async function posts(handle, password) {
  const agent = await signedIn(handle, password)
  const found = []
  let cursor
  do {
    const { data } = await agent.com.atproto.repo.listRecords({
      repo: agent.session.did,
      collection: 'app.bsky.feed.post',
      limit: 100,
      reverse: true,
      cursor,
    })
    found.push(...data.records)
    cursor = data.records.length > 0 ? data.cursor : undefined
  } while (cursor)
  return found.map(({ uri, cid, value }) => ({ uri, cid, value, segments: segments(value) }))
}

/** Deletes every post of exactly this text, as its owner would in another program. */
async function deletePost(handle, password, text) {
  const agent = await signedIn(handle, password)
  const found = (await posts(handle, password)).filter(({ value }) => value.text === text)
  for (const { uri } of found) await agent.deletePost(uri)
  return { deleted: found.length }
}

function segments({ text, facets }) {
  const cut = []
  for (const part of new RichText({ text, facets }).segments()) {
    cut.push({
      text: part.text,
      link: part.link?.uri,
      mention: part.mention?.did,
      tag: part.tag?.tag,
    })
  }
  return cut
}

/** What the server gives for a blob to anyone, without signing in. */
async function blob(did, cid) {
  const agent = new AtpAgent({ service: url })
  const { data, headers } = await agent.com.atproto.sync.getBlob({ did, cid })
  return {
    bytes: data.byteLength,
    sha256: createHash('sha256').update(data).digest('hex'),
    mime: headers['content-type'],
  }
}

const commands = {
  'create-account': createAccount,
  'app-password': appPassword,
  posts,
  'delete-post': deletePost,
  blob,
}
const chosen = Object.hasOwn(commands, command ?? '') ? commands[command] : undefined
if (!chosen || rest.length !== chosen.length || rest.includes('')) {
  console.error('see bluesky-client.sh for the commands and their arguments')
  process.exit(2)
}
try {
  console.log(JSON.stringify(await chosen(...rest)))
} catch (error) {
  console.error(`${command}: ${error.status ?? ''} ${error.error ?? error.name}: ${error.message}`)
  process.exit(1)
}
