import * as z from 'zod'
import { type Adapter, defineAdapter } from '../../adapter/define-adapter.ts'
import { millisecondsOf } from '../../domain/instant.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Intercom } from '../../ports/intercom.ts'
import type { IntercomVendor, Subject } from '../kits/subject.ts'
import { keypadProvider, keypadWire, opened } from './keypad-provider.ts'
import { deviceIdShape } from './memory-lock.ts'
import {
  keypadCapabilities,
  type KeypadTraits,
  keypadVendor,
  type MemoryKeypadOptions,
  type MemoryKeypadState,
  type MemoryKeypadVendor,
  newState,
  traitsOf,
} from './memory-keypad.ts'
import { type MemoryConfig, memoryConfig, memoryToken, Refusal, type Wire } from './wire.ts'

export interface MemoryIntercomOptions extends MemoryKeypadOptions {
  readonly writesEntries?: boolean
  readonly drawsQr?: boolean
}

export interface MemoryIntercomState extends MemoryKeypadState {
  /** The directory of each device. */
  readonly entries: Record<string, StoredEntry[]>
}

interface StoredEntry {
  readonly ref: string
  readonly mark: string
  readonly name: string
  readonly callTo?: string
}

export interface MemoryIntercomVendor extends MemoryKeypadVendor, IntercomVendor {
  readonly state: MemoryIntercomState
  openings(deviceId: string): number
}

export interface MemoryIntercom extends Subject<'intercom', MemoryIntercomVendor, MemoryConfig> {
  readonly adapter: Adapter<'intercom', MemoryConfig>
  /** A fresh vendor, or with `state` one that goes on. */
  vendor(clock: Clock, state?: MemoryIntercomState): MemoryIntercomVendor
}

/** Intercoms in memory: an adapter for the hub and the vendor behind it. */
export function memoryIntercom(options: MemoryIntercomOptions = {}): MemoryIntercom {
  const { id = 'memory-intercom', writesEntries = true, drawsQr = true } = options
  const traits = traitsOf(options)
  const host = `${id}.example`
  const adapter = defineAdapter({
    id,
    displayName: 'Intercoms in memory',
    port: 'intercom',
    specVersion: 'v1',
    config: memoryConfig,
    hosts: [host],
    capabilities: { ...keypadCapabilities(traits), writesEntries, ...(drawsQr ? { drawsQr } : {}) },
    deviceId: deviceIdShape,
    rate: { perSecond: 1_000_000, burst: 1_000_000 },
    health: 'It works as long as the test runs.',
    open: (context) =>
      intercom(keypadWire(context, host, 'The intercom in memory'), traits, { writesEntries, drawsQr }),
  })
  return {
    adapter,
    config: memoryToken,
    wrongConfig: { token: 'a-token-nobody-has' },
    secrets: [memoryToken.token],
    vendor: (clock, state) => intercomVendor(() => millisecondsOf(clock.now()), traits, state),
  }
}

const doors = z.object({ doors: z.array(z.object({ ref: z.string(), name: z.string() })) })
const entry = z.object({ vendorRef: z.string() })

type Extras = Required<Pick<MemoryIntercomOptions, 'writesEntries' | 'drawsQr'>>

function intercom(wire: Wire, traits: KeypadTraits, { writesEntries, drawsQr }: Extras): Intercom {
  const { open: _, ...keypad } = keypadProvider(wire, traits)
  const openDoor: Intercom['openDoor'] = (deviceId, doorRef, call) =>
    wire.ask({ operation: 'open-door', args: { deviceId, doorRef }, effect: 'write', shape: opened }, call)
  const writeEntry: Intercom['writeEntry'] = (deviceId, { mark, name, callTo, vendorRef }, call) =>
    wire.ask(
      { operation: 'entry', args: { deviceId, mark, name, callTo, vendorRef }, effect: 'write', shape: entry },
      call,
    )
  const drawQr: Intercom['drawQr'] = async (deviceId, pin, call) => {
    await wire.ask({ operation: 'doors', args: { deviceId }, effect: 'read', shape: doors }, call)
    if (!/^\d+$/.test(pin)) return { status: 'refused', detail: 'The camera in memory reads digits.' }
    return { status: 'drawn', png: pictureInMemory, svg: '<svg xmlns="http://www.w3.org/2000/svg"></svg>' }
  }
  return {
    ...keypad,
    listDoors: async (deviceId, call) =>
      (await wire.ask({ operation: 'doors', args: { deviceId }, effect: 'read', shape: doors }, call)).doors,
    ...(traits.opens ? { openDoor } : {}),
    ...(writesEntries ? { writeEntry } : {}),
    ...(drawsQr ? { drawQr } : {}),
  }
}

/** The beginning of a PNG, and nothing to see. */
const pictureInMemory = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

const entryArgs = z.object({
  mark: z.string(),
  name: z.string(),
  callTo: z.string().optional(),
  vendorRef: z.string().optional(),
})

function intercomVendor(now: () => number, traits: KeypadTraits, earlier?: MemoryIntercomState): MemoryIntercomVendor {
  const state = earlier ?? { ...newState(now()), entries: {} }
  const entriesOf = (deviceId: string) => (state.entries[deviceId] ??= [])
  const keypad = keypadVendor({
    state,
    traits,
    now,
    operations: (device) => ({
      doors: (account, args) => (
        device(account, args),
        {
          doors: [
            { ref: 'street', name: 'Street' },
            { ref: 'yard', name: 'Yard' },
          ],
        }
      ),
      'open-door': (account, args) => {
        const { doorRef } = z.object({ doorRef: z.enum(['street', 'yard']) }).parse(args)
        const target = device(account, args)
        if (!target.online) throw new Refusal(409)
        if (doorRef) target.openings++
        return { status: 'opened' }
      },
      entry: (account, args) => {
        const entries = entriesOf(device(account, args).id)
        const { mark, name, callTo, vendorRef } = entryArgs.parse(args)
        const index = vendorRef === undefined ? entries.length : entries.findIndex(({ ref }) => ref === vendorRef)
        if (index < 0) throw new Refusal(404)
        const ref = vendorRef ?? `e${++state.count}`
        entries[index] = { ref, mark, name, ...(callTo === undefined ? {} : { callTo }) }
        return { vendorRef: ref }
      },
    }),
  })
  return { ...keypad, state, entries: (deviceId) => entriesOf(deviceId) }
}
