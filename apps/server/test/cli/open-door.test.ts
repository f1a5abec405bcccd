import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTenant } from './rehearsal.ts'

let hub: Awaited<ReturnType<typeof openTenant>>
beforeAll(async () => {
  hub = await openTenant('quai', { locks: 'the-keys' })
  await hub.stayward('door', 'add', 'loft', '--name', 'Loft', '--device', 'locks:7001/Kp7xQ2Za')
})
afterAll(() => hub.close())

it('opens nothing that was not meant: a reason and --yes are needed', async () => {
  const why = await hub.stayward('door', 'open', 'loft')
  expect(why.code).toBe(2)
  expect(why.err).toContain('--why')
  const unsure = await hub.stayward('door', 'open', 'loft', '--why', 'guest locked out')
  expect(unsure.code).toBe(1)
  expect(unsure.err).toMatch(/opens Loft now, whoever stands before it\. Nothing was done yet\.\n.*--yes/)
  expect((await hub.stayward('door', 'open', 'cellar', '--why', 'guest locked out', '--yes')).err).toContain(
    'no door "cellar"',
  )
})

it('says so where the vendor has no way to open, and keeps no order that was never given', async () => {
  const { code, err } = await hub.stayward('door', 'open', 'loft', '--why', 'guest locked out', '--yes')
  expect(code).toBe(1)
  expect(err).toContain('The Keys cannot be told to open a door from here.')
  expect((await hub.stayward('door', 'openings')).out).toContain('No door was opened from here yet.')
})

it('opens once, says what came of it, and keeps who asked and why', async () => {
  await hub.stayward('connection', 'add', 'flats', '--adapter', 'nuki', '--config', 'nuki.json')
  const { deviceId } = hub.nuki
  await hub.stayward('door', 'add', 'flat', '--name', 'Flat', '--device', `flats:${deviceId}`)
  const before = hub.nuki.openings(deviceId)
  const { code, out } = await hub.stayward('door', 'open', 'flat', '--why', 'guest locked out', '--yes')
  expect(code).toBe(0)
  expect(out).toMatch(/^Flat: (The door was opened|The vendor took the order)\./m)
  expect(hub.nuki.openings(deviceId)).toBe(before + 1)
  const kept = await hub.stayward('door', 'openings')
  expect(kept.out).toMatch(/Flat {2}by the command line: guest locked out\n {2}The /)
})

it('opens the door of an intercom in the house, at its device', async () => {
  hub.env['STAYWARD_PRIVATE_NETWORKS'] = 'quai/gate=192.168.1.0/24'
  const added = await hub.stayward(
    'connection',
    'add',
    'gate',
    '--adapter',
    'intercom-2n',
    '--config',
    'intercom-2n.json',
  )
  expect([added.code, added.err]).toEqual([0, ''])
  const { deviceId } = hub.gate
  await hub.stayward('door', 'add', 'street', '--name', 'Street door', '--device', `gate:${deviceId}`)
  const before = hub.gate.openings(deviceId)
  const { code, out, err } = await hub.stayward('door', 'open', 'street', '--at', '1', '--why', 'parcel', '--yes')
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/^Street door: The door was opened\./m)
  expect(hub.gate.openings(deviceId)).toBe(before + 1)
})

it('draws nothing where there is nothing to draw, and says why', async () => {
  const kind = await hub.stayward('code', 'qr', '90210001', '--out', 'code.gif')
  expect([kind.code, kind.err]).toEqual([2, expect.stringContaining('"code.gif" is neither .png nor .svg.')])
  const none = await hub.stayward('code', 'qr', '90210001', '--out', 'code.png')
  expect([none.code, none.err]).toEqual([1, expect.stringContaining('no code in force for "90210001"')])
  expect(hub.files.has('code.png')).toBe(false)
})
