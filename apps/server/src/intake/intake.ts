import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyAdapter, Clock } from '@stayward/core'
import type { Pool } from 'pg'
import type { MasterKeys } from '../secrets/master-keys.ts'
import type { HubMetrics } from '../telemetry/hub-metrics.ts'
import type { Log } from '../telemetry/log.ts'
import { type Address, type Addresses, createAddresses } from './addresses.ts'
import { type Answer, send, sendChallenge } from './answers.ts'
import { createBatcher, Unavailable } from './batcher.ts'
import type { Delivery } from './delivery.ts'
import { createFuse } from './fuse.ts'
import { type Judgement, judge, tooLarge, withoutContent } from './judge.ts'
import { keptHeaders } from './kept-headers.ts'
import { createLimit, type IntakeLimits, intakeLimits } from './limit.ts'
import { readAddress } from './read-address.ts'
import { readBody } from './read-body.ts'
import { createDeliveryStore, isAway } from './store-deliveries.ts'
import { createStrays } from './strays.ts'

export interface IntakeOptions {
  /** For intake alone, so that a slow page elsewhere never keeps a vendor waiting. Four connections are enough. */
  readonly pool: Pool
  readonly masters: MasterKeys
  readonly adapters: ReadonlyMap<string, AnyAdapter>
  readonly clock: Clock
  readonly log: Log
  readonly deliveries: HubMetrics['deliveries']
  /** Called when marks have been committed: wakes the loops. */
  readonly markedLocally?: () => void
  readonly limits?: IntakeLimits
  /** Milliseconds for which a found address is believed: how long a rotated-out one still works. */
  readonly rememberAddresses?: number
  /** Milliseconds after which a silent database counts as gone. */
  readonly patience?: number
}

/** Webhooks in: from the first byte to the stored delivery and its marks. */
export interface Intake {
  /** Answers every request whose path begins with `intakePath`. `client` is the sender's network address. */
  handle(req: IncomingMessage, res: ServerResponse, client: string): Promise<void>
  /** Deliveries that wait to be stored. */
  waiting(): number
  /** Stores and writes what is on its way. New requests are no longer expected. */
  stop(): Promise<void>
}

export const intakePath = '/api/webhooks/'
const address = /^\/api\/webhooks\/([a-z0-9-]{1,40})\/t\/([a-z0-9-]{1,63})\/([\w-]{16,200})\/?$/
/** Bytes. A manifest may ask for less. */
const cap = 1024 * 1024
/** Seconds after which a vendor may come again when the database was gone. */
const comeAgain = 5

