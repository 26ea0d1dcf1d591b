// The server side of bluesky-pds.sh: a Bluesky PDS with its own PLC directory, in
// one process and on 127.0.0.1 only.
//
//   node bluesky-pds.mjs PACKAGES_DIR DATA_DIR PORT [PLC_PORT]
//
// Everything that must outlive the process is in DATA_DIR: what the PDS keeps, its
// secrets (secrets.json) and the operations of the directory (identities.jsonl).
import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Server } from 'node:net'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const LOOPBACK = '127.0.0.1'
const [packagesDir, dataDir, portText, plcPortText] = process.argv.slice(2)
const port = Number.parseInt(portText, 10)
const plcPort = plcPortText ? Number.parseInt(plcPortText, 10) : port + 1
if (!Number.isInteger(port) || !Number.isInteger(plcPort)) {
  console.error('bluesky-pds.mjs PACKAGES_DIR DATA_DIR PORT [PLC_PORT]')
  process.exit(2)
}
const inData = (name) => join(resolve(dataDir), name)
mkdirSync(inData('blobs'), { recursive: true, mode: 0o700 })

// Both servers ask for a port on every address. They get it on loopback.
const listen = Server.prototype.listen
Server.prototype.listen = function (wanted, ...rest) {
  return listen.call(this, { port: wanted, host: LOOPBACK }, rest.findLast((arg) => typeof arg === 'function'))
}

// Read by the PDS's logger while it is imported; on, it writes to standard output.
process.env.LOG_ENABLED ??= 'false'
const require = createRequire(join(resolve(packagesDir), 'package.json'))
const { PlcServer, MockDatabase } = require('@did-plc/server')
const { PDS } = await import(pathToFileURL(require.resolve('@atproto/pds')).href)

/** The directory's database in memory, rebuilt at start by replaying a file. */
class ReplayedDirectory extends MockDatabase {
  file = inData('identities.jsonl')

  async replay() {
    if (!existsSync(this.file)) return
    const lines = readFileSync(this.file, 'utf8').split('\n')
    // What follows the last newline was cut off by a kill: it was never answered.
    const torn = lines.pop()
    if (torn !== '') writeFileSync(this.file, lines.map((line) => `${line}\n`).join(''))
    for (const line of lines) {
      const { did, operation } = JSON.parse(line)
      await super.validateAndAddOp(did, operation)
    }
  }

  async validateAndAddOp(did, operation) {
    await super.validateAndAddOp(did, operation)
    appendFileSync(this.file, `${JSON.stringify({ did, operation })}\n`, { mode: 0o600 })
  }
}

/** Secrets of this data folder, made at the first start. */
function secrets() {
  const file = inData('secrets.json')
  if (!existsSync(file)) {
    const random = (bytes) => randomBytes(bytes).toString('hex')
    const made = {
      plcRotationKeyK256PrivateKeyHex: random(32),
      jwtSecret: random(32),
      dpopSecret: random(32),
    }
    writeFileSync(`${file}.part`, JSON.stringify(made), { mode: 0o600 })
    renameSync(`${file}.part`, file)
  }
  return JSON.parse(readFileSync(file, 'utf8'))
}

const directory = new ReplayedDirectory()
await directory.replay()
const plc = PlcServer.create({ db: directory, port: plcPort })
await plc.start()

// The settings are handed over as an object: no PDS_* variable of the environment
// can point this server at a relay, an app view or a mail server.
const settings = {
  ...secrets(),
  adminPassword: 'peer-admin',
  // Only for "localhost" does the server take its own address to be http.
  hostname: 'localhost',
  port,
  devMode: true,
  inviteRequired: false,
  serviceHandleDomains: ['.test'],
  dataDirectory: resolve(dataDir),
  blobstoreDiskLocation: inData('blobs'),
  didPlcUrl: `http://${LOOPBACK}:${plcPort}`,
  resolverTimeout: 1000,
  rateLimitsEnabled: process.env.PEER_RATE_LIMITS === '1',
  crawlers: [],
}
// Returns after SIGTERM or SIGINT, when the server has closed its files.
await PDS.run({
  env: settings,
  onStarted: () => console.log(`READY http://${LOOPBACK}:${port} plc=http://${LOOPBACK}:${plcPort}`),
})
await plc.destroy()
process.exit(0)
