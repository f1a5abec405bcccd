import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shippedAdapters } from '../../src/adapters/load-adapters.ts'
import { openRehearsal, type Rehearsal } from './rehearsal.ts'

let hub: Rehearsal
beforeAll(async () => {
  hub = await openRehearsal()
  const { stayward } = hub
  await stayward('tenant', 'add', 'quai', '--phone-country', 'FR')
  await stayward('connection', 'add', 'smoobu', '--adapter', 'smoobu', '--config', 'smoobu.json')
  await stayward('connection', 'add', 'locks', '--adapter', 'the-keys', '--config', 'the-keys.json')
  await stayward('connection', 'add', 'sms', '--adapter', 'smsfactor', '--config', 'sms.json')
  await stayward(
    'property',
    'add',
    'house',
    '--name',
    'House',
    '--zone',
    'Europe/Paris',
    '--check-in',
    '15:00',
    '--check-out',
    '11:00',
  )
  await stayward('door', 'add', 'street', '--name', 'Street', '--fixed-code', '1379A')
  await stayward(
    'unit',
    'add',
    'loft',
    '--name',
    'Loft',
    '--property',
    'house',
    '--path',
    'street',
    '--source',
    'smoobu:700101',
  )
})
afterAll(() => hub.close())

const property = (zone: string, checkIn = '15:00') =>
  [
    'property',
    'add',
    'villa',
    '--name',
    'Villa',
    '--zone',
    zone,
    '--check-in',
    checkIn,
    '--check-out',
    '11:00',
  ] as const
const unit = (path: string, source: string) =>
  ['unit', 'add', 'studio', '--name', 'Studio', '--property', 'house', '--path', path, '--source', source] as const
const door = (...more: readonly string[]) => ['door', 'add', 'flat', '--name', 'Flat', ...more] as const

