import { describe, expect, it } from 'vitest'
import type { Operation } from './common-faults.ts'
import { describeIntroduction } from './common-manifest.ts'
import { describeWebhook } from './common-webhook.ts'
import { keypadCodes } from './keypad-codes.ts'
import { keypadFaults } from './keypad-faults.ts'
import { keypadTruth } from './keypad-truth.ts'
import { calm } from '../calls.ts'
import { openSubject } from './open-subject.ts'
import type { LockVendor, Subject } from './subject.ts'

/** The contract of `LockProvider`. */
export function describeLockProvider<Config>(subject: Subject<'lock', LockVendor, Config>): void {
  const { opens } = subject.adapter.capabilities
  const own: Operation<'lock', LockVendor>[] = []
  if (opens)
    own.push({
      name: 'open',
      effect: 'write',
      prepare: async ({ provider, vendor }) => {
        await provider.readAccount(calm)
        return async (other, call) => await other.open?.(vendor.deviceId, call)
      },
      effects: async ({ vendor }) => openings(vendor),
    })

  describe(`${subject.adapter.displayName} as a lock provider`, () => {
    describeIntroduction(subject, 'lock')
    keypadCodes(subject)
    keypadTruth(subject)
    it('opens on request only if it says so, and once', async () => {
      const { provider, vendor } = openSubject(subject)
      expect(provider.open !== undefined).toBe(opens)
      if (!provider.open) return
      const receipt = await provider.open(vendor.deviceId, calm)
      expect(['opened', 'accepted']).toContain(receipt.status)
      expect(openings(vendor)).toBe(1)
    })
    describeWebhook(subject, [])
    keypadFaults(subject, own)
  })
}

function openings(vendor: LockVendor): number {
  if (!vendor.openings) throw new Error('the fake of a lock that opens counts its openings')
  return vendor.openings(vendor.deviceId)
}
