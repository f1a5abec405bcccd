import { describe, expect, it } from 'vitest'
import type { CapabilitiesOf } from '../../ports/capabilities.ts'
import type { AccessWindow } from '../../domain/grant.ts'
import { plus } from '../../domain/instant.ts'
import { calm } from '../calls.ts'
import { openSubject } from './open-subject.ts'
import {
  clockChangeNights,
  codeToWrite,
  doubledHour,
  doubledHourEnd,
  letItShow,
  markNumber,
  ordinary,
  pinsFor,
  readMark,
  takesLeadingZero,
  wider,
  writeAndRead,
} from './keypad-words.ts'
import type { KeypadVendor, Subject } from './subject.ts'

export type KeypadPort = 'lock' | 'intercom'

/** What a keypad owes of every code that is written: mark, PIN and window come back, whatever the night. */
export function keypadCodes<Port extends KeypadPort, Vendor extends KeypadVendor, Config>(
  subject: Subject<Port, Vendor, Config>,
): void {
  const capabilities: CapabilitiesOf[KeypadPort] = subject.adapter.capabilities
  const { readsPin, readsWindow, windowStep, labelMaxLength, canUpdate, pin: rules } = capabilities
  const open = () => openSubject<Port, Vendor, Config>(subject)

  const expectWindow = (asked: AccessWindow, seen: Parameters<typeof wider>[1], slack = 0) => {
    const { before, after } = wider(asked, seen)
    for (const [end, by] of [
      ['from', before],
      ['until', after],
    ] as const) {
      expect(by, `${end}: narrower than asked, milliseconds`).toBeGreaterThanOrEqual(0)
      expect(by, `${end}: wider than one step, milliseconds`).toBeLessThan(windowStep + slack)
    }
  }

  describe('a written code', () => {
    it('is read under its mark, with the PIN and window the vendor shows', async () => {
      const opened = open()
      const code = codeToWrite(capabilities)
      const { receipt, read } = await writeAndRead(capabilities, opened, code)
      expect(read.vendorRef).toMatch(/\S/)
      if ('vendorRef' in receipt) expect(receipt.vendorRef).toBe(read.vendorRef)
      expect(read.pin).toBe(readsPin ? ('pin' in receipt && receipt.pin) || code.pin : undefined)
      if (readsWindow) expectWindow(code.window, read.window ?? {})
      else expect(read.window).toBeUndefined()
    })
    it('stands in no address: those are kept in logs along the way', async () => {
      const opened = open()
      const code = codeToWrite(capabilities, 0, { label: 'Wilhelmina' })
      const { read } = await writeAndRead(capabilities, opened, code)
      await opened.provider.removeCode(opened.vendor.deviceId, read.vendorRef, calm)
      for (const { request } of opened.wire.calls)
        expect(decodeURIComponent(request.url)).not.toMatch(new RegExp(`${code.pin}|Wilhelmina`))
    })
    it('keeps a PIN of every length that the manifest names', async () => {
      for (const length of rules.lengths) {
        const opened = open()
        const [pin = ''] = pinsFor({ ...rules, lengths: [length] }, 1)
        const { read } = await writeAndRead(capabilities, opened, codeToWrite(capabilities, 0, { pin }))
        if (readsPin) expect(read.pin).toBe(pin)
      }
    })
    if (takesLeadingZero(rules))
      it('keeps the zeros its PIN begins with', async () => {
        const opened = open()
        const [pin = ''] = pinsFor(rules, 1, { startingWith: '00' })
        const { read } = await writeAndRead(capabilities, opened, codeToWrite(capabilities, 0, { pin }))
        if (readsPin) expect(read.pin).toBe(pin)
        opened.clock.advance(3_600_000)
        expect(opened.vendor.codesOn(opened.vendor.deviceId).map((held) => held.pin)).toContain(pin)
      })
    it('is one of many, each under its own mark', async () => {
      const opened = open()
      const codes = Array.from({ length: Math.min(5, capabilities.capacity ?? 5) }, (_, n) =>
        codeToWrite(capabilities, n),
      )
      for (const code of codes) await opened.provider.writeCode(opened.vendor.deviceId, code, calm)
      letItShow(capabilities, opened.clock)
      for (const { mark, pin } of codes) {
        const read = await readMark(opened.provider, opened.vendor.deviceId, mark)
        if (readsPin) expect(read.pin).toBe(pin)
      }
    })
    it.each([
      ['longer than the vendor keeps', 'Wilhelmina-Alexandrina '.repeat(30)],
      ['empty', ''],
      ['of other scripts and emoji', 'Łukasz 🏳️‍🌈 אבג محمد 山田'],
      ['with marks of forms and markup', `"<b>&amp;'; [x]=1%26{}\\`],
      ['with a line break', 'Ada\r\nLovelace'],
    ])('takes a label that is %s, and keeps its mark', async (_, label) => {
      const opened = open()
      const code = codeToWrite(capabilities, 0, { label })
      const { read } = await writeAndRead(capabilities, opened, code)
      expect(read.mark).toBe(code.mark)
      expect(read.label).not.toContain(code.pin)
      // Surrogates may be cut, so only the length is a promise; the mark may stand in the same field.
      expect(read.label.length).toBeLessThanOrEqual(labelMaxLength + code.mark.length + 1)
    })
  })

  describe('the window', () => {
    const windows: readonly (readonly [string, AccessWindow])[] = [
      ['on ordinary days', ordinary],
      ['off the minute', { from: plus(ordinary.from, 12_345), until: plus(ordinary.until, 6_789) }],
      ["over New Year's Eve", { from: plus(ordinary.from, 0), until: plus(ordinary.from, 250 * 86_400_000) }],
      ...clockChangeNights,
    ]
    const held = async (window: AccessWindow) => {
      const opened = open()
      const code = codeToWrite(capabilities, 0, { window })
      const { read } = await writeAndRead(capabilities, opened, code)
      opened.clock.advance(3_600_000)
      const onDevice = opened.vendor.codesOn(opened.vendor.deviceId).find(({ pin }) => pin === code.pin)
      return [...(readsWindow ? [read.window ?? {}] : []), ...(onDevice ? [onDevice] : [])]
    }
    it.each(windows)('is never narrower and at most one step wider, %s', async (_, window) => {
      const seen = await held(window)
      expect(seen.length, 'places to see the window').toBeGreaterThan(0)
      for (const one of seen) expectWindow(window, one)
    })
    it.each([
      ['begins', doubledHour],
      ['ends', doubledHourEnd],
    ])('that %s in the hour that comes twice may be an hour wider, never narrower', async (_, window) => {
      for (const one of await held(window)) expectWindow(window, one, 3_600_000)
    })
  })

  if (canUpdate)
    describe('an update', () => {
      it('changes the window under the same mark and keeps the PIN', async () => {
        const opened = open()
        const code = codeToWrite(capabilities)
        const first = await writeAndRead(capabilities, opened, code)
        const window = { from: ordinary.from, until: plus(ordinary.until, 2 * 86_400_000) }
        const second = await writeAndRead(capabilities, opened, { ...code, window, vendorRef: first.read.vendorRef })
        if (readsPin) expect(second.read.pin).toBe(code.pin)
        if (readsWindow) expectWindow(window, second.read.window ?? {})
        opened.clock.advance(3_600_000)
        const onDevice = opened.vendor.codesOn(opened.vendor.deviceId).filter(({ pin }) => pin === code.pin)
        expect(onDevice).toHaveLength(1)
        expectWindow(window, onDevice[0] ?? {})
      })
      it('changes no other code', async () => {
        const opened = open()
        const { deviceId } = opened.vendor
        await writeAndRead(capabilities, opened, codeToWrite(capabilities, 1))
        const first = await writeAndRead(capabilities, opened, codeToWrite(capabilities))
        const before = await readMark(opened.provider, deviceId, markNumber(1))
        const until = plus(ordinary.until, 86_400_000)
        const changed = { window: { from: ordinary.from, until }, vendorRef: first.read.vendorRef }
        await writeAndRead(capabilities, opened, codeToWrite(capabilities, 0, changed))
        expect(await readMark(opened.provider, deviceId, markNumber(1))).toEqual(before)
      })
    })
}