describe('a refusal says what is wrong and what to do', () => {
  it.each([
    [
      "a keypad's number instead of its id",
      door('--device', 'locks:7001/9001'),
      /id_accessoire, usually 8 mixed letters and digits, and not the number.*\n +List them with: stayward connection devices locks/,
    ],
    [
      'a device the account has not',
      door('--device', 'locks:7001/Kp0000aa'),
      /lists no device 7001\/Kp0000aa.*\n +It lists: 7001\/Kp7xQ2Za \(Flat 12\)/,
    ],
    ['a device without its connection', door('--device', '7001/Kp7xQ2Za'), /does not name a device.*\n.*locks:7001/],
    ['an unknown connection', door('--device', 'nuki:1'), /there is no connection "nuki"\.\n +There are: locks\./],
    ['a connection that has no devices', door('--device', 'sms:1'), /"sms" has no devices/],
    ['a prefix where nothing is typed', door('--prefix', '12'), /prefix, tell-at and if-changed are for doors/],
    [
      'a door that is there already',
      ['door', 'add', 'street', '--name', 'S'],
      /There is a door "street" already.*\n +Change it with: stayward door set street/,
    ],
    [
      'a door that is not there',
      ['door', 'set', 'strete', '--name', 'S'],
      /There is no door "strete".*\n +There are: street\./,
    ],
    ['a wrong time zone', property('Paris'), /"Paris" is not a time zone.*\n +.*Europe\/Paris/],
    ['a wrong time', property('Europe/Paris', '3pm'), /"3pm" is not a time of day/],
    ['an unknown door on a path', unit('street,attic', 'smoobu:700102'), /there is no door "attic"/],
    ['a door twice on a path', unit('street,street', 'smoobu:700102'), /a door is twice on its path/],
    [
      'a flat that another unit has',
      unit('street', 'smoobu:700101'),
      /smoobu:700101 would belong to "loft" and to "studio".*\n +.*unit set loft --remove-source smoobu:700101/,
    ],
    ['a channel that sends nothing', ['tenant', 'set', 'quai', '--channel', 'locks'], /"locks" sends no messages/],
    [
      'an alarm number without its country',
      ['tenant', 'set', 'quai', '--alarm', 'sms:0612345678'],
      /alarm address is not a phone number.*\n +.*\+33/,
    ],
    ['a country that is none', ['tenant', 'set', 'quai', '--phone-country', 'France'], /"France" is not a country/],
    ['a time without its unit', ['tenant', 'set', 'quai', '--push-ahead', '72'], /"72" is not a length of time/],
    [
      'an unknown adapter',
      ['connection', 'add', 'x', '--adapter', 'lodgify'],
      new RegExp(`There is no adapter "lodgify".*\n +There are: ${shippedAdapters.map(({ id }) => id).join(', ')}\\.`),
    ],
    [
      'a connection that is there already',
      ['connection', 'add', 'locks', '--adapter', 'the-keys'],
      /There is a connection "locks" already/,
    ],
    [
      'a name that means something else',
      ['connection', 'add', 'inbox', '--adapter', 'smsfactor'],
      /"inbox" means something else/,
    ],
    ["the demo's name", ['tenant', 'add', 'demo'], /the tenant that the demo makes/],
    ['a tenant that is not there', ['alerts', '--tenant', 'kai'], /There is no tenant "kai"\.\n +There are: quai\./],
    [
      'erasing without the name again',
      ['tenant', 'erase', 'quai'],
      /type its name once more: stayward tenant erase quai --yes quai/,
    ],
    ['a key that is not there', ['key', 'revoke', 'nonsense'], /No key in force has the id "nonsense"/],
    ['an address where there is none', ['connection', 'address', 'locks'], /The Keys sends no webhooks/],
    ['messages that were not refused', ['message', 'retry', '4711'], /Booking "4711" has no message that was refused/],
  ])('%s', async (_, argv, sentence) => {
    const { code, err, out } = await hub.stayward(...argv)
    expect({ code, out }).toEqual({ code: 1, out: expect.any(String) })
    expect(err).toMatch(sentence)
  })

  it.each([
    ['no command', ['door']],
    ['a misspelt command', ['dor']],
    ['an unknown option', ['door', 'list', '--tennant', 'quai']],
    ['a missing option', ['door', 'add', 'flat']],
    ['nothing to change', ['tenant', 'set', 'quai']],
    ['two ways to open', door('--device', 'locks:7001/Kp7xQ2Za', '--fixed-code', '1')],
    ['words without a language', door('--say', 'push')],
    ['no answer to changed codes', door('--if-changed', 'ignore')],
    ['a replay of nothing', ['webhooks', 'replay']],
  ])('2 for what is not written as it has to be: %s', async (_, argv) => {
    const { code, err } = await hub.stayward(...argv)
    expect(err).not.toBe('')
    expect(code).toBe(2)
    const json = await hub.stayward(...argv, '--json')
    expect(json.code).toBe(2)
    expect(json.result).toMatchObject({ ok: false, problems: [{ text: expect.any(String) }] })
  })

  it('every setting that cannot be used, as at the start of the hub', async () => {
    hub.env['STAYWARD_TRUST_PROXY'] = 'true'
    hub.env['STAYWARD_PROT'] = '8080'
    const { code, err } = await hub.stayward('tenant', 'list')
    delete hub.env['STAYWARD_TRUST_PROXY']
    delete hub.env['STAYWARD_PROT']
    expect(code).toBe(2)
    expect(err.split('\n')).toEqual([
      'STAYWARD_PROT is not a setting; did you mean STAYWARD_PORT?',
      expect.stringMatching(/^STAYWARD_TRUST_PROXY has to be the number of proxies/),
    ])
  })

  it('which tenant is meant, once there are two', async () => {
    await hub.stayward('tenant', 'add', 'other')
    const { code, err } = await hub.stayward('alerts')
    await hub.stayward('tenant', 'erase', 'other', '--yes', 'other')
    expect(code).toBe(2)
    expect(err).toBe('Which tenant is meant?\n  Say it with --tenant: quai, other.')
    expect((await hub.stayward('alerts')).code).toBe(0)
  })

  it('words in which the guest would not learn the code', async () => {
    hub.files.set('templates.json', '{ "en": { "door-code.plain": "Welcome to {unit}!", "door-kode.plain": "x" } }')
    const { code, err } = await hub.stayward('tenant', 'set', 'quai', '--templates', 'templates.json')
    expect(code).toBe(1)
    expect(err).toContain('Template "door-code.plain" (en) leaves out {doors}: the guest would not learn the code.')
    expect(err).toContain('There is no template "door-kode.plain"')
    expect((await hub.stayward('tenant', 'show', 'quai')).out).toMatch(/own words +none/)
  })
})
