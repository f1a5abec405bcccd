import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTenant } from './rehearsal.ts'

let hub: Awaited<ReturnType<typeof openTenant>>
beforeAll(async () => {
  hub = await openTenant('quai', { smoobu: 'smoobu', locks: 'the-keys' })
})
beforeEach(() => hub.files.set('house.json', JSON.stringify(house)))
afterAll(() => hub.close())

const house = {
  settings: { language: 'de', channels: ['inbox'], graceOut: '45m' },
  properties: { house: { name: 'House', zone: 'Europe/Paris', checkIn: '15:00', checkOut: '11:00' } },
  doors: {
    street: { name: 'Street', fixedCode: '1379A', say: { en: 'push', de: 'drücken' } },
    flat: { name: 'Flat', device: 'locks:7001/Kp7xQ2Za', prefix: '12' },
  },
  units: {
    loft: { name: 'Loft', property: 'house', path: ['street', 'flat'], sources: ['smoobu:700101'] },
    studio: { name: 'Studio', property: 'house', path: ['street'], sources: ['smoobu:700102'] },
  },
}
const withChange = (change: object) => hub.files.set('house.json', JSON.stringify({ ...house, ...change }))
const apply = (...more: readonly string[]) => hub.stayward('apply', '--file', 'house.json', ...more)
const rows = async (sql: string) => (await hub.owner.query<Record<string, unknown>>(sql)).rows

describe('stayward apply', () => {
  it('shows what it would do, and does nothing, with --dry-run', async () => {
    const { out, code } = await apply('--dry-run')
    expect(code).toBe(0)
    expect(out).toContain('+ door flat: name Flat, device locks:7001/Kp7xQ2Za, prefix')
    expect(out).not.toContain('1379A')
    expect(await rows('select from door')).toEqual([])
  })

  it('makes the house of the file, with the names that vendors have for their devices', async () => {
    expect((await apply()).code).toBe(0)
    expect(await rows('select slug, kind, tell_at from door order by slug')).toEqual([
      { slug: 'flat', kind: 'device', tell_at: 'confirmed' },
      { slug: 'street', kind: 'fixed-code', tell_at: 'confirmed' },
    ])
    expect(await rows('select vendor_id, name from device')).toEqual([{ vendor_id: '7001/Kp7xQ2Za', name: 'Flat 12' }])
    expect(await rows('select policy from tenant_setting')).toEqual([
      { policy: { language: 'de', channels: [{ kind: 'inbox' }], graceOut: 2_700_000 } },
    ])
  })

  it('changes nothing and marks nothing the second time', async () => {
    await rows('update work set wake_at = null, ready = false')
    const { out } = await apply()
    expect(out).toBe('  6 as they are\nThe house is so already; nothing was changed.')
    expect(await rows('select kind, key from work where wake_at is not null')).toEqual([])
  })

  it('wakes a running hub when something has changed', async () => {
    const heard: string[] = []
    hub.owner.on('notification', ({ channel }) => void heard.push(channel))
    await hub.owner.query('listen stayward_work')
    withChange({ doors: { flat: { ...house.doors.flat, prefix: '34' } } })
    const { out } = await apply()
    await hub.owner.query('unlisten stayward_work')
    expect(out).toMatch(/^~ door flat: prefix$/m)
    expect(out).not.toContain('34')
    expect(heard).toContain('stayward_work')
    expect(await rows(`select kind from work where wake_at is not null and kind = 'device'`)).toHaveLength(1)
  })

  it('lets two units exchange their flats in one go', async () => {
    const { loft, studio } = house.units
    withChange({ units: { loft: { ...loft, sources: studio.sources }, studio: { ...studio, sources: loft.sources } } })
    expect((await apply()).code).toBe(0)
    expect((await hub.stayward('unit', 'list', '--json')).result['units']).toMatchObject([
      { unit: 'loft', sources: ['smoobu:700102'] },
      { unit: 'studio', sources: ['smoobu:700101'] },
    ])
  })

  it('names every problem at once, and changes nothing', async () => {
    const { loft } = house.units
    withChange({
      doors: { street: { name: 'Gate' }, Attic: { name: 'Attic', tellAt: 'accepted' } },
      units: { loft: { ...loft, path: ['street', 'roof'], sources: ['airbnb:1'] } },
    })
    const { code, err } = await apply()
    expect(code).toBe(1)
    expect(err).toContain('"Attic" cannot be a short name.')
    expect(err).toContain('Door "Attic": prefix, tell-at and if-changed are for doors with a device.')
    expect(err).toContain('Unit "loft": there is no door "roof".')
    expect(err).toContain('Unit "loft": there is no connection "airbnb".')
    expect(await rows(`select name from door where slug = 'street'`)).toEqual([{ name: 'Street' }])
  })

  it('says where a file does not have its shape', async () => {
    withChange({ door: {}, units: { loft: { name: 'Loft', path: 'street' } } })
    const { code, err } = await apply()
    expect(code).toBe(1)
    expect(err).toContain('house.json: units.loft.property: here has to stand a text.')
    expect(err).toContain('house.json: units.loft.path: here has to stand a list, [ … ].')
    expect(err).toContain('house.json: the whole: there is no "door" here.')
    hub.files.set('house.json', '{ "doors": { } ')
    expect((await apply()).err).toMatch(/^house\.json is not JSON/)
  })

  it('prints a JSON Schema that the file fits', async () => {
    const { out } = await hub.stayward('apply', '--schema')
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(out) as object)
    expect(validate(house)).toBe(true)
    expect(validate({ ...house, doors: { street: { nam: 'Street' } } })).toBe(false)
  })
})

