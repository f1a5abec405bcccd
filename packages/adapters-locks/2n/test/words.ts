import { type CodeToWrite, type Intercom, type ObservedCode } from '@stayward/core/adapter'
import { calm, instant, type Opened, openSubject } from '@stayward/core/testing'
import { serialNumber, type TwoNVendor } from '../src/testing/index.ts'
import { subject } from './subject.ts'

export const device = serialNumber
export type Open = Opened<'intercom', TwoNVendor>

/** The adapter in front of a fresh device, at a moment of the test's choosing. */
export function open({ at = '2026-05-01T08:00:00Z', config = subject.config } = {}): Open {
  return openSubject(subject, { at: instant(at), config })
}

/** In at 15:00, out at 11:00, in Prague. */
export const stay = { from: instant('2026-05-01T13:00:00Z'), until: instant('2026-05-03T09:00:00Z') }
export const mark = 'sw0a1b2c3d4e5f'
export const pin = '4827361504'

export function guestCode(changes: Partial<CodeToWrite> = {}): CodeToWrite {
  return { mark, label: 'Ada', pin, window: stay, ...changes }
}

/** Writes a code and gives its id on the device. */
export async function written({ provider }: Pick<Open, 'provider'>, code = guestCode()): Promise<string> {
  const receipt = await provider.writeCode(device, code, calm)
  if (receipt.status !== 'confirmed') throw new Error(`not confirmed: ${JSON.stringify(receipt)}`)
  return receipt.vendorRef
}

/** The code under our mark as the adapter reads it; `undefined` when there is none. */
export async function ours(provider: Intercom): Promise<ObservedCode | undefined> {
  return (await provider.readCodes(device, calm)).find((code) => code.mark === mark)
}

/** Requests of the adapter so far, as `PUT /path`. */
export function asked({ wire }: Pick<Open, 'wire'>): string[] {
  return wire.calls.map(({ request }) => `${request.method} ${new URL(request.url).pathname.replace('/api/', '')}`)
}

/** The bodies that were sent to a function and answered, oldest first. */
export function sent({ wire }: Pick<Open, 'wire'>, path: string): unknown[] {
  return wire.calls
    .filter(({ request, outcome }) => new URL(request.url).pathname === `/api/${path}` && outcome === 200)
    .map(({ body }) => JSON.parse(body) as unknown)
}

/** Moves the clock to an instant. */
export function moveTo({ clock }: Pick<Open, 'clock'>, text: string): void {
  clock.advance(Date.parse(text) - Date.parse(clock.now()))
}
