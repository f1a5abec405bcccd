import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayFromNow, demoKeypads, demoUnits } from '../../src/demo/fresh-world.ts'
import { until } from '../../src/demo/hub-client.ts'
import type { SeenCall } from './faults.ts'
import { book, guestNo, letIn, letOut, phoneNo, toldPin } from './guests.ts'
import { addressOf, moveIn, type Neighbour, neighbourCanary } from './neighbour.ts'
import { type RunningHub, setStage, type Stage, startOn } from './stage.ts'

const guest = {
  name: `Beatrix ${neighbourCanary}`,
  firstName: `Beatrix ${neighbourCanary}`,
  lastName: neighbourCanary,
  phone: '+33 6 39 98 02 77',
  language: 'en',
}
const phone = '+33639980277'

let stage: Stage
let neighbour: Neighbour
let hub: RunningHub
let ours = ''
let theirs = ''
let theirPin = ''
beforeAll(async () => {
  stage = await setStage()
  neighbour = await moveIn(stage.appUrl)
  hub = await startOn(stage, { vendorOrigins: neighbour.vendors.origins })
  neighbour.world.addresses = {
    smoobu: await addressOf(neighbour.house, hub.url, 'smoobu', 'smoobu'),
    smsfactor: await addressOf(neighbour.house, hub.url, 'sms', 'smsfactor'),
  }
  await until('both sources were read', async () => {
    const { items } = (await hub.api('/connections', neighbour.apiKey)).body as { items: { sweptAt?: string }[] }
    return items.some(({ sweptAt }) => sweptAt !== undefined) ? await hub.client.hasRead('smoobu') : undefined
  })
})
afterAll(async () => {
  await hub.stop()
  await neighbour.stop()
  await stage.stop()
})

const pinsThere = () => neighbour.vendors.theKeys.codesOn(demoKeypads.loft).map(({ pin }) => pin)
const sms = () => neighbour.vendors.smsFactor.received(phone)

