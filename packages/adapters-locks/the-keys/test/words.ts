import { type CodeToWrite, type LockProvider, type ObservedCode } from '@stayward/core/adapter'
import { calm, instant, openSubject } from '@stayward/core/testing'
import type { TheKeysVendor } from '../src/testing/index.ts'
import { subject } from './subject.ts'

export const flat12 = '7001/Kp7xQ2Za'
export const gardenHouse = '7003/Kp8jF4Ts'

/** The adapter in front of a fresh fake, at a moment of the test's choosing. */
export function open({ at = '2026-05-01T08:00:00Z', config = subject.config } = {}) {
  return openSubject(subject, { at: instant(at), config })
}

/** A stay of the notes' shape: in at 15:00, out at 12:00, in Paris. */
export const stay = { from: instant('2026-05-01T13:00:00Z'), until: instant('2026-05-03T10:00:00Z') }

export const mark = 'sw0a1b2c3d4e5f'

export function guestCode(changes: Partial<CodeToWrite> = {}): CodeToWrite {
  return { mark, label: 'Ada', pin: '0472', window: stay, ...changes }
}

/** Writes a code and gives its id at the vendor. */
export async function written(provider: LockProvider, code = guestCode(), deviceId = flat12): Promise<string> {
  const receipt = await provider.writeCode(deviceId, code, calm)
  if (receipt.status === 'refused' || receipt.vendorRef === undefined) throw new Error(`not written: ${receipt.status}`)
  return receipt.vendorRef
}

/** The code under our mark as the adapter reads it; `undefined` when there is none. */
export async function ours(provider: LockProvider, deviceId = flat12): Promise<ObservedCode | undefined> {
  return (await provider.readCodes(deviceId, calm)).find((code) => code.mark === mark)
}

/** What the vendor keeps of a code. */
export function kept(vendor: TheKeysVendor, vendorRef: string) {
  return vendor.state.shares.find(({ id }) => String(id) === vendorRef)
}

/** Requests of the adapter so far, as `POST /path`. */
export function asked(wire: { readonly calls: readonly { readonly request: Request }[] }): string[] {
  return wire.calls.map(({ request }) => `${request.method} ${new URL(request.url).pathname}`)
}
