import {
  type Account,
  AdapterError,
  between,
  type Call,
  type CodeToWrite,
  type Instant,
  type LockProvider,
  markIn,
  type OpenContext,
  plus,
  type WriteReceipt,
} from '@stayward/core/adapter'
import { readOpenings } from './activity.ts'
import { closedBody, createBody, fits, observedOf, updateBody } from './code-form.ts'
import type { Config } from './config.ts'
import { deviceId as deviceIdShape } from './device-id.ts'
import {
  assertHasKeypad,
  assertReachable,
  assertTakesCodes,
  capacityOf,
  deviceOf,
  openingAction,
  stateOf,
  warningOf,
} from './lock-health.ts'
import { createApi, createSend, type Written } from './nuki-api.ts'
import type { Auth, Lock } from './nuki-shapes.ts'
import { registerWebhook } from './register-webhook.ts'
import { codeGone, invalidReceipt, lockGone, noKeypad, noLocks } from './refusals.ts'

/** A lock that was asked to be read again needs some seconds for it. Milliseconds. */
const syncTakes = 15_000
/** After this a list may have fallen behind again. Milliseconds. */
const syncHolds = 3_600_000
/** So many deletions are believed before a code that is still listed is closed as well. */
const patience = 2

/** Nuki through its Web API. Every write ends as `accepted`: the lock hears of it a moment later. */
export function openNuki({ config, fetch, clock }: OpenContext<Config>): LockProvider {
  const api = createApi(createSend(config.apiToken, fetch, clock))
  /** When a lock was asked to be read again because of a code, by lock and mark. */
  const synced = new Map<string, Instant>()
  /** How often a code was deleted, by lock and id: whoever asks again has seen it listed still. */
  const deleted = new Map<string, number>()

  async function create(lock: Lock, code: CodeToWrite, call: Call): Promise<WriteReceipt> {
    assertHasKeypad(lock)
    const codes = await api.listCodes(lock.smartlockId, call)
    // A full lock says nothing: its answer never shows (docs/vendors/nuki.md, "How many").
    if (codes.length >= capacityOf(lock))
      return { status: 'refused', reason: 'no-capacity', detail: `The lock lists ${codes.length} codes.` }
    const written = await api.createCode(lock.smartlockId, createBody(code), call)
    return written.is === 'conflict' ? await conflict(lock, code, codes, call) : receiptOf(written, code)
  }

  async function update(lock: Lock, code: CodeToWrite, vendorRef: string, call: Call): Promise<WriteReceipt> {
    const written = await api.updateCode(lock.smartlockId, vendorRef, updateBody(code), call)
    if (written.is !== 'conflict') return receiptOf(written, code)
    const codes = (await api.listCodes(lock.smartlockId, call)).filter(({ id }) => id !== vendorRef)
    return await conflict(lock, code, codes, call)
  }

  /** 409: some entry has this PIN. Ours from a write whose answer was lost, a stranger's, or one that is not listed. */
  async function conflict(
    { smartlockId }: Lock,
    code: CodeToWrite,
    codes: readonly Auth[],
    call: Call,
  ): Promise<WriteReceipt> {
    const samePin = codes.filter((other) => other.code == null || other.code === code.pin)
    const ours = samePin.find(({ name }) => markIn(name) === code.mark)
    if (ours && code.vendorRef === undefined) return { status: 'accepted', vendorRef: ours.id }
    const taken: WriteReceipt = { status: 'refused', reason: 'pin-taken' }
    if (samePin.length > 0) return taken
    // Nuki's list is behind the lock: perhaps it is our own code that is missing there. Asked once, then believed.
    const key = `${smartlockId}/${code.mark}`
    const now = clock.now()
    const askedAt = synced.get(key)
    const waited = askedAt === undefined ? Infinity : between(askedAt, now)
    if (waited >= syncTakes && waited < syncHolds) return taken
    if (waited >= syncHolds) {
      await api.syncLock(smartlockId, call)
      synced.set(key, now)
    }
    throw new AdapterError('rate-limited', 'Nuki says that the PIN is in use, and lists no code that has it.', {
      remedy: 'Nothing to do: Nuki was asked to read the lock again, and the hub looks once more.',
      retryAt: plus(now, syncTakes),
    })
  }

  /** Nuki lists a code on although it was deleted twice: at least it must not open any more. */
  async function close(lockId: string, vendorRef: string, call: Call): Promise<boolean> {
    const listed = (await api.listCodes(lockId, call)).find(({ id }) => id === vendorRef)
    if (!listed || listed.enabled === false) return false
    const { is } = await api.updateCode(lockId, vendorRef, closedBody(listed, clock.now()), call)
    return is === 'done'
  }

  return {
    specVersion: 'v1',

    readAccount: async (call): Promise<Account> => {
      const locks = await api.listLocks(call)
      const [account] = locks.map(({ accountId }) => Number(accountId)).sort((a, b) => a - b)
      if (account === undefined) throw noLocks()
      const codes = Map.groupBy(await api.listAllCodes(call), ({ smartlockId }) => smartlockId)
      const warning = warningOf(locks, ({ smartlockId }) => codes.get(smartlockId)?.length ?? 0)
      return {
        id: String(account),
        note: `${locks.length} ${locks.length === 1 ? 'lock' : 'locks'}`,
        ...(warning === undefined ? {} : { warning }),
      }
    },

    listDevices: async (call) => {
      const locks = new Map((await api.listLocks(call)).map((lock) => [lock.smartlockId, lock]))
      return Array.from(locks.values(), deviceOf)
    },

    readCodes: async (deviceId, call) => {
      const lockId = lockAt(deviceId)
      const codes = await api.listCodes(lockId, call)
      const listed = new Set(codes.map(({ id }) => `${lockId}/${id}`))
      for (const key of deleted.keys()) if (key.startsWith(`${lockId}/`) && !listed.has(key)) deleted.delete(key)
      return codes.map(observedOf)
    },

    writeCode: async (deviceId, code, call) => {
      const lockId = lockAt(deviceId)
      if (!fits(code.pin))
        return {
          status: 'refused',
          reason: 'pin-not-allowed',
          detail: 'Nuki Keypads take six digits from 1 to 9 that do not begin with 12.',
        }
      const lock = await api.readLock(lockId, call)
      assertTakesCodes(lock)
      const { vendorRef } = code
      return vendorRef === undefined ? await create(lock, code, call) : await update(lock, code, vendorRef, call)
    },

    removeCode: async (deviceId, vendorRef, call) => {
      const lockId = lockAt(deviceId)
      assertTakesCodes(await api.readLock(lockId, call))
      const key = `${lockId}/${vendorRef}`
      const times = deleted.get(key) ?? 0
      if (times >= patience && (await close(lockId, vendorRef, call))) return { status: 'accepted' }
      const written = await api.deleteCode(lockId, vendorRef, call)
      if (written.is === 'absent') deleted.delete(key)
      else deleted.set(key, times + 1)
      if (written.is === 'done' || written.is === 'absent') return { status: 'accepted' }
      throw new AdapterError('refused', 'Nuki refuses to delete a code.', {
        remedy: 'Delete the code in Nuki Web: it opens the door until then. The hub sees it at its next look.',
      })
    },

    readState: async (deviceId, call) => stateOf(await api.readLock(lockAt(deviceId), call)),

    readActivity: async (deviceId, since, call) => await readOpenings(api, lockAt(deviceId), since, call),

    open: async (deviceId, call) => {
      const lockId = lockAt(deviceId)
      const lock = await api.readLock(lockId, call)
      assertReachable(lock)
      const written = await api.act(lockId, openingAction(lock), call)
      if (written.is === 'done') return { status: 'accepted' }
      if (written.is === 'absent') throw lockGone()
      return { status: 'refused', reason: 'not-allowed', detail: 'Nuki does not open this device on request.' }
    },

    registerWebhook: async (address, call) => ({
      webhookSecret: await registerWebhook({ config, fetch, clock }, address, call),
    }),
  }
}

function receiptOf(written: Written, { vendorRef }: CodeToWrite): WriteReceipt {
  switch (written.is) {
    case 'done':
      return { status: 'accepted', ...(vendorRef === undefined ? {} : { vendorRef }) }
    case 'absent':
      throw vendorRef === undefined ? lockGone() : codeGone()
    case 'invalid':
      if (written.parameter === 'type') throw noKeypad() // what Nuki minds when it knows of no Keypad
      return invalidReceipt(written.parameter)
    case 'unable':
      return { status: 'refused', reason: 'not-allowed', detail: 'This device takes no keypad codes.' }
    case 'conflict':
      return { status: 'refused', reason: 'pin-taken' }
  }
}

function lockAt(deviceId: string): string {
  if (!deviceIdShape.safeParse(deviceId).success) throw lockGone()
  return deviceId
}