describe('two tenants in one hub, with the same ids at their vendors', () => {
  it('each get their own guest in, and one cancellation ends one stay', async () => {
    ours = book(stage, 1)
    theirs = neighbour.vendors.smoobu.book({
      arrival: dayFromNow(Date.now(), 1),
      departure: dayFromNow(Date.now(), 4),
      unitRef: demoUnits.loft,
      guest,
    })
    expect(theirs).toBe(ours)
    await letIn(stage, hub, { guest: 1, ref: ours, keypads: ['street', 'loft'], messages: 1 })
    theirPin = await until('the neighbour’s guest was told', async () => {
      const told = /Loft: (\d{4})\b/.exec(sms().at(-1) ?? '')?.[1]
      return neighbour.vendors.smoobu.inbox(theirs).length === 1 ? told : undefined
    })
    expect(sms()).toHaveLength(1)
    expect(pinsThere().filter((pin) => pin === theirPin)).toHaveLength(1)

    stage.vendors.smoobu.cancel(ours)
    await letOut(stage, hub, { guest: 1, ref: ours, pin: toldPin(stage, 1) ?? '', messages: 2 })
    expect(pinsThere()).toContain(theirPin)
    expect(sms()).toHaveLength(1)
  }, 90_000)

  it('see nothing of each other at their vendors', () => {
    const { smoobu, theKeys, smsFactor } = stage.world
    const ofOurs = [
      guestNo(1).firstName,
      phoneNo(1).slice(1),
      smoobu.account.apiKey,
      smoobu.account.apiSecret,
      theKeys.account.username.slice(1),
      smsFactor.accounts[0]?.tokens[0]?.token ?? 'none',
      'Quai House',
      'Loft Nord',
    ]
    const ofTheirs = [
      neighbourCanary,
      phone.slice(1),
      '33600000099',
      neighbour.world.smsFactor.accounts[0]?.tokens[0]?.token ?? 'none',
    ]
    const seen = (calls: readonly SeenCall[]) =>
      decodeURIComponent(
        calls
          .map(({ url, headers, body }) => `${url}\n${headers}\n${body.replaceAll('+', ' ')}`)
          .join('\n')
          .replaceAll(/%(?![0-9a-f]{2})/gi, '%25'),
      )
    const [here, there] = [seen(stage.faults.calls), seen(neighbour.faults.calls)]
    // Each side's own are found, so that not finding the other's means something.
    for (const canary of ofOurs) expect([canary, there.includes(canary)]).toEqual([canary, false])
    for (const canary of ofTheirs) expect([canary, here.includes(canary)]).toEqual([canary, false])
    expect(here).toContain(guestNo(1).firstName)
    expect(here).toContain(smoobu.account.apiKey)
    expect(there).toContain(phone.slice(1))
    expect(there).toContain(`${neighbourCanary}-smoobu-key`)
  })

  it('cannot read each other’s things, and cannot tell them from what does not exist', async () => {
    const idOf = async (path: string, key?: string) => {
      const { items } = (await hub.api(path, key)).body as { items: { id: string }[] } // every list has items
      return items[0]?.id ?? ''
    }
    const [booking, delivery] = [await idOf(`/bookings?ref=${ours}`), await idOf('/webhooks')]
    const [theirBooking, theirDelivery] = [
      await idOf(`/bookings?ref=${theirs}`, neighbour.apiKey),
      await idOf('/webhooks', neighbour.apiKey),
    ]
    expect(new Set([booking, delivery, theirBooking, theirDelivery]).size).toBe(4)
    const absent = '019a6c1e-7f3a-7c7e-9d1c-1b2a3c4d5e6f'
    for (const [foreign, path] of [
      [booking, (id: string) => `/bookings/${id}`],
      [booking, (id: string) => `/bookings/${id}/timeline`],
      [delivery, (id: string) => `/webhooks/${id}`],
    ] as const) {
      expect((await hub.api(path(foreign))).status).toBe(200)
      const [told, missing] = [
        await hub.api(path(foreign), neighbour.apiKey),
        await hub.api(path(absent), neighbour.apiKey),
      ]
      expect(told.status).toBe(404)
      expect(told).toEqual(missing)
    }
    const replay = async (id: string) => {
      const headers = { authorization: `Bearer ${neighbour.apiKey}` }
      const answer = await fetch(`${hub.url}/api/v1/webhooks/${id}/replay`, { method: 'POST', headers })
      return { status: answer.status, body: await answer.text() }
    }
    expect(await replay(delivery)).toEqual(await replay(absent))
    expect((await replay(delivery)).status).toBe(404)
    expect((await replay(theirDelivery)).status).toBe(200)
  })

  it('answer nothing of each other in the API', async () => {
    const all = async (key?: string) => {
      const paths = ['/bookings', '/webhooks', '/looks', '/connections', '/alerts?state=all']
      const { items } = (await hub.api('/bookings', key)).body as { items: { id: string }[] } // every list has items
      const details = items.flatMap(({ id }) => [`/bookings/${id}`, `/bookings/${id}/timeline`])
      return JSON.stringify(await Promise.all([...paths, ...details].map((path) => hub.api(path, key))))
    }
    const [here, there] = [await all(), await all(neighbour.apiKey)]
    expect(here).toContain(guestNo(1).name)
    expect(here).not.toContain(neighbourCanary)
    expect(there).toContain(neighbourCanary)
    expect(there).not.toContain(guestNo(1).firstName)
    expect(there).not.toContain('Quai House')
    // Each key has its own right to see PINs.
    expect(there).toContain(theirPin)
    expect(here).not.toMatch(new RegExp(`"pin":"${toldPin(stage, 1) ?? 'none'}"`))
  })

  it('have no address in common, and cannot be told apart from outside', async () => {
    const post = async (url: string) => {
      const body = JSON.stringify({ action: 'newReservation', user: 4711, data: { id: Number(ours) } })
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      return { status: answer.status, body: await answer.text() }
    }
    const address = stage.world.addresses?.smoobu ?? ''
    const told = [
      await post(address.replace('/t/demo/', '/t/harbour-flats/')),
      await post(address.replace('/t/demo/', '/t/nobody-at-all/')),
      await post((neighbour.world.addresses?.smoobu ?? '').replace('/t/harbour-flats/', '/t/demo/')),
    ]
    expect(new Set(told.map(({ body }) => body)).size).toBe(1)
    expect(told.map(({ status }) => status)).toEqual([404, 404, 404])
    // A payload says another account than the address it came to: the address decides, and the payload is ignored.
    const calls = neighbour.faults.calls.length
    expect((await post(neighbour.world.addresses?.smoobu ?? '')).status).toBe(200)
    const { items } = (await hub.api('/webhooks?status=ignored', neighbour.apiKey)).body as {
      items: { reason?: string }[]
    } // as its schema says
    expect(items[0]?.reason).toMatch(/another Smoobu account/)
    expect(neighbour.faults.calls.slice(calls).filter(({ url }) => url.includes(ours))).toEqual([])
  })

  it('leave no trace of a person, a PIN, a secret or a tenant in metrics and log', async () => {
    const metrics = await (await fetch(`${hub.url}/metrics`)).text()
    const pins = [theirPin, toldPin(stage, 1)].map((pin) => new RegExp(`(?<![\\d.])${pin ?? 'none'}(?![\\d.])`))
    for (const text of [metrics, hub.logged()]) {
      for (const canary of [neighbourCanary, guestNo(1).firstName, phone.slice(1), phoneNo(1).slice(1), 'fake-smoobu'])
        expect(text).not.toContain(canary)
      for (const address of [...Object.values(stage.world.addresses ?? {}), neighbour.apiKey, stage.world.apiKey ?? ''])
        expect(text).not.toContain(address.split('/').at(-1))
    }
    expect(metrics).not.toMatch(/harbour-flats|[0-9a-f]{8}-[0-9a-f]{4}-/)
    for (const pin of pins) expect(hub.logged()).not.toMatch(pin)
  })
})
