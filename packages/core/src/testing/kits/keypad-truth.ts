import { describe, expect, it } from 'vitest'
import type { CapabilitiesOf } from '../../ports/capabilities.ts'
import { between, plus } from '../../domain/instant.ts'
import type { DeviceState } from '../../ports/keypad.ts'
import type { KeypadPort } from './keypad-codes.ts'
import { codeToWrite, letItShow, ordinary, pinsFor, readMark, writeAndRead } from './keypad-words.ts'
import { calm, settled } from '../calls.ts'
import { openSubject } from './open-subject.ts'
import { expectFailure } from './outcomes.ts'
import type { KeypadVendor, Subject } from './subject.ts'

/** Long enough for any cloud to reach a device that is online, milliseconds. */
const settle = 3_600_000

/** What is said compared with what the device holds: receipts, refusals, removals, foreign codes, lost answers. */
export function keypadTruth<Port extends KeypadPort, Vendor extends KeypadVendor, Config>(
  subject: Subject<Port, Vendor, Config>,
): void {
  const capabilities: CapabilitiesOf[KeypadPort] = subject.adapter.capabilities
  const { readBack, capacity, pin: rules } = capabilities
  const open = () => openSubject<Port, Vendor, Config>(subject)
  const pinsOn = ({ vendor }: { vendor: KeypadVendor }) => vendor.codesOn(vendor.deviceId).map(({ pin }) => pin)

  describe('a receipt', () => {
    it('says confirmed only when the device holds the code, and an accepted one gets there', async () => {
      const opened = open()
      const code = codeToWrite(capabilities)
      const receipt = await opened.provider.writeCode(opened.vendor.deviceId, code, calm)
      if (receipt.status === 'confirmed') expect(pinsOn(opened)).toContain(code.pin)
      else expect(receipt.status).toBe('accepted')
      opened.clock.advance(settle)
      if (readBack !== 'cloud') expect(pinsOn(opened)).toContain(code.pin)
    })
    if (readBack === 'synced')
      it('is followed by the word that it is synced when the device holds it, and not before', async () => {
        const opened = open()
        const { provider, vendor, clock } = opened
        const code = codeToWrite(capabilities)
        vendor.setOnline(vendor.deviceId, false)
        const outcome = await settled(provider.writeCode(vendor.deviceId, code, calm))
        letItShow(capabilities, clock)
        const synced = async () =>
          (await provider.readCodes(vendor.deviceId, calm)).find(({ mark }) => mark === code.mark)?.synced
        expect(await synced()).not.toBe(true)
        vendor.setOnline(vendor.deviceId, true)
        clock.advance(settle)
        if (outcome.kind === 'error') return // the device was needed for the write: nothing is on its way
        expect(pinsOn(opened)).toContain(code.pin)
        expect(await synced()).toBe(true)
      })
    it('never says confirmed while the device cannot be reached, and the code is there when it is back', async () => {
      const opened = open()
      const { provider, vendor, clock } = opened
      vendor.setOnline(vendor.deviceId, false)
      clock.advance(60_000)
      const code = codeToWrite(capabilities)
      const outcome = await settled(provider.writeCode(vendor.deviceId, code, calm))
      if (outcome.kind === 'error')
        expectFailure(outcome, ['device-offline', 'outcome-unknown', 'unreachable'], 'offline')
      else expect(outcome.value).toMatchObject({ status: 'accepted' })
      expect(pinsOn(opened)).not.toContain(code.pin)
      vendor.setOnline(vendor.deviceId, true)
      clock.advance(settle)
      if (outcome.kind === 'value' && readBack !== 'cloud') expect(pinsOn(opened)).toContain(code.pin)
      if (outcome.kind === 'error')
        expect(pinsOn(opened), 'an offline failure promises that nothing happened').not.toContain(code.pin)
    })
    it('of a removal says gone only when the device has let go of the code, and an accepted one gets there', async () => {
      const opened = open()
      const { provider, vendor, clock } = opened
      const code = codeToWrite(capabilities)
      const { read } = await writeAndRead(capabilities, opened, code)
      clock.advance(settle)
      const receipt = await provider.removeCode(vendor.deviceId, read.vendorRef, calm)
      if (receipt.status === 'gone') expect(pinsOn(opened)).not.toContain(code.pin)
      clock.advance(settle)
      if (readBack !== 'cloud') expect(pinsOn(opened)).not.toContain(code.pin)
    })
  })

  describe('a removal', () => {
    it('takes the code out of the list, and twice is quiet', async () => {
      const opened = open()
      const { provider, vendor, clock } = opened
      const code = codeToWrite(capabilities)
      const { read } = await writeAndRead(capabilities, opened, code)
      clock.advance(settle)
      for (let time = 0; time < 2; time++) {
        const receipt = await provider.removeCode(vendor.deviceId, read.vendorRef, calm)
        expect(['gone', 'accepted']).toContain(receipt.status)
        letItShow(capabilities, clock)
        const left = await provider.readCodes(vendor.deviceId, calm)
        expect(left.filter(({ mark }) => mark === code.mark)).toEqual([])
      }
    })
    it('of a ref that never was is quiet and changes nothing', async () => {
      const opened = open()
      const { provider, vendor, clock } = opened
      const { read } = await writeAndRead(capabilities, opened, codeToWrite(capabilities))
      const before = await provider.readCodes(vendor.deviceId, calm)
      const never = read.vendorRef.replace(/[0-9a-z](?=[^0-9a-z]*$)/i, (last) => (last === '7' ? '977' : '777'))
      await provider.removeCode(vendor.deviceId, never, calm)
      letItShow(capabilities, clock)
      expect(await provider.readCodes(vendor.deviceId, calm)).toEqual(before)
    })
  })

  describe("other people's codes", () => {
    it('are listed without a mark and survive all our writes unchanged', async () => {
      const opened = open()
      const { provider, vendor, clock } = opened
      const [pin = '', unlimited = ''] = pinsFor(rules, 42).slice(40)
      const ref = vendor.addForeignCode(vendor.deviceId, { pin, label: 'Cleaner', window: ordinary })
      vendor.addForeignCode(vendor.deviceId, { pin: unlimited, label: 'Owner' })
      clock.advance(settle)
      const foreign = async () =>
        (await provider.readCodes(vendor.deviceId, calm)).filter(({ mark }) => mark === undefined)
      const before = await foreign()
      expect(before.map(({ label }) => label)).toEqual(expect.arrayContaining(['Cleaner', 'Owner']))
      expect(before.map(({ vendorRef }) => vendorRef)).toContain(ref)
      const code = codeToWrite(capabilities)
      const { read } = await writeAndRead(capabilities, opened, code)
      if (capabilities.canUpdate)
        await writeAndRead(capabilities, opened, {
          ...code,
          window: { from: ordinary.from, until: plus(ordinary.until, 86_400_000) },
          vendorRef: read.vendorRef,
        })
      await provider.removeCode(vendor.deviceId, read.vendorRef, calm)
      clock.advance(settle)
      expect(await foreign()).toEqual(before)
    })
    it('do not become ours by words that only look like a mark', async () => {
      const { provider, vendor, clock } = open()
      const pins = pinsFor(rules, 4)
      const labels = ['Swimming pool', 'a sw0000000000ab', 'sw0000000000abc', 'SW0000000000AB']
      for (const [n, label] of labels.entries()) vendor.addForeignCode(vendor.deviceId, { pin: pins[n] ?? '', label })
      clock.advance(settle)
      expect((await provider.readCodes(vendor.deviceId, calm)).filter(({ mark }) => mark !== undefined)).toEqual([])
    })
    it('with the PIN we want: refused as taken, or held beside it; never replaced', async () => {
      const opened = open()
      const { provider, vendor, clock } = opened
      const code = codeToWrite(capabilities)
      const ref = vendor.addForeignCode(vendor.deviceId, { pin: code.pin, label: 'Cleaner' })
      clock.advance(settle)
      const receipt = await provider.writeCode(vendor.deviceId, code, calm)
      clock.advance(settle)
      const read = await provider.readCodes(vendor.deviceId, calm)
      if (receipt.status === 'refused') {
        expect(receipt.reason).toBe('pin-taken')
        expect(read.filter(({ mark }) => mark === code.mark)).toEqual([])
      }
      expect(read.find(({ vendorRef }) => vendorRef === ref)).toMatchObject({ label: 'Cleaner' })
    })
  })

  if (capacity !== undefined)
    describe(`a device that holds ${capacity} codes`, () => {
      it('refuses one more as a value, stores nothing of it and loses none', async () => {
        const opened = open()
        const { provider, vendor, clock } = opened
        const ours = await writeAndRead(capabilities, opened, codeToWrite(capabilities))
        const pins = pinsFor(rules, capacity + 60).slice(50)
        const listed = (await provider.readCodes(vendor.deviceId, calm)).length
        for (let n = listed; n < capacity; n++)
          vendor.addForeignCode(vendor.deviceId, { pin: pins[n] ?? '', label: `Person ${n}` })
        clock.advance(settle)
        const before = await provider.readCodes(vendor.deviceId, calm)
        expect(before).toHaveLength(capacity)
        const receipt = await provider.writeCode(vendor.deviceId, codeToWrite(capabilities, 1), calm)
        expect(receipt).toMatchObject({ status: 'refused', reason: 'no-capacity' })
        clock.advance(settle)
        expect(await provider.readCodes(vendor.deviceId, calm)).toEqual(before)
        await provider.removeCode(vendor.deviceId, ours.read.vendorRef, calm)
        clock.advance(settle)
        await writeAndRead(capabilities, opened, codeToWrite(capabilities, 1))
      })
    })

  describe('a write whose answer was lost', () => {
    it('is found by its mark, and written again under its ref stays one', async () => {
      const opened = openSubject<Port, Vendor, Config>(subject)
      const { provider, vendor, clock, wire } = opened
      await provider.readAccount(calm)
      await provider.readCodes(vendor.deviceId, calm)
      const code = codeToWrite(capabilities)
      // The vendor works and every answer is lost: tried until the write itself gets through and its answer does not.
      for (let healthy = 0; healthy < 10; healthy++) {
        let seen = 0
        wire.failAll('timeout-after', () => seen++ >= healthy)
        const outcome = await settled(provider.writeCode(vendor.deviceId, code, calm))
        wire.heal()
        letItShow(capabilities, clock)
        const found = (await provider.readCodes(vendor.deviceId, calm)).filter(({ mark }) => mark === code.mark)
        if (found.length === 0) continue
        expect(found).toHaveLength(1)
        if (outcome.kind === 'error') expectFailure(outcome, ['outcome-unknown'], 'the answer was lost')
        if (capabilities.canUpdate)
          await writeAndRead(capabilities, opened, { ...code, vendorRef: found[0]?.vendorRef ?? '' })
        expect(await readMark(provider, vendor.deviceId, code.mark)).toMatchObject({ mark: code.mark })
        return
      }
      expect.fail('the write never got through')
    })
  })

  describe('devices', () => {
    it('are listed with the one under test, and no id twice', async () => {
      const { provider, vendor } = open()
      const devices = await provider.listDevices(calm)
      expect(devices.map(({ id }) => id)).toContain(vendor.deviceId)
      expect(new Set(devices.map(({ id }) => id)).size).toBe(devices.length)
      for (const { id, name } of devices) {
        expect(name).toMatch(/\S/)
        expect(subject.adapter.deviceId?.safeParse(id).success, `deviceId refuses the listed "${id}"`).toBe(true)
      }
    })
    it('that are not there fail; their codes are never an empty list', async () => {
      const { provider, vendor } = open()
      for (const id of strangersOf(vendor.deviceId).filter((text) => subject.adapter.deviceId?.safeParse(text).success))
        expectFailure(await settled(provider.readCodes(id, calm)), ['gone', 'refused', 'auth', 'bad-response'], id)
    })
    it('ids of another shape are refused by the introduction', () => {
      expect(subject.adapter.deviceId?.safeParse('').success).toBe(false)
    })
  })

  describe('what is declared', () => {
    it('is there, and nothing else', () => {
      const { provider } = open()
      expect(provider.readState !== undefined).toBe(capabilities.readsState)
      expect(provider.readActivity !== undefined).toBe(capabilities.readsActivity)
    })
    it('fits together', () => {
      if (capabilities.writesAreVisible === 'later') expect(capabilities.showsWithin).toBeGreaterThan(0)
      // A heartbeat is proof only for who can read when it was heard.
      if (readBack === 'heartbeat') expect(capabilities.readsState).toBe(true)
      expect(capabilities.windowStep).toBeGreaterThan(0)
      expect(capabilities.labelMaxLength).toBeGreaterThanOrEqual(0)
      expect(rules.digits).toMatch(/^[0-9]+$/)
      expect(rules.lengths.length).toBeGreaterThan(0)
    })
    if (capabilities.readsState)
      it('the state tells a device that is heard of from one that is silent', async () => {
        const { provider, vendor, clock } = open()
        clock.advance(settle)
        const fresh = await provider.readState?.(vendor.deviceId, calm)
        if (readBack === 'heartbeat' || fresh?.lastSeen !== undefined)
          expect(between(fresh?.lastSeen ?? plus(clock.now(), -settle), clock.now())).toBeLessThan(10 * 60_000)
        vendor.setOnline(vendor.deviceId, false)
        clock.advance(settle)
        const outcome = await settled(Promise.resolve(provider.readState?.(vendor.deviceId, calm)))
        if (outcome.kind === 'error') {
          expect(subject.adapter.onSite, 'a cloud can say that the device is silent').toBeDefined()
          return expectFailure(outcome, ['unreachable', 'device-offline'], 'silent')
        }
        const silent = outcome.value as DeviceState | undefined // what `readState` gives
        if (silent?.lastSeen !== undefined)
          expect(between(silent.lastSeen, clock.now())).toBeGreaterThanOrEqual(settle - 10 * 60_000)
        else expect(silent?.online).toBe(false)
      })
  })
}

/** Ids of the same shape that belong to nothing. */
function strangersOf(id: string): readonly string[] {
  const last = id.at(-1) ?? ''
  const other = /[0-9]/.test(last) ? String((Number(last) + 5) % 10) : last === 'q' ? 'x' : 'q'
  return [`${id.slice(0, -1)}${other}`]
}
