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
  ])(
    'finds nothing wrong in seed $seed: $with',
    async ({ seed }) => {
      const { violations, checked, happened } = await play(seed)
      expect(violations).toEqual([])
      expect(checked.get('A3')).toBeGreaterThan(0)
      expect(happened.get('writeCode ok')).toBeGreaterThan(0)
    },
    60_000,
  )

  it('plays a seed the same way twice', async () => {
    expect((await play(20)).trace).toBe((await play(20)).trace)
  }, 60_000)

  it('finds an adapter that leaves the end of a code out', async () => {
    const endless = changedForms((form) => form.delete('partage_accessoire[date_fin]'))
    expect((await play(24, tamperedVendors(endless))).violations.map(({ id }) => id)).toContain('A3')
  }, 60_000)

  it('finds an adapter that loses the zero in front of a PIN', async () => {
    const pin = 'partage_accessoire[code]'
    const numbers = changedForms((form) => form.set(pin, `0${form.get(pin)?.slice(1)}`.replace(/^0+/, '')))
    const { violations } = await play(24, tamperedVendors(numbers))
    expect(violations.length).toBeGreaterThan(0)
  }, 60_000)
})

/** Changes what is written to The Keys. */
function changedForms(change: (form: URLSearchParams) => void): Tamper {
  return async (where, request) => {
    if (!where.startsWith('lock') || request.method !== 'POST' || !request.url.includes('/partage/')) return request
    const form = new URLSearchParams(await request.text())
    change(form)
    const { url, method, headers } = request
    return new Request(url, { method, headers, body: form.toString() })
  }
}
