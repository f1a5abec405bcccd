import { describe, expect, it } from 'vitest'
import { findOpener, giveOrder } from '../../src/engine/open-door.ts'
import { AdapterError, type FailureCode } from '../../src/ports/adapter-error.ts'
import type { OpenReceipt } from '../../src/ports/lock-provider.ts'
import type { Opened } from '../../src/ports/providers.ts'
import { calm, memoryIntercom, memoryLock } from '../../src/testing/index.ts'
import { openSubject } from '../../src/testing/kits/open-subject.ts'

const lockOf = (opens = true) => {
  const subject = memoryLock({ opens })
  const { provider, vendor } = openSubject(subject)
  const keypad: Opened<'lock'> = { provider, capabilities: subject.adapter.capabilities, vendor: 'Locks' }
  return { keypad, vendor, deviceId: vendor.deviceId }
}
const intercomOf = (opens = true) => {
  const subject = memoryIntercom({ opens })
  const { provider, vendor } = openSubject(subject)
  const keypad: Opened<'intercom'> = { provider, capabilities: subject.adapter.capabilities, vendor: 'Intercoms' }
  return { keypad, vendor, deviceId: vendor.deviceId }
}

describe('a door that is told to open', () => {
  it('opens once', async () => {
    for (const [{ keypad, vendor, deviceId }, at] of [
      [lockOf(), undefined],
      [intercomOf(), 'yard'],
    ] as const) {
      const opener = await findOpener(keypad, { deviceId, ...(at === undefined ? {} : { at }) }, calm)
      expect(vendor.openings(deviceId)).toBe(0)
      if (opener.status !== 'ready') throw new Error(opener.text)
      expect(['opened', 'accepted']).toContain((await giveOrder(opener, calm)).outcome)
      expect(vendor.openings(deviceId)).toBe(1)
    }
  })

  it('is not asked where its adapter says that it cannot, or where nobody said which door is meant', async () => {
    for (const { keypad, vendor, deviceId } of [lockOf(false), intercomOf(false)]) {
      expect(await findOpener(keypad, { deviceId }, calm)).toMatchObject({
        status: 'none',
        text: `${keypad.vendor} cannot be told to open a door from here.`,
      })
      expect(vendor.openings(deviceId)).toBe(0)
    }
    const { keypad, deviceId } = intercomOf()
    const several = { status: 'none', remedy: 'Say which one: street (Street), yard (Yard).' }
    expect(await findOpener(keypad, { deviceId }, calm)).toMatchObject(several)
    expect(await findOpener(keypad, { deviceId, at: 'cellar' }, calm)).toMatchObject({
      text: 'The intercom has no door "cellar".',
    })
    const lock = lockOf()
    expect(await findOpener(lock.keypad, { deviceId: lock.deviceId, at: 'yard' }, calm)).toMatchObject({
      status: 'none',
    })
  })

  const give = async (open: () => Promise<OpenReceipt>, signal = calm.signal) =>
    await giveOrder({ status: 'ready', open }, { signal })

  it('says of every failure whether the door may be open', async () => {
    const outcome = async (code: FailureCode) =>
      (await give(() => Promise.reject(new AdapterError(code, 'It went wrong.', { remedy: 'See to it.' })))).outcome
    for (const code of ['outcome-unknown', 'bad-response'] as const) expect(await outcome(code)).toBe('unknown')
    for (const code of ['auth', 'refused', 'rate-limited', 'unreachable', 'device-offline', 'gone'] as const)
      expect(await outcome(code)).toBe('failed')
    expect(await give(async () => ({ status: 'refused', reason: 'jammed' }))).toMatchObject({
      outcome: 'refused',
      text: 'The door was not opened: the lock is jammed.',
    })
    const gone = AbortSignal.abort()
    expect((await give(() => Promise.reject(new DOMException('late', 'TimeoutError')), gone)).outcome).toBe('unknown')
    await expect(give(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug')
  })
})
