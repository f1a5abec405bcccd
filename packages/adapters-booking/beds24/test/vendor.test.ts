import { calm } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { beds24Vendor, type Beds24State, sampleLongLife, sampleRefreshToken } from '../src/testing/index.ts'
import { account } from './beds24-account.ts'

const ask = (
  vendor: ReturnType<typeof beds24Vendor>,
  path: string,
  headers: Record<string, string> = { token: sampleLongLife },
) => vendor.respond(new Request(`https://api.beds24.com/v2${path}`, { headers }))
const fieldsOf = async (response: Response) => (await response.json()) as Record<string, never> // read by assertions

it('goes on after its state went through JSON, tokens and webhooks on their way included', async () => {
  const first = account()
  await first.provider.readAccount(calm)
  first.vendor.cancel(first.ref)
  const state = JSON.parse(JSON.stringify(first.vendor.state)) as Beds24State // what it was
  const now = Date.parse('2026-05-01T10:05:00Z')
  const again = beds24Vendor({ state, now: () => now })
  expect(again.bookings()).toEqual(first.vendor.bookings())
  expect(again.dueWebhooks()).toHaveLength(1)
  expect((await ask(again, '/bookings', { token: state.tokens.at(-1)?.token ?? '' })).status).toBe(200)
})

describe('its bookings', () => {
  it('leave cancelled and past ones out unless they are asked for, and refuse what they do not understand', async () => {
    const { vendor } = account()
    const plain = await fieldsOf(await ask(vendor, '/bookings'))
    expect(JSON.stringify(plain)).not.toContain('"cancelled"')
    expect(plain['count']).toBe(8)
    expect((await ask(vendor, '/bookings?status=new,confirmed')).status).toBe(400)
    expect((await ask(vendor, '/bookings?includeCancelled=true')).status).toBe(200)
    expect((await ask(vendor, '/bookings', {})).status).toBe(401)
  })
  it('hide the guest from a token without the right to see people', async () => {
    const { vendor } = account({
      state: ({ tokens }) => void tokens.push({ token: 'blind', scopes: ['read:bookings'], until: null }),
    })
    expect(await (await ask(vendor, '/bookings')).text()).toContain('Examplová')
    expect(await (await ask(vendor, '/bookings', { token: 'blind' })).text()).not.toContain('Examplová')
    expect((await ask(vendor, '/properties', { token: 'blind' })).status).toBe(401)
  })
})

describe('its credits', () => {
  it('are counted in decimals, told on every answer, and not spent by a refusal', async () => {
    const { vendor } = account()
    const { headers } = await ask(vendor, '/bookings')
    expect(headers.get('x-five-min-limit-remaining')).toBe('98.8')
    expect(headers.get('x-five-min-limit-resets-in')).toBe('300')
    expect(headers.get('x-request-cost')).toBe('1.2')
    expect((await ask(vendor, '/bookings?status=x')).headers.get('x-five-min-limit-remaining')).toBe('98.8')
  })
  it('are one budget for all tokens, and whole again after five minutes', async () => {
    const { vendor, advance } = account()
    vendor.state.credits.spent = 99.5
    await ask(vendor, '/bookings')
    expect((await ask(vendor, '/authentication/token', { refreshToken: sampleRefreshToken })).status).toBe(429)
    advance(300_000)
    expect((await ask(vendor, '/bookings')).status).toBe(200)
  })
})

describe('its webhooks', () => {
  const bodies = (vendor: ReturnType<typeof beds24Vendor>) =>
    vendor
      .dueWebhooks()
      .map(({ body }) => JSON.parse(body) as { booking: { id: number; status: string }; retries: number })
  it('come a minute later, several changes as one, as the booking is then', () => {
    const { vendor, ref, advance } = account()
    vendor.changeDates(ref, { departure: '2026-05-11' })
    vendor.cancel(ref)
    expect(bodies(vendor)).toEqual([])
    advance(60_000)
    expect(bodies(vendor)).toMatchObject([{ booking: { id: Number(ref), status: 'cancelled' }, retries: 0 }])
  })
  it('come again when they were not taken, and count it', () => {
    const { vendor, ref, advance } = account()
    vendor.cancel(ref)
    advance(60_000)
    const [delivery] = vendor.dueWebhooks()
    if (delivery) vendor.answered(delivery, 503)
    advance(300_000)
    expect(bodies(vendor)).toMatchObject([{ retries: 1 }])
    if (delivery) vendor.answered(delivery, 200)
    advance(3_600_000)
    expect(bodies(vendor)).toEqual([])
  })
  it('go to every line of the address, carry people only where that is set, and do not tell of a deletion', () => {
    const { vendor, ref, advance } = account()
    for (const { webhook } of vendor.state.properties) {
      webhook.url += '\nhttps://other.example/hook'
      webhook.version = 'twoNoPersonalData'
    }
    vendor.guestWrites(ref, 'Hello')
    advance(60_000)
    const due = vendor.dueWebhooks()
    expect(due).toHaveLength(2)
    expect(due[0]?.body).not.toContain('Ada')
    vendor.erase(ref)
    advance(3_600_000)
    expect(vendor.dueWebhooks()).toEqual([])
  })
  it('are doubled when it is told to', () => {
    const { vendor, ref, advance } = account({ state: ({ switches }) => void (switches.copies = 2) })
    vendor.cancel(ref)
    advance(60_000)
    expect(vendor.dueWebhooks()).toHaveLength(2)
  })
})

it('tells properties without rooms to whoever does not ask for them, and ends days at 24:00, which the adapter leaves alone (trap 24)', async () => {
  const { vendor, provider } = account()
  const text = await (await ask(vendor, '/properties')).text()
  expect(text).not.toContain('roomTypes')
  expect(text).toContain('"checkOutEnd":"24:00"')
  expect(JSON.stringify(await provider.listUnits(calm))).not.toContain('24:00')
})

it('forgets who a guest was', async () => {
  const { vendor, provider, ref } = account()
  vendor.anonymise(ref)
  expect((await provider.readBooking(ref, calm))?.guest).toEqual({})
})
