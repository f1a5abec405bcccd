import { calm, instant } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import theKeys from '../src/adapter.ts'
import { asked, flat12, guestCode, kept, mark, open, ours, stay, written } from './words.ts'

/** Every trap of docs/vendors/the-keys.md, by the number it has there. */
describe('trap 1: the text id of a keypad, never its number', () => {
  it('creates under the text id', async () => {
    const { provider, wire } = open()
    await written(provider)
    expect(asked(wire)).toContain('POST /fr/api/v2/partage/create/7001/accessoire/Kp7xQ2Za')
  })
  it.each(['7001/9102', '7001', '', 'Kp7xQ2Za', '7001/', '7001/Kp7x/Q2Za', 'x/Kp7xQ2Za'])(
    'refuses "%s" at configuration',
    (id) => {
      const result = theKeys.deviceId?.safeParse(id)
      expect(result?.success).toBe(false)
      expect(result?.error?.issues[0]?.message).toMatch(/id_accessoire.*not the number.*copy the id from there/)
    },
  )
  it('is refused by the cloud itself as well', async () => {
    const { vendor } = open()
    const token = 'made-for-this-test'
    vendor.state.tokens[token] = Number.MAX_SAFE_INTEGER
    const path = 'https://api.the-keys.fr/fr/api/v2/partage/create/7001/accessoire/9102'
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await vendor.respond(
      new Request(path, { method: 'POST', headers, body: 'partage_accessoire[nom]=x' }),
    )
    expect(await answer.json()).toMatchObject({ status: 200, data: null })
  })
})

describe('trap 2: two ids of a lock', () => {
  it('asks with the cloud id and never shows the printed one', async () => {
    const { provider, vendor, wire } = open()
    await provider.readCodes(flat12, calm)
    const devices = await provider.listDevices(calm)
    const printed = vendor.state.locks.map(({ id_serrure }) => id_serrure)
    expect(asked(wire)).toContain('GET /fr/api/v2/partage/all/serrure/7001')
    for (const id of printed) expect(JSON.stringify([devices, asked(wire)])).not.toContain(id)
  })
})

describe('trap 3: what an update leaves out is cleared', () => {
  it('sends every field with every update', async () => {
    const { provider, vendor } = open()
    const ref = await written(provider)
    const before = structuredClone(kept(vendor, ref))
    const window = { from: stay.from, until: instant('2026-05-06T10:00:00Z') }
    expect(await provider.writeCode(flat12, guestCode({ window, vendorRef: ref }), calm)).toEqual({
      status: 'accepted',
      vendorRef: ref,
    })
    expect(kept(vendor, ref)).toEqual({ ...before, date_fin: '2026-05-06' })
    expect(before).toMatchObject({
      nom: 'Ada',
      actif: true,
      code: '0472',
      description: mark,
      date_debut: '2026-05-01',
      date_fin: '2026-05-03',
    })
  })
  it('brings back a code that somebody disabled', async () => {
    const { provider, vendor } = open()
    const ref = await written(provider)
    vendor.editByHand(ref, (share) => {
      share.actif = false
    })
    expect((await ours(provider))?.enabled).toBe(false)
    await provider.writeCode(flat12, guestCode({ vendorRef: ref }), calm)
    expect((await ours(provider))?.enabled).toBe(true)
  })
  it('shows cleared dates as a code without end, so that it is noticed', async () => {
    const { provider, vendor } = open()
    const ref = await written(provider)
    vendor.editByHand(ref, (share) => {
      share.date_debut = share.date_fin = share.heure_debut = share.heure_fin = null
    })
    expect((await ours(provider))?.window).toEqual({ from: null, until: null })
  })
})

it('trap 4: never disables, only deletes', async () => {
  const { provider, vendor } = open()
  const ref = await written(provider)
  expect(await provider.removeCode(flat12, ref, calm)).toEqual({ status: 'accepted' })
  expect(kept(vendor, ref)).toBeUndefined()
})

it('trap 5: never asks to notify the owner at each opening', async () => {
  const { provider, vendor } = open()
  const ref = await written(provider)
  await provider.writeCode(flat12, guestCode({ vendorRef: ref }), calm)
  expect(kept(vendor, ref)?.notification_enabled).toBe(false)
})

