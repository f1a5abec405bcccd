import { simulate } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { drawVendorPlot } from '../../simulation/vendors/draw.ts'
import { fakeVendors, type Tamper, tamperedVendors } from '../../simulation/vendors/vendors.ts'

const play = (seed: number, vendors = fakeVendors) => simulate({ seed, plot: drawVendorPlot(seed), vendors })

describe('the simulated world with real adapters', () => {
  it.each([
    { seed: 20, with: 'Smoobu, The Keys, WhatsApp' },
    { seed: 23, with: 'Smoobu, Nuki, SMSFactor' },
    { seed: 24, with: 'Beds24, The Keys, mail' },
    { seed: 69, with: 'Hospitable, 2N, SMSFactor' },
  ])(
    'finds nothing wrong in seed $seed: $with',
    async ({ seed }) => {
      const { violations, checked, happened } = await play(seed)
      expect(violations).toEqual([])
      expect(checked.get('A3')).toBeGreaterThan(0)
      expect(happened.get('writeCode ok')).toBeGreaterThan(0)
    },
    120_000,
  )

  it('plays a seed the same way twice', async () => {
    expect((await play(20)).trace).toBe((await play(20)).trace)
  }, 120_000)

  it('finds an adapter that leaves the end of a code out', async () => {
    const { violations } = await play(20, tamperedVendors(endless))
    expect(violations.map(({ id }) => id)).toContain('A3')
  }, 120_000)
})

/** Codes on locks of The Keys that never end. */
const endless: Tamper = async (where, request) => {
  if (!where.startsWith('lock') || request.method !== 'POST') return request
  const form = new URLSearchParams(await request.clone().text())
  if (!form.has('partage_accessoire[date_fin]')) return request
  form.delete('partage_accessoire[date_fin]')
  const { url, method, headers } = request
  return new Request(url, { method, headers, body: form.toString() })
}
