import { describe, expect, it } from 'vitest'
import type { Operation } from './common-faults.ts'
import { describeIntroduction } from './common-manifest.ts'
import { describeWebhook } from './common-webhook.ts'
import { keypadCodes } from './keypad-codes.ts'
import { keypadFaults } from './keypad-faults.ts'
import { keypadTruth } from './keypad-truth.ts'
import { markNumber, pinsFor } from './keypad-words.ts'
import { calm } from '../calls.ts'
import { openSubject } from './open-subject.ts'
import type { IntercomVendor, Subject } from './subject.ts'

const entry = { mark: markNumber(0), name: 'Flat 12 Ada', callTo: '+33600000012' }

/** The contract of `Intercom`. */
export function describeIntercom<Config>(subject: Subject<'intercom', IntercomVendor, Config>): void {
  const { opens, writesEntries, drawsQr = false, pin: rules } = subject.adapter.capabilities
  const own: Operation<'intercom', IntercomVendor>[] = [
    {
      name: 'listDoors',
      effect: 'read',
      prepare: async ({ vendor }) => {
        const { deviceId } = vendor
        return (provider, call) => provider.listDoors(deviceId, call)
      },
    },
  ]
  if (writesEntries)
    own.push({
      name: 'writeEntry',
      effect: 'write',
      prepare: async ({ provider, vendor }) => {
        await provider.readCodes(vendor.deviceId, calm)
        return async (other, call) => await other.writeEntry?.(vendor.deviceId, entry, call)
      },
      effects: async ({ vendor }) => vendor.entries(vendor.deviceId).filter(({ name }) => name.includes('Ada')).length,
    })
  if (opens)
    own.push({
      name: 'openDoor',
      effect: 'write',
      prepare: async ({ provider, vendor }) => {
        const [door] = await provider.listDoors(vendor.deviceId, calm)
        return async (other, call) => await other.openDoor?.(vendor.deviceId, door?.ref ?? '', call)
      },
      effects: async ({ vendor }) => vendor.openings(vendor.deviceId),
    })

  const [pin = ''] = pinsFor(rules, 1)
  if (drawsQr)
    own.push({
      name: 'drawQr',
      effect: 'read',
      prepare: async ({ vendor }) => {
        const { deviceId } = vendor
        return async (provider, call) => await provider.drawQr?.(deviceId, pin, call)
      },
    })

  describe(`${subject.adapter.displayName} as an intercom`, () => {
    describeIntroduction(subject, 'intercom')
    keypadCodes(subject)
    keypadTruth(subject)

    describe('doors', () => {
      it('are listed once each, with a name', async () => {
        const { provider, vendor } = openSubject(subject)
        const doors = await provider.listDoors(vendor.deviceId, calm)
        expect(doors.length).toBeGreaterThan(0)
        expect(new Set(doors.map(({ ref }) => ref)).size).toBe(doors.length)
        for (const { name } of doors) expect(name).toMatch(/\S/)
      })
      it('open on request only if it says so, and once', async () => {
        const { provider, vendor } = openSubject(subject)
        expect(provider.openDoor !== undefined).toBe(opens)
        if (!provider.openDoor) return
        const [door] = await provider.listDoors(vendor.deviceId, calm)
        const receipt = await provider.openDoor(vendor.deviceId, door?.ref ?? '', calm)
        expect(['opened', 'accepted']).toContain(receipt.status)
        expect(vendor.openings(vendor.deviceId)).toBe(1)
      })
    })

    it('draws a PIN for its camera only if it says so: a PNG and an SVG, whose text does not hold it', async () => {
      const { provider, vendor } = openSubject(subject)
      expect(provider.drawQr !== undefined).toBe(drawsQr)
      const drawing = await provider.drawQr?.(vendor.deviceId, pin, calm)
      if (!drawing) return
      if (drawing.status !== 'drawn') throw new TypeError(drawing.detail)
      expect([...drawing.png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47])
      expect(drawing.svg).toMatch(/^<svg [\s\S]*<\/svg>\s*$/)
      expect(drawing.svg).not.toContain(pin)
      expect(await provider.drawQr?.(vendor.deviceId, 'not a PIN', calm)).toMatchObject({
        status: 'refused',
        detail: expect.stringMatching(/\S/),
      })
    })

    it('writes entries only if it says so', () => {
      expect(openSubject(subject).provider.writeEntry !== undefined).toBe(writesEntries)
    })
    if (writesEntries)
      describe('an entry of the directory', () => {
        it('shows the name and calls the number, and twice is one entry', async () => {
          const { provider, vendor } = openSubject(subject)
          const before = vendor.entries(vendor.deviceId).length
          const first = await provider.writeEntry?.(vendor.deviceId, entry, calm)
          const vendorRef = first?.vendorRef ?? ''
          expect(vendorRef).toMatch(/\S/)
          expect(await provider.writeEntry?.(vendor.deviceId, { ...entry, vendorRef }, calm)).toEqual({ vendorRef })
          const after = vendor.entries(vendor.deviceId)
          expect(after).toHaveLength(before + 1)
          expect(after.at(-1)?.name).toContain(entry.name)
          expect(after.at(-1)?.callTo).toBe(entry.callTo)
        })
        it('changes under its ref', async () => {
          const { provider, vendor } = openSubject(subject)
          const first = await provider.writeEntry?.(vendor.deviceId, entry, calm)
          const changed = { ...entry, name: 'Flat 14 Bob', vendorRef: first?.vendorRef ?? '' }
          await provider.writeEntry?.(vendor.deviceId, changed, calm)
          const names = vendor.entries(vendor.deviceId).map(({ name }) => name)
          expect(names.filter((name) => name.includes('Flat 14 Bob'))).toHaveLength(1)
          expect(names.filter((name) => name.includes('Flat 12 Ada'))).toEqual([])
        })
      })
    describeWebhook(subject, [])
    keypadFaults(subject, own)
  })
}
