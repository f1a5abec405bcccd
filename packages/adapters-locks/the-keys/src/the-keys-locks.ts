import {
  type Account,
  AdapterError,
  between,
  type Call,
  type Device,
  type DeviceState,
  type Instant,
  type LockProvider,
  type OpenContext,
  type WriteReceipt,
} from '@stayward/core/adapter'
import { batteryOf } from './battery.ts'
import type { Config } from './config.ts'
import { addressOf, type KeypadAddress } from './device-id.ts'
import { deviceOf, warningOf } from './devices.ts'
import { lastSeenIn, silentAfter } from './last-seen.ts'
import { codeGone, keypadGone, refusalOf } from './refusals.ts'
import { formOf, observedOf, pinRules } from './share-form.ts'
import { shareRun } from './share-run.ts'
import { createApi, lockGone, type Refused, vendor } from './the-keys-api.ts'
import type { Lock, TheKeysAccount } from './the-keys-shapes.ts'
import { isZone } from './wall-clock.ts'

/** Zones and keypads of locks change when somebody moves house, not within a look. Milliseconds. */
const accountFresh = 10 * 60_000

/** The maker is French, and so are nearly all of its locks. */
const homeZone = 'Europe/Paris'

/** The Keys through its cloud. Every write ends as `accepted`: the lock hears of it later, from its gateway or a phone. */
export function openTheKeys({ config, fetch, clock }: OpenContext<Config>): LockProvider {
  const api = createApi(config, fetch, clock)
  let known: { readonly account: TheKeysAccount; readonly at: Instant } | undefined

  const readAccount = shareRun(async (call) => {
    const account = await api.readAccount(call)
    known = { account, at: clock.now() }
    return account
  })

  const zoneOf = ({ zone }: Lock) => (zone !== undefined && isZone(zone) ? zone : (config.zone ?? homeZone))

  function lastSeenOf({ gateways }: Lock): Instant | undefined {
    const now = clock.now()
    return gateways
      .flatMap(({ lastSeen }) => lastSeenIn(lastSeen, now) ?? [])
      .sort()
      .at(-1)
  }

  async function lockOf({ lockId }: KeypadAddress, call: Call): Promise<Lock> {
    const remembered = known && between(known.at, clock.now()) < accountFresh ? known.account : undefined
    const find = ({ locks }: TheKeysAccount) => locks.find(({ id }) => id === lockId)
    const lock = (remembered && find(remembered)) ?? find(await readAccount(call))
    if (!lock) throw lockGone(lockId)
    return lock
  }

  async function keypadsOf(lock: Lock, call: Call): Promise<Lock['keypads']> {
    if (lock.keypads.length > 0) return lock.keypads
    // Some accounts list no keypads; every code names the one it is on.
    const codes = await api.listCodes(lock.id, call)
    return [
      ...new Map(codes.map(({ keypadId, keypadName }) => [keypadId, { id: keypadId, name: keypadName }])).values(),
    ]
  }

  async function update(
    vendorRef: string,
    address: KeypadAddress,
    form: string,
    call: Call,
  ): Promise<WriteReceipt | Refused> {
    const answer = await api.updateCode(vendorRef, form, call)
    if (answer.is !== 'stored' && answer.is !== 'unsure') return answer
    if (answer.is === 'unsure' && !(await lists(address, vendorRef, call))) return { is: 'absent' }
    return { status: 'accepted', vendorRef }
  }

  async function create(
    address: KeypadAddress,
    pin: string,
    form: string,
    call: Call,
  ): Promise<WriteReceipt | Refused> {
    const answer = await api.createCode(address, form, call)
    if (answer.is !== 'stored') return answer
    const { id, pin: stored } = answer
    return {
      status: 'accepted',
      ...(id === undefined ? {} : { vendorRef: id }),
      ...(stored === undefined || stored === pin ? {} : { pin: stored }), // what the server keeps is what opens
    }
  }

  async function lists({ lockId }: KeypadAddress, vendorRef: string, call: Call): Promise<boolean> {
    return (await api.listCodes(lockId, call)).some(({ id }) => id === vendorRef)
  }

  return {
    specVersion: 'v1',

    readAccount: async (call): Promise<Account> => {
      const { id, name, locks } = await readAccount(call)
      const warning = warningOf(locks, lastSeenOf, clock.now())
      return {
        id,
        note: `${locks.length} ${locks.length === 1 ? 'lock' : 'locks'}`,
        ...(name === '' ? {} : { name }),
        ...(warning === undefined ? {} : { warning }),
      }
    },

    listDevices: async (call) => {
      const { locks } = await readAccount(call)
      const devices: Device[] = []
      for (const lock of locks) {
        const keypads = await keypadsOf(lock, call)
        for (const keypad of keypads) devices.push(deviceOf(lock, keypad, keypads.length > 1, zoneOf(lock)))
      }
      return devices
    },

    readCodes: async (deviceId, call) => {
      const address = keypadAt(deviceId)
      const lock = await lockOf(address, call)
      const codes = (await api.listCodes(address.lockId, call)).filter(({ keypadId }) => keypadId === address.keypadId)
      const elsewhere = lock.keypads.length > 0 && !lock.keypads.some(({ id }) => id === address.keypadId)
      if (codes.length === 0 && elsewhere) throw keypadGone()
      return codes.map((code) => observedOf(code, zoneOf(lock)))
    },

    writeCode: async (deviceId, code, call) => {
      const address = keypadAt(deviceId)
      if (!fits(code.pin))
        return { status: 'refused', reason: 'pin-not-allowed', detail: `Keypads of ${vendor} take 4 digits.` }
      const form = formOf(code, zoneOf(await lockOf(address, call)))
      const { vendorRef } = code
      const answer = await (vendorRef === undefined
        ? create(address, code.pin, form, call)
        : update(vendorRef, address, form, call))
      if ('status' in answer) return answer
      if (answer.is === 'absent') throw vendorRef === undefined ? keypadGone() : codeGone()
      return refusalOf(answer, code)
    },

    removeCode: async (deviceId, vendorRef, call) => {
      const address = keypadAt(deviceId)
      const answer = await api.deleteCode(vendorRef, call)
      if (answer.is !== 'deleted' && (await lists(address, vendorRef, call)))
        throw new AdapterError('refused', `${vendor} did not delete a code and still lists it.`, {
          remedy:
            'Delete the code in the The Keys app: it opens the door until then. The hub sees it at its next look.',
        })
      return { status: 'accepted' }
    },

    readState: async (deviceId, call): Promise<DeviceState> => {
      const { lockId } = keypadAt(deviceId)
      const lock = (await readAccount(call)).locks.find(({ id }) => id === lockId)
      if (!lock) throw lockGone(lockId)
      const lastSeen = lastSeenOf(lock)
      const battery = batteryOf(lock.millivolts)
      return {
        ...(lastSeen === undefined ? {} : { lastSeen, online: between(lastSeen, clock.now()) < silentAfter }),
        ...(battery === undefined ? {} : { battery }),
      }
    },
  }
}

function keypadAt(deviceId: string): KeypadAddress {
  const address = addressOf(deviceId)
  if (!address) throw keypadGone()
  return address
}

function fits(pin: string): boolean {
  return pinRules.lengths.includes(pin.length) && Array.from(pin).every((digit) => pinRules.digits.includes(digit))
}