describe('trap 6: a failed list is not an empty list', () => {
  it.each([
    ['HTML with 500', { answer: 'html-500', status: 500 }, 'unreachable'],
    ['500 inside a 200', { answer: 'status-in-200', status: 500 }, 'unreachable'],
    ['400 inside a 200', { answer: 'status-in-200', status: 400 }, 'refused'],
    ['429 inside a 200', { answer: 'status-in-200', status: 429 }, 'rate-limited'],
    ['nothing inside a 200', { answer: 'status-in-200', status: 200 }, 'gone'],
    ['404', { answer: 'http', status: 404 }, 'gone'],
    ['403, a lock of somebody else', { answer: 'http', status: 403 }, 'auth'],
    ['400', { answer: 'http', status: 400 }, 'refused'],
    ['an unknown status', { answer: 'status-in-200', status: 0 }, 'bad-response'],
  ] as const)('%s', async (_, planned, code) => {
    const { provider, vendor } = open()
    vendor.answerNext({ ...planned, path: 'partage/all' })
    await expect(provider.readCodes(flat12, calm)).rejects.toMatchObject({ code, remedy: expect.stringMatching(/\w/) })
    expect(await provider.readCodes(flat12, calm)).toHaveLength(2)
  })
})

describe('trap 7: HTTP 200 is not success', () => {
  it.each([
    [400, { status: 'refused', reason: 'pin-not-allowed' }],
    [422, { status: 'refused', reason: 'pin-not-allowed' }],
    [409, { status: 'refused', reason: 'pin-taken' }],
  ])('a create answered %i inside a 200 is refused', async (status, receipt) => {
    const { provider, vendor } = open()
    vendor.answerNext({ answer: 'status-in-200', status, path: 'create' })
    expect(await provider.writeCode(flat12, guestCode(), calm)).toMatchObject(receipt)
    expect(await ours(provider)).toBeUndefined()
  })
  it('an update is refused without asking for another PIN', async () => {
    const { provider, vendor } = open()
    const ref = await written(provider)
    vendor.answerNext({ answer: 'status-in-200', status: 400, path: 'update' })
    expect(await provider.writeCode(flat12, guestCode({ vendorRef: ref }), calm)).toMatchObject({
      status: 'refused',
      reason: 'not-allowed',
    })
  })
  it('a create answered 500 inside a 200 may have happened', async () => {
    const { provider, vendor } = open()
    vendor.answerNext({ answer: 'status-in-200', status: 500, path: 'create' })
    await expect(provider.writeCode(flat12, guestCode(), calm)).rejects.toMatchObject({ code: 'outcome-unknown' })
  })
  it('the words of a refusal reach people without PIN, phone or name', async () => {
    const { provider, vendor } = open()
    const message = 'Le code 0472 de Ada (+33 6 00 00 00 00) est déjà utilisé'
    vendor.answerNext({ answer: 'http', status: 400, message, path: 'create' })
    const receipt = await provider.writeCode(flat12, guestCode(), calm)
    expect(receipt).toMatchObject({ status: 'refused', detail: expect.stringContaining('est déjà utilisé') })
    expect(JSON.stringify(receipt)).not.toMatch(/\d|Ada/)
  })
})

describe('trap 8: times', () => {
  it('go out in the lock’s own time, as separate numbers without leading zeros', async () => {
    const { provider, wire } = open()
    const window = { from: instant('2026-05-01T07:05:00Z'), until: instant('2026-05-02T22:00:00Z') }
    await written(provider, guestCode({ window }))
    const form = new URLSearchParams(wire.calls.at(-1)?.body)
    expect(Object.fromEntries(form)).toEqual({
      'partage_accessoire[nom]': 'Ada',
      'partage_accessoire[actif]': '1',
      'partage_accessoire[date_debut]': '2026-05-01',
      'partage_accessoire[date_fin]': '2026-05-03',
      'partage_accessoire[heure_debut][hour]': '9',
      'partage_accessoire[heure_debut][minute]': '5',
      'partage_accessoire[heure_fin][hour]': '0',
      'partage_accessoire[heure_fin][minute]': '0',
      'partage_accessoire[code]': '0472',
      'partage_accessoire[description]': mark,
    })
  })
  it('follow the zone of each lock', async () => {
    const { provider, vendor } = open()
    const lock = vendor.state.locks[0]
    if (lock) lock.timezone = 'Indian/Reunion'
    const ref = await written(provider)
    expect(kept(vendor, ref)).toMatchObject({ heure_debut: { hour: '17', minute: '0' } })
    expect((await ours(provider))?.window).toEqual(stay)
  })
  it.each(['strings', 'numbers', 'hh:mm', 'hh:mm:ss', 'iso', 'php'] as const)(
    'come back the same when shown as %s',
    async (format) => {
      const { provider, vendor } = open()
      vendor.state.switches.timeFormat = format
      await written(provider)
      expect((await ours(provider))?.window).toEqual(stay)
    },
  )
  it.each(['null', 'garbage'] as const)(
    'that cannot be read (%s) leave the window unsaid, so that nothing repairs it in a loop',
    async (format) => {
      const { provider, vendor } = open()
      vendor.state.switches.timeFormat = format
      await written(provider)
      expect(await ours(provider)).toMatchObject({ pin: '0472' })
      expect(await ours(provider)).not.toHaveProperty('window')
    },
  )
})