export function createIntake(options: IntakeOptions): Intake {
  const {
    pool,
    masters,
    adapters,
    clock,
    log,
    deliveries,
    limits = intakeLimits,
    rememberAddresses,
    patience,
  } = options
  const addresses: Addresses = createAddresses({
    read: readAddress(pool, masters),
    adapters,
    ...(rememberAddresses === undefined ? {} : { remember: rememberAddresses }),
  })
  const store = createDeliveryStore({ pool, ...(patience === undefined ? {} : { patience }) })
  const batcher = createBatcher<Delivery>({
    write: async (rows) => {
      const { doubles } = await store.write(rows)
      if (rows.some(({ marks }) => marks.length > 0)) options.markedLocally?.()
      if (doubles > 0) deliveries.add(['any', 'double'], doubles)
    },
    isAway,
    bytesOf: ({ kept }) => kept?.body.length ?? 0,
  })
  const onFailure = (error: unknown): void => log.warn({ err: error }, 'Strays could not be written down.')
  const strays = createStrays({ pool, onFailure })
  const fuse = createFuse()
  const perClient = createLimit(limits.perClient)
  const perAddress = createLimit(limits.perAddress)

  /** What the sender is told; a string is a challenge given back. `undefined`: the sender has gone. */
  const answer = async (req: IncomingMessage, client: string): Promise<Answer | string | undefined> => {
    const { method, url = '' } = req
    if (method !== 'GET' && method !== 'POST') return { status: 405 }
    const queryAt = url.indexOf('?')
    const parts = address.exec(queryAt < 0 ? url : url.slice(0, queryAt))
    const [, adapterId = '', slug = '', token = ''] = parts ?? []
    const wait =
      (await perClient.take(client)) ?? (await perAddress.take(parts ? hash('sha256', token, 'base64url') : 'none'))
    if (wait !== undefined) {
      deliveries.add([named(adapterId), 'too-many'])
      return { status: 429, retryAfter: wait }
    }

    const reading = await readBody(req, Math.min(cap, adapters.get(adapterId)?.webhook?.maxBytes ?? cap))
    if (reading.is === 'cut') return undefined
    const now = clock.now()
    const found = parts ? await addresses.find({ adapterId, slug, token }, now) : undefined
    if (!found) {
      const size = reading.is === 'whole' ? reading.body.length : reading.size
      const bodyHash = reading.is === 'whole' ? hash('sha256', reading.body, 'hex') : ''
      const known = adapters.has(adapterId)
      const reason = reading.is === 'too-large' ? 'too-large' : known ? 'unknown-address' : 'unknown-adapter'
      strays.note({ at: now, ...(known ? { adapter: adapterId } : {}), size, bodyHash, reason })
      deliveries.add([named(adapterId), 'unknown-address'])
      return { status: 404 }
    }

    const query = queryAt < 0 ? '' : url.slice(queryAt + 1)
    const judgement =
      reading.is === 'too-large'
        ? tooLarge(found, now, reading.size, Math.min(cap, found.receiver.maxBytes ?? cap))
        : judge(arrivalOf(req, found, { method, query, token, body: reading.body, client, now }), reportBug(found))
    return keep(judgement)
  }

  const keep = async (judged: Judgement): Promise<Answer | string> => {
    const rejected = judged.delivery.status === 'quarantined' && judged.delivery.kept !== undefined
    const judgement = rejected && !fuse.allows(judged.delivery.connectionId) ? withoutContent(judged) : judged
    const { delivery, besides } = judgement
    // One failing, the vendor comes again with both; what was stored by then counts as a double.
    await Promise.all([batcher.add(delivery), ...(besides ? [batcher.add(besides)] : [])])
    deliveries.add([delivery.adapter, judgement.label])
    if (besides) deliveries.add([delivery.adapter, 'unknown-account'])
    return judgement.challenge ?? { status: judgement.status }
  }

  const named = (adapterId: string): string => (adapters.has(adapterId) ? adapterId : 'unknown')

  const reportBug =
    ({ adapterId }: Address) =>
    (error: unknown): void =>
      log.error(
        { err: error, adapter: adapterId },
        'An adapter failed while reading a delivery; the delivery is in quarantine.',
      )

  return {
    async handle(req, res, client) {
      const told = await answer(req, client).catch((error: unknown): Answer => {
        // Nothing was kept, so the vendor has to come again, whatever the reason.
        const away = error instanceof Unavailable || isAway(error)
        if (!away) log.error({ err: error }, 'A delivery could not be stored.')
        deliveries.add(['any', 'unavailable'])
        return { status: 503, retryAfter: comeAgain }
      })
      if (told === undefined || res.destroyed) return
      // A body that was not read to its end leaves the connection in no state for another request.
      if (!req.complete) res.shouldKeepAlive = false
      if (typeof told === 'string') sendChallenge(res, told)
      else send(res, told)
    },
    waiting: () => batcher.waiting(),
    async stop() {
      await batcher.idle()
      await strays.stop()
      perClient.stop()
      perAddress.stop()
    },
  }
}

interface Whole {
  readonly method: 'GET' | 'POST'
  readonly query: string
  readonly token: string
  readonly body: Uint8Array
  readonly client: string
  readonly now: ReturnType<Clock['now']>
}

function arrivalOf(req: IncomingMessage, found: Address, { method, query, token, body, client, now }: Whole) {
  const head = () => ({
    method,
    query,
    headers: keptHeaders(req.rawHeaders, found.receiver.secretHeaders ?? [], token),
  })
  return {
    address: found,
    method,
    query,
    headers: () => headersOf(req.rawHeaders),
    kept: { head, body },
    client,
    receivedAt: now,
  }
}

/** Node has checked that names and values are ones that HTTP allows; what `Headers` still refuses is left out. */
function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers()
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? ''
    if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) headers.append(name, raw[index + 1] ?? '')
  }
  return headers
}
