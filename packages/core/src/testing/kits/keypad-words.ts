import type { KeypadCapabilities } from '../../ports/capabilities.ts'
import type { ObservedCode } from '../../domain/code.ts'
import type { AccessWindow } from '../../domain/grant.ts'
import { between, millisecondsOf } from '../../domain/instant.ts'
import { markOf } from '../../domain/mark.ts'
import { obeys, type PinRules } from '../../domain/pin.ts'
import { draw } from '../../ports/entropy.ts'
import type { CodeToWrite, Keypad, WriteReceipt } from '../../ports/keypad.ts'
import { instant, calm } from '../calls.ts'
import { seededEntropy } from './open-subject.ts'
import type { KeypadVendor, TestClock } from './subject.ts'

/** An opened keypad, lock or intercom alike. */
export interface OpenedKeypad {
  readonly provider: Keypad
  readonly vendor: KeypadVendor
  readonly clock: TestClock
}

/** A summer stay, on the minute. */
export const ordinary: AccessWindow = { from: instant('2026-07-10T13:00:00Z'), until: instant('2026-07-14T08:30:00Z') }

/** Stays over the nights on which Europe's wall clocks jump; bounds next to the jump where the wall clock is unambiguous. */
export const clockChangeNights: readonly (readonly [string, AccessWindow])[] = [
  ['over the night of March', { from: instant('2026-03-28T14:00:00Z'), until: instant('2026-03-29T09:00:00Z') }],
  [
    'from before the skipped hour until after it',
    { from: instant('2026-03-29T00:00:00Z'), until: instant('2026-03-29T02:00:00Z') },
  ],
  [
    'from the instant of the jump in March',
    { from: instant('2026-03-29T01:00:00Z'), until: instant('2026-03-31T08:00:00Z') },
  ],
  [
    'until the instant of the jump in March',
    { from: instant('2026-03-27T14:00:00Z'), until: instant('2026-03-29T01:00:00Z') },
  ],
  ['over the night of October', { from: instant('2026-10-24T13:00:00Z'), until: instant('2026-10-25T10:00:00Z') }],
  [
    'until just before the doubled hour',
    { from: instant('2026-10-23T13:00:00Z'), until: instant('2026-10-24T23:00:00Z') },
  ],
  [
    'from just after the doubled hour',
    { from: instant('2026-10-25T02:00:00Z'), until: instant('2026-10-27T09:00:00Z') },
  ],
]

/** Bounds inside the hour that comes twice: a wall clock cannot tell which one, and the guest gets the wider window. */
export const doubledHour: AccessWindow = {
  from: instant('2026-10-25T01:30:00Z'),
  until: instant('2026-10-26T09:00:00Z'),
}
export const doubledHourEnd: AccessWindow = {
  from: instant('2026-10-24T13:00:00Z'),
  until: instant('2026-10-25T00:30:00Z'),
}

/** PINs this keypad takes: random, of the preferred length, all different, none obvious. */
export function pinsFor(rules: PinRules, count: number, { startingWith = '' } = {}): string[] {
  const entropy = seededEntropy(7)
  const length = rules.lengths[0] ?? 6
  const pins = new Set<string>()
  for (let tries = 0; pins.size < count; tries++) {
    if (tries > 200_000) throw new Error(`the rules leave fewer than ${count} PINs`)
    let pin = startingWith
    while (pin.length < length) pin += rules.digits.charAt(draw(entropy, rules.digits.length))
    const obvious = new Set(pin).size < 3 || '01234567890 09876543210'.includes(pin)
    if (!obvious && obeys(pin, rules)) pins.add(pin)
  }
  return [...pins]
}

/** Whether this keypad takes PINs that begin with a zero. */
export function takesLeadingZero({ digits, forbiddenPrefixes = [] }: PinRules): boolean {
  return digits.includes('0') && !forbiddenPrefixes.includes('0')
}

/** The `n`th mark of these tests. */
export function markNumber(n: number): string {
  return markOf(Uint8Array.of(1, 2, 3, 4), Uint8Array.of(9, 9, 9, 9, 9, n >> 10, n >> 5, n))
}

export function codeToWrite(capabilities: KeypadCapabilities, n = 0, changes: Partial<CodeToWrite> = {}): CodeToWrite {
  const pin = pinsFor(capabilities.pin, n + 1)[n] ?? ''
  return { mark: markNumber(n), label: 'Ada', pin, window: ordinary, ...changes }
}

/** Moves the clock to where the adapter promises that its reads show every write. */
export function letItShow({ showsWithin = 0, writesAreVisible }: KeypadCapabilities, clock: TestClock): void {
  if (writesAreVisible === 'later') clock.advance(showsWithin)
}

/** Writes, waits as long as the manifest says, and finds the code by its mark. */
export async function writeAndRead(
  capabilities: KeypadCapabilities,
  { provider, vendor, clock }: OpenedKeypad,
  code: CodeToWrite,
): Promise<{ readonly receipt: WriteReceipt; readonly read: ObservedCode }> {
  const receipt = await provider.writeCode(vendor.deviceId, code, calm)
  if (receipt.status === 'refused') throw new Error(`refused: ${receipt.reason} ${receipt.detail ?? ''}`)
  letItShow(capabilities, clock)
  return { receipt, read: await readMark(provider, vendor.deviceId, code.mark) }
}

/** The one code under this mark; throws when there is none or more than one. */
export async function readMark(provider: Keypad, deviceId: string, mark: string): Promise<ObservedCode> {
  const [found, ...more] = (await provider.readCodes(deviceId, calm)).filter((code) => code.mark === mark)
  if (!found) throw new Error(`no code under the mark ${mark}`)
  if (more.length > 0) throw new Error(`${more.length + 1} codes under the mark ${mark}`)
  return found
}

/** How far `seen` lies outside `asked` at each end, milliseconds; negative when it is narrower. */
export function wider(asked: AccessWindow, seen: Partial<Record<'from' | 'until', string | null | undefined>>) {
  if (typeof seen.from !== 'string' || typeof seen.until !== 'string')
    throw new Error('the window has no bounds: a code without an end')
  return {
    before: millisecondsOf(asked.from) - Date.parse(seen.from),
    after: between(asked.until, instant(seen.until)),
  }
}