describe('single changes', () => {
  it('change what is given and leave the rest', async () => {
    await hub.stayward('door', 'set', 'street', '--say', 'en=push hard', '--say', 'de=')
    const list = async () => (await hub.stayward('door', 'list', '--json')).result['doors']
    expect(await list()).toContainEqual({ door: 'street', name: 'Street', say: { en: 'push hard' }, fixedCode: '••••' })
    await hub.stayward('door', 'set', 'street', '--nothing-to-enter')
    expect(await list()).toContainEqual({ door: 'street', name: 'Street', say: { en: 'push hard' } })
    const { err } = await hub.stayward('door', 'set', 'flat', '--device', 'locks:7002/Kp3vN6Hd')
    expect(err).toContain('Door "flat" has a prefix, and the new device may ask for another.')
    await hub.stayward(
      'door',
      'set',
      'flat',
      '--device',
      'locks:7002/Kp3vN6Hd',
      '--prefix',
      'none',
      '--tell-at',
      'accepted',
    )
    expect(await list()).toContainEqual({
      door: 'flat',
      name: 'Flat',
      device: 'locks:7002/Kp3vN6Hd',
      tellAt: 'accepted',
    })
  })

  it('add and remove sources of a unit', async () => {
    await hub.stayward('unit', 'set', 'loft', '--add-source', 'smoobu:700103')
    await hub.stayward('unit', 'set', 'loft', '--remove-source', 'smoobu:700102')
    expect(
      await rows(`select source_ref from unit_source s join unit u on u.id = s.unit_id where slug = 'loft'`),
    ).toEqual([{ source_ref: '700103' }])
  })

  it('return a setting to its default', async () => {
    await hub.stayward('tenant', 'set', 'quai', '--grace-out', 'default', '--language', 'fr')
    expect(await rows('select policy from tenant_setting')).toEqual([
      { policy: { language: 'fr', channels: [{ kind: 'inbox' }] } },
    ])
  })

  it('take back messages that were refused, so that they are tried again', async () => {
    const ids = "select c.tenant_id, $1::uuid, c.id from connection c where c.name = 'smoobu'"
    const id = '019a0000-0000-7000-8000-000000000001'
    await hub.owner.query(
      `insert into booking (tenant_id, id, connection_id, ref, state, arrival, departure, guest_sealed, facts_fingerprint,
         known_since, updated_at) select s.*, '4711', 'confirmed', '2999-01-01', '2999-01-03', 'x', 'x', now(), now() from (${ids}) s`,
      [id],
    )
    for (const [nr, state] of ['accepted', 'refused', 'doubtful'].entries())
      await hub.owner.query(
        `insert into message (tenant_id, id, booking_id, nr, channel, kind, to_sealed, version_fingerprint, state, created_at)
         select tenant_id, $2, id, $3, 'inbox', 'door-code', 'x', $2, $2, now() from booking where id = $1`,
        [id, state, nr],
      )
    await rows('update work set wake_at = null, ready = false')
    const { out } = await hub.stayward('message', 'retry')
    expect(out).toBe('1 message is tried again, as far as there is still something to say.')
    expect(await rows('select state from message order by nr')).toEqual([
      { state: 'accepted' },
      { state: 'withdrawn' },
      { state: 'doubtful' },
    ])
    expect(await rows(`select kind, key from work where wake_at is not null`)).toEqual([{ kind: 'messages', key: id }])
    expect((await hub.stayward('message', 'retry', '4711')).code).toBe(1)
    const doubtful = await hub.stayward('message', 'retry', '4711', '--doubtful', '--json')
    expect(doubtful.result).toEqual({ ok: true, retried: 1 })
  })
})