it('trap 9: the hour-old token is replaced (session.test.ts has the rest)', async () => {
  const { provider, clock } = open()
  await provider.readAccount(calm)
  clock.advance(3_600_000)
  expect(await provider.readCodes(flat12, calm)).toHaveLength(2)
})

it('trap 10: the prefix of a door is never part of what the cloud stores', async () => {
  const { provider, vendor } = open()
  expect(await provider.writeCode(flat12, guestCode({ pin: '180472' }), calm)).toMatchObject({
    status: 'refused',
    reason: 'pin-not-allowed',
  })
  expect(vendor.state.shares.map(({ code }) => code)).not.toContain('180472')
})

it('trap 11: a code of the same stay on another lock is another code', async () => {
  const { provider } = open()
  const here = await written(provider)
  const there = await written(provider, guestCode(), '7002/Kp3vN6Hd')
  await provider.removeCode(flat12, here, calm)
  expect((await ours(provider, '7002/Kp3vN6Hd'))?.vendorRef).toBe(there)
  expect(await ours(provider)).toBeUndefined()
})

describe('trap 12: shares of gateways, buttons and other tools are not ours', () => {
  it('gateway and button shares are not listed, and their secrets go nowhere', async () => {
    const { provider } = open()
    const codes = await provider.readCodes(flat12, calm)
    expect(codes.map(({ label }) => label).sort()).toEqual(['Cleaning', 'Easter guests'])
    expect(JSON.stringify(codes)).not.toContain('share-secret')
  })
  it('a mark inside other words is no mark', async () => {
    const { provider, vendor } = open()
    vendor.editByHand('88003', (share) => {
      share.description = `see ${mark}`
    })
    expect(await ours(provider)).toBeUndefined()
  })
  it('a mark in the name is no mark', async () => {
    const { provider, vendor } = open()
    vendor.addForeignCode(flat12, { pin: '5519', label: mark })
    expect(await ours(provider)).toBeUndefined()
  })
})

it('trap 13: codes that are over are listed until they are deleted', async () => {
  const { provider, clock } = open()
  const ref = await written(provider)
  clock.advance(30 * 86_400_000)
  expect((await ours(provider))?.vendorRef).toBe(ref)
  await provider.removeCode(flat12, ref, calm)
  expect(await ours(provider)).toBeUndefined()
})

it('trap 14: a gateway without an address, or without anything known, is no failure', async () => {
  const { provider, vendor } = open()
  vendor.state.switches.gatewayIp = false
  expect(await provider.readState?.(flat12, calm)).toMatchObject({ online: true })
  for (const lock of vendor.state.locks) for (const accessory of lock.accessories) accessory.info = null
  expect(await provider.readState?.(flat12, calm)).not.toHaveProperty('lastSeen')
})

it('trap 15: ids come as numbers or as text', async () => {
  const { provider, vendor } = open()
  const respond = vendor.respond.bind(vendor)
  await provider.readAccount(calm)
  Object.assign(vendor, {
    respond: async (request: Request) => {
      const answer = await respond(request)
      return new Response(
        (await answer.text()).replaceAll(/"id":(\d+)/g, '"id":"$1"').replaceAll(/"type":(\d)/g, '"type":"$1"'),
        answer,
      )
    },
  })
  const ref = await written(provider)
  expect((await provider.readAccount(calm)).id).toBe('501')
  expect(await ours(provider)).toMatchObject({ vendorRef: ref, pin: '0472' })
})

it('trap 16: a gateway that is silently offline shows as a lock that nobody heard of', async () => {
  const { provider, vendor, clock } = open()
  vendor.setOnline(flat12, false)
  clock.advance(10 * 60_000)
  expect(await provider.readState?.(flat12, calm)).toMatchObject({ online: false })
  expect((await provider.readAccount(calm)).warning).toContain('Flat 12')
})
