import type { Code, ObservedCode } from '../domain/code.ts'
import { openingsSince, waitingForUse } from '../domain/code-use.ts'
import type { Instant } from '../domain/instant.ts'
import { AdapterError } from '../ports/adapter-error.ts'
import type { Call } from '../ports/call.ts'
import type { KeypadCapabilities } from '../ports/capabilities.ts'
import type { DeviceState, Keypad, Opening } from '../ports/keypad.ts'
import type { DeviceRow, DeviceView, TimelineEntry } from '../ports/stores.ts'
import type { DeviceEngine } from './engine.ts'

export interface OpenKeypad {
  readonly provider: Keypad
  readonly capabilities: KeypadCapabilities
  readonly vendor: string
}

/** What a device, or the vendor for it, said in one go. */
export interface Reading {
  readonly observed: readonly ObservedCode[]
  readonly state?: DeviceState
  readonly at: Instant
  /** The state could not be read; the codes could. */
  readonly failure?: AdapterError
}

/** Every code on the device, and its state where the vendor has one. A state that cannot be read holds no code back. */
export async function readDevice(
  { clock }: DeviceEngine,
  look: Call,
  { vendorId }: DeviceRow,
  { provider, capabilities }: OpenKeypad,
): Promise<Reading> {
  let state: DeviceState | undefined
  let failure: AdapterError | undefined
  try {
    if (capabilities.readsState) state = await provider.readState?.(vendorId, look)
  } catch (error) {
    if (!AdapterError.is(error) || error.code === 'auth' || error.code === 'rate-limited') throw error
    failure = error
  }
  const observed = await provider.readCodes(vendorId, look)
  return { observed, at: clock.now(), ...(state ? { state } : {}), ...(failure ? { failure } : {}) }
}

/** What was written now is read back in the same look where the vendor shows it at once: that is the proof. */
export async function readBack(
  engine: DeviceEngine,
  look: Call,
  device: DeviceRow,
  keypad: OpenKeypad,
  failure: AdapterError | undefined,
): Promise<Reading | undefined> {
  if (keypad.capabilities.writesAreVisible !== 'now' || !mayStillAnswer(failure)) return undefined
  try {
    return await readDevice(engine, look, device, keypad)
  } catch (error) {
    if (AdapterError.is(error)) return undefined // the write stands as unproven; the next look reads first
    throw error
  }
}

/** What was opened since the codes that nobody has used yet may open. A log that cannot be read holds nothing back. */
export async function readOpenings(
  { clock }: DeviceEngine,
  call: Call,
  { device, doorName }: DeviceView,
  { provider, capabilities }: OpenKeypad,
  codes: readonly Code[],
): Promise<{ readonly openings: readonly Opening[]; readonly unread: readonly TimelineEntry[] }> {
  const since = openingsSince(codes, clock.now())
  if (since === undefined || !capabilities.readsActivity || !provider.readActivity) return { openings: [], unread: [] }
  try {
    return { openings: await provider.readActivity(device.vendorId, since, call), unread: [] }
  } catch (error) {
    if (!AdapterError.is(error)) throw error
    const text = `Who came in at ${doorName} could not be read. ${error.message}`
    const { remedy } = error
    const bookingIds = [...new Set(waitingForUse(codes, clock.now()).map(({ bookingId }) => bookingId))]
    const line = { kind: 'openings-unread', text, remedy, cause: 'vendor' }
    return { openings: [], unread: bookingIds.map((bookingId) => ({ bookingId, ...line })) }
  }
}

function mayStillAnswer(failure: AdapterError | undefined): boolean {
  switch (failure?.code) {
    case undefined:
    case 'outcome-unknown':
    case 'refused':
    case 'gone':
      return true
    case 'auth':
    case 'bad-response':
    case 'rate-limited':
    case 'unreachable':
    case 'device-offline':
      return false
  }
}
