import { systemClock } from '@stayward/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { furnishHouses, type HouseName, type Houses } from '../../src/demo/houses.ts'
import { type HousesStory, people, playHouses } from '../../src/demo/houses-story.ts'
import { type HousesVendors, startHousesVendors } from '../../src/demo/houses-vendors.ts'
import { type Effect, playStory } from '../../src/demo/story.ts'
import { testMasters } from '../fresh-database.ts'
import { type RunningHub, setStage, type Stage, startOn } from './stage.ts'

let stage: Stage
let vendors: HousesVendors
let houses: Houses
let hub: RunningHub
const heard: Record<HouseName, string[]> = { lakeside: [], hillside: [] }
const effects: Effect[] = []
let pins: HousesStory

beforeAll(async () => {
  stage = await setStage()
  vendors = await startHousesVendors({ hear: (house, said) => heard[house].push(said) })
  houses = await furnishHouses({ appUrl: stage.appUrl, masters: testMasters, clock: systemClock })
  const tenantIds = [...stage.demo.tenantIds, houses.lakeside.tenantId, houses.hillside.tenantId]
  const origins = new Map([...stage.vendors.origins, ...vendors.origins])
  hub = await startOn({ ...stage, demo: { ...stage.demo, tenantIds, origins } })
  vendors.announceTo(hub.url, houses)
})
afterAll(async () => {
  await hub.stop()
  await vendors.stop()
  await stage.stop()
})

const keyOf = (house: HouseName) => houses[house].apiKey
const itemsOf = async (path: string, key?: string) =>
  (await hub.api(path, key)).body['items'] as readonly Record<string, unknown>[] // every list of the hub has items

/** Digits stand alone: inside an id or a time the same ones mean nothing. */
function isIn(text: string, canary: string): boolean {
  return /^\d{4,6}$/.test(canary) ? new RegExp(`(?<!\\w)${canary}(?!\\w)`).test(text) : text.includes(canary)
}

describe('three tenants with every vendor there is, in one hub at once', () => {
  it('let their guests in, tell them over the right channel, and take the code away after a cancellation', async () => {
    const tell = (effect: Effect) => void effects.push(effect)
    const [story] = await Promise.all([
      playHouses({ vendors, houses, hub: hub.url, tell }),
      playStory({ file: stage.file, vendors: stage.vendors, hub: hub.client, now: Date.now, tell }),
    ])
    pins = story
    const of = (step: string) => effects.filter((each) => each.step === step).map(({ effect }) => effect)
    const lakeside = 'webhook code-confirmed code-confirmed whatsapp mail mail webhook code-gone whatsapp mail'
    expect(of('lakeside')).toEqual(lakeside.split(' '))
    expect(of('hillside')).toEqual(['booked', 'code-confirmed', 'inbox', 'booked', 'code-gone', 'inbox'])
    expect(effects).toHaveLength(33)
    // What lay on the locks before is untouched, and Otto stays.
    const { nuki, gate } = vendors
    expect(gate.codesOn(gate.deviceId).filter(({ pin }) => pin === pins.otto)).toHaveLength(1)
    for (const house of ['lakeside', 'hillside'] as const)
      expect(nuki[house].codesOn('17900000001').map(({ pin }) => pin)).toEqual(['864297', '397521'])
  }, 90_000)

  it('sent mail to whoever has an address, and WhatsApp only to whoever has a number', () => {
    const { mail, whatsApp } = vendors
    expect(mail.received(people.otto.mail)).toHaveLength(1)
    expect(mail.received(people.lena.mail)).toHaveLength(2)
    expect(mail.received(people.hedda.mail)).toEqual([])
    expect(whatsApp.state.messages.map(({ to }) => to)).toEqual(['33639980041', '33639980041'])
    const [first, last] = mail.mailsTo(people.lena.mail)
    expect(first?.html).toContain(pins.lena)
    expect(last?.headers.get('in-reply-to')).toBe(first?.headers.get('message-id'))
  })

  it('told nobody’s vendor of another’s guest, PIN, house or key', () => {
    const { smoobu, theKeys } = stage.world
    const told = {
      lakeside: heard.lakeside.join('\n'),
      hillside: heard.hillside.join('\n'),
      demo: stage.faults.calls.map(({ url, headers, body }) => `${url} ${headers} ${body}`).join('\n'),
    }
    const own: Record<keyof typeof told, readonly string[]> = {
      lakeside: ['Lena', 'Otto', 'Seeblick', people.lena.phone.slice(1), 'lena@guest', pins.lena, pins.otto, 'Lake'],
      hillside: ['Hedda', 'Bergmann', 'hedda@guest', pins.hedda, 'Hill', 'sample-refresh-token-for-tests'],
      demo: ['Ada', '639980001', 'Quai', smoobu.account.apiKey, theKeys.account.password],
    }
    for (const house of Object.keys(own) as (keyof typeof told)[])
      for (const other of Object.keys(told) as (keyof typeof told)[])
        if (other !== house)
          for (const canary of own[house]) expect([house, other, canary, isIn(told[other], canary)]).toContain(false)
    // Each side's own are found, so that not finding the other's means something.
    for (const canary of ['lena@guest', pins.lena, pins.otto, 'Lake'])
      expect([canary, isIn(told.lakeside, canary)]).toContain(true)
    for (const canary of [pins.hedda, 'sample-refresh-token-for-tests'])
      expect([canary, isIn(told.hillside, canary)]).toContain(true)
    expect(isIn(told.demo, '639980001')).toBe(true)
  })

  it('reads nothing of one tenant with the key of another', async () => {
    const everything = async (key?: string) => {
      const paths = ['/bookings', '/webhooks', '/looks', '/connections', '/alerts?state=all']
      const details = (await itemsOf('/bookings', key)).map(({ id }) => `/bookings/${String(id)}/timeline`)
      return JSON.stringify(await Promise.all([...paths, ...details].map((path) => hub.api(path, key))))
    }
    const [lakeside, hillside, demo] = [
      await everything(keyOf('lakeside')),
      await everything(keyOf('hillside')),
      await everything(),
    ]
    const names = { lakeside: /Lena|Otto|Lake/, hillside: /Hedda|Hill/, demo: /Ada|Quai|Loft/ }
    expect(lakeside).toMatch(names.lakeside)
    expect(hillside).toMatch(names.hillside)
    expect(demo).toMatch(names.demo)
    for (const text of [hillside, demo]) expect(text).not.toMatch(names.lakeside)
    for (const text of [lakeside, demo]) expect(text).not.toMatch(names.hillside)
    for (const text of [lakeside, hillside]) expect(text).not.toMatch(names.demo)
  })

  it('tells and logs no PIN, no address and no number', () => {
    for (const text of [JSON.stringify(effects), hub.logged()]) {
      for (const pin of Object.values(pins)) expect(isIn(text, pin)).toBe(false)
      for (const canary of ['guest.example', '639980041']) expect(text).not.toContain(canary)
    }
    expect(hub.logged()).not.toMatch(/Lena|Otto|Hedda|Seeblick|Bergmann/)
  })

  it('leaves nobody to be called', async () => {
    for (const key of [keyOf('lakeside'), keyOf('hillside'), undefined])
      expect(await itemsOf('/alerts', key)).toEqual([])
  })
})
