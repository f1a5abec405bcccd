import { it } from 'vitest'
import { openRehearsal } from './rehearsal.ts'

it('by hand', { timeout: 120_000 }, async () => {
  const hub = await openRehearsal()
  const go = async (...argv: string[]) => {
    const started = performance.now()
    const { code, out, err } = await hub.stayward(...argv)
    console.log(
      `$ stayward ${argv.join(' ')}   [${code}] ${Math.round(performance.now() - started)} ms\n${out}\n--\n${err}`,
    )
  }
  hub.files.set(
    'house.json',
    JSON.stringify({
      settings: { language: 'de', graceOut: '45m' },
      doors: { street: { name: 'Street door!', fixedCode: '99' } },
    }),
  )
  await go('doctor')
  await go('tenant', 'add', 'quai', '--language', 'fr', '--phone-country', 'FR')
  await go('connection', 'adapters')
  await go('connection', 'add', 'smoobu', '--adapter', 'smoobu', '--config', 'smoobu.json')
  await go('connection', 'add', 'locks', '--adapter', 'the-keys', '--config', 'the-keys.json')
  await go('connection', 'add', 'sms', '--adapter', 'smsfactor', '--config', 'sms.json', '--set', 'simulate=true')
  await go('connection', 'test', 'smoobu')
  await go('connection', 'list')
  await go('connection', 'units', 'smoobu')
  await go('connection', 'devices', 'locks')
  await go(
    'property',
    'add',
    'quai-house',
    '--name',
    'Quai House',
    '--zone',
    'Europe/Paris',
    '--check-in',
    '15:00',
    '--check-out',
    '11:00',
  )
  await go(
    'door',
    'add',
    'street',
    '--name',
    'Street door',
    '--fixed-code',
    '1379A',
    '--say',
    'en=type the code, then push',
  )
  await go('door', 'add', 'lobby', '--name', 'Lobby', '--say', 'en=second floor, left')
  await go('door', 'add', 'loft-door', '--name', 'Loft', '--device', 'locks:7001/Kp7xQ2Za', '--prefix', '12')
  await go('door', 'set', 'loft-door', '--device', 'locks:7001/9001')
  await go('door', 'set', 'loft-door', '--prefix', 'none')
  await go('door', 'list')
  await go(
    'unit',
    'add',
    'loft',
    '--name',
    'Loft Nord',
    '--property',
    'quai-house',
    '--path',
    'street,lobby,loft-door',
    '--source',
    'smoobu:700101',
  )
  await go('unit', 'list')
  await go('connection', 'units', 'smoobu')
  await go('tenant', 'set', 'quai', '--channel', 'inbox', '--channel', 'sms')
  await go('tenant', 'set', 'quai', '--alarm', 'sms:+33612345678')
  await go('tenant', 'show', 'quai')
  await go('apply', '--file', 'house.json', '--dry-run')
  await go('apply', '--file', 'house.json')
  await go('apply', '--file', 'house.json')
  await go('connection', 'address', 'smoobu', '--rotate')
  await go('connection', 'address', 'locks')
  await go('connection', 'set', 'sms', '--set', 'sender=Quai')
  await go('key', 'add', 'my laptop', '--see-pins')
  await go('key', 'list')
  await go('doctor')
  await go('alerts')
  await go('webhooks', 'list')
  await go('webhooks', 'replay', '--from', '2h')
  await go('tenant', 'erase', 'quai')
  await go('tenant', 'erase', 'quai', '--yes', 'quai')
  await go('tenant', 'list')
  await hub.close()
})
