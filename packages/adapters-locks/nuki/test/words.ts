import { type CodeToWrite, type LockProvider, type ObservedCode } from '@stayward/core/adapter'
import { calm, instant, type Opened, openSubject } from '@stayward/core/testing'
import type { FakeCode, NukiVendor } from '../src/testing/index.ts'
import { subject } from './subject.ts'

export const frontDoor = '17900000001'
export const flat12 = '17900000002'
export const cellar = '17900000003'
export type Open = Opened<'lock', NukiVendor>

/** The adapter in front of a fresh fake, at a moment of the test's choosing. */
export function open({ at = '2026-05-01T08:00:00Z', config = subject.config } = {}): Open {
  return openSubject(subject, { at: instant(at), config })
}

/** In at 15:00, out at 11:00, in Vienna. */
export const stay = { from: instant('2026-05-01T13:00:00Z'), until: instant('2026-05-03T09:00:00Z') }
export const mark = 'sw0a1b2c3d4e5f'
export const pin = '583926'

export function guestCode(changes: Partial<CodeToWrite> = {}): CodeToWrite {
  return { mark, label: 'Ada', pin, window: stay, ...changes }
}

/** Time in which any change reaches a lock that is online, milliseconds. */
export const aWhile = 30_000

/** Writes a code, lets it reach the lock and gives its id at the vendor. */
export async function written({ provider, clock }: Open, code = guestCode(), deviceId = frontDoor): Promise<string> {
  const receipt = await provider.writeCode(deviceId, code, calm)
  if (receipt.status === 'refused') throw new Error(`refused: ${receipt.reason}`)
  clock.advance(aWhile)
  const read = await ours(provider, deviceId)
  if (!read) throw new Error('the code does not show')
  return read.vendorRef
}

/** The code under our mark as the adapter reads it; `undefined` when there is none. */
export async function ours(provider: LockProvider, deviceId = frontDoor): Promise<ObservedCode | undefined> {
  return (await provider.readCodes(deviceId, calm)).find((code) => code.mark === mark)
}

/** What Nuki's server keeps of a code. */
export function kept(vendor: NukiVendor, vendorRef: string, deviceId = frontDoor): FakeCode | undefined {
  return vendor.lock(deviceId).codes.find(({ id }) => id === vendorRef)
}

/** Requests of the adapter so far, as `PUT /path`. */
export function asked({ wire }: Pick<Open, 'wire'>): string[] {
  return wire.calls.map(({ request }) => `${request.method} ${new URL(request.url).pathname}`)
}

/** The bodies that were sent to paths like this, oldest first. */
export function sent({ wire }: Pick<Open, 'wire'>, like: string): unknown[] {
  return wire.calls
    .filter(({ request }) => `${request.method} ${new URL(request.url).pathname}`.startsWith(like))
    .map(({ body }) => JSON.parse(body) as unknown)
}
