import * as z from 'zod'
import type { OpenContext } from '../../adapter/define-adapter.ts'
import type { ObservedCode } from '../../domain/code.ts'
import { instantOf, millisecondsOf, parseInstant } from '../../domain/instant.ts'
import { marked } from '../../domain/mark.ts'
import { AdapterError } from '../../ports/adapter-error.ts'
import type { Call } from '../../ports/call.ts'
import type { Keypad, WriteReceipt } from '../../ports/keypad.ts'
import type { LockProvider } from '../../ports/lock-provider.ts'
import { labelled } from './keypad-cloud.ts'
import type { KeypadTraits } from './memory-keypad.ts'
import { type MemoryConfig, openWire, type Question, type Wire } from './wire.ts'

const account = z.object({ id: z.string(), name: z.string() })
const devices = z.object({ devices: z.array(z.object({ id: z.string(), name: z.string() })) })
const codes = z.object({
  codes: z.array(
    z.object({
      ref: z.string(),
      field: z.string(),
      pin: z.string().exactOptional(),
      from: z.number().nullable().exactOptional(),
      until: z.number().nullable().exactOptional(),
      synced: z.boolean().exactOptional(),
    }),
  ),
})
const written = z.discriminatedUnion('status', [
  z.object({ status: z.enum(['confirmed', 'accepted']), vendorRef: z.string() }),
  z.object({ status: z.literal('refused'), reason: z.enum(['pin-taken', 'pin-not-allowed', 'no-capacity']) }),
])
const removed = z.object({ status: z.enum(['gone', 'accepted']) })
const state = z.object({ online: z.boolean(), lastSeen: z.string() })
const activity = z.object({ openings: z.array(z.object({ at: z.number(), ref: z.string() })) })
export const opened = z.object({ status: z.literal('opened') })

/** The wire to a keypad vendor, on which 409 means that the device cannot be reached. */
export function keypadWire(context: OpenContext<MemoryConfig>, host: string, vendor: string): Wire {
  const wire = openWire(context, host, vendor)
  const ask = async <T>(question: Question<T>, call: Call): Promise<T> => {
    try {
      return await wire.ask(question, call)
    } catch (error) {
      if (!AdapterError.is(error) || error.code !== 'refused') throw error
      throw new AdapterError('device-offline', 'The device cannot be reached.', {
        remedy: 'Look whether the device has power and network.',
      })
    }
  }
  return { ask }
}

/** The operations that locks and intercoms share. */
export function keypadProvider(
  wire: Wire,
  traits: KeypadTraits,
): Keypad & Required<Pick<Keypad, 'readState' | 'readActivity'>> & LockProvider {
  const { windowStep: step, labelMaxLength, canUpdate, opens } = traits
  return {
    specVersion: 'v1',
    readAccount: (call) => wire.ask({ operation: 'account', effect: 'read', shape: account }, call),
    listDevices: async (call) =>
      (await wire.ask({ operation: 'devices', effect: 'read', shape: devices }, call)).devices,
    readCodes: async (deviceId, call) => {
      const answer = await wire.ask({ operation: 'codes', args: { deviceId }, effect: 'read', shape: codes }, call)
      return answer.codes.map(observed)
    },
    writeCode: async (deviceId, { mark, label, pin, window, vendorRef }, call): Promise<WriteReceipt> => {
      if (vendorRef !== undefined && !canUpdate) return { status: 'refused', reason: 'not-allowed' }
      const from = Math.floor(millisecondsOf(window.from) / step) * step
      const until = Math.ceil(millisecondsOf(window.until) / step) * step
      const field = marked(mark, label, mark.length + 1 + labelMaxLength)
      const code = { field, pin, from, until, ...(vendorRef === undefined ? {} : { ref: vendorRef }) }
      return await wire.ask({ operation: 'put', args: { deviceId, code }, effect: 'write', shape: written }, call)
    },
    removeCode: (deviceId, ref, call) =>
      wire.ask({ operation: 'remove', args: { deviceId, ref }, effect: 'write', shape: removed }, call),
    readState: async (deviceId, call) => {
      const { online, lastSeen } = await wire.ask(
        { operation: 'state', args: { deviceId }, effect: 'read', shape: state },
        call,
      )
      const seen = parseInstant(lastSeen)
      return { online, ...(seen === undefined ? {} : { lastSeen: seen }) }
    },
    readActivity: async (deviceId, since, call) => {
      const answer = await wire.ask(
        { operation: 'activity', args: { deviceId }, effect: 'read', shape: activity },
        call,
      )
      return answer.openings
        .filter(({ at }) => at >= millisecondsOf(since))
        .map(({ at, ref }) => ({ at: instantOf(at), vendorRef: ref }))
    },
    ...(opens
      ? {
          open: (deviceId: string, call: Call) =>
            wire.ask({ operation: 'open', args: { deviceId }, effect: 'write', shape: opened }, call),
        }
      : {}),
  }
}

function observed({ ref, field, pin, from, until, synced }: z.output<typeof codes>['codes'][number]): ObservedCode {
  const bound = (at: number | null) => (at === null ? null : instantOf(at))
  return {
    vendorRef: ref,
    ...labelled(field),
    ...(pin === undefined ? {} : { pin }),
    ...(from === undefined || until === undefined ? {} : { window: { from: bound(from), until: bound(until) } }),
    ...(synced === undefined ? {} : { synced }),
  }
}
