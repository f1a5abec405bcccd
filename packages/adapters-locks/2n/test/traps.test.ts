import { calm, instant } from '@stayward/core/testing'
import { describe, expect, it } from 'vitest'
import { templateOf } from '../src/testing/index.ts'
import { accessOf, firmwareOf } from '../src/testing/2n-state.ts'
import { uuidFor } from '../src/user-form.ts'
import { asked, device, guestCode, mark, moveTo, open, ours, pin, sent, stay, written } from './words.ts'

const bounds = { validFrom: '1777640400', validTo: '1777798800' }
const uuid = uuidFor(device, mark)

describe('trap 1: a yes may hold a no for the entry', () => {
  const refusedEntry = (errors: object[]) => JSON.stringify({ success: true, result: { users: [{ uuid, errors }] } })
  it.each([
    [{ code: 'EDIR_FIELD_VALUE_ERROR', field: 'access.pin' }, 'pin-not-allowed'],
    [{ code: 'EDIR_FIELD_VALUE_ERROR', field: 'access.code[0]' }, 'pin-not-allowed'],
    [{ code: 'EDIR_FIELD_VALUE_ERROR', field: 'access.validTo' }, 'window-not-supported'],
    [{ code: 'EDIR_FIELD_NOT_AVAILABLE', field: 'owner' }, 'not-allowed'],
    [{ code: 'EDIR_SOMETHING_NEW' }, 'not-allowed'],
  ])('%j is refused as %s', async (error, reason) => {
    const { provider, vendor } = open()
    vendor.answerNext({ where: 'PUT /api/dir/create', body: refusedEntry([error]) })
    expect(await provider.writeCode(device, guestCode(), calm)).toMatchObject({ status: 'refused', reason })
    expect(vendor.user(uuid)).toBeUndefined()
  })
  it('an answer without a word on the entry is no answer', async () => {
    const { provider, vendor } = open()
    vendor.answerNext({ where: 'create', body: '{"success":true,"result":{"users":[]}}' })
    await expect(provider.writeCode(device, guestCode(), calm)).rejects.toMatchObject({ code: 'outcome-unknown' })
  })
  it('a field that quotes what was sent is not repeated', async () => {
    const { provider, vendor } = open()
    vendor.answerNext({ where: 'create', body: refusedEntry([{ code: 'EDIR_X', field: `pin ${pin}` }]) })
    expect(JSON.stringify(await provider.writeCode(device, guestCode(), calm))).not.toContain(pin)
  })
})

describe('trap 2: 200 is not success', () => {
  it.each([
    [1, 'refused', /no System API/],
    [4, 'refused', /switched off/],
    [7, 'refused', /HTTPS|connection/],
    [8, 'auth', /sign-in/],
    [9, 'auth', /user name/],
    [10, 'auth', /may not use/],
    [12, 'refused', /does not take/],
    [14, 'outcome-unknown', /error of its own/],
    [99, 'refused', /does not take/],
  ])('refusal %i of a write is %s', async (error, code, message) => {
    const { provider, vendor } = open()
    vendor.answerNext({ where: 'create', error })
    await expect(provider.writeCode(device, guestCode(), calm)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/\w{4}/),
    })
  })
  it('a page instead of JSON is no 2N device', async () => {
    const { provider, vendor } = open()
    vendor.answerNext({ where: 'query', body: '<h1>Login</h1>' })
    await expect(provider.readCodes(device, calm)).rejects.toMatchObject({ code: 'bad-response' })
  })
})

it('trap 3: times and PINs are text', async () => {
  const opened = open()
  await written(opened)
  expect(sent(opened, 'dir/create')).toEqual([
    {
      force: false,
      users: [
        {
          uuid,
          owner: mark,
          name: 'Ada',
          access: {
            ...bounds,
            accessPoints: [
              { enabled: true, profiles: '' },
              { enabled: true, profiles: '' },
            ],
            accessException: false,
            pin,
            code: ['', '', '', ''],
          },
        },
      ],
    },
  ])
})

describe('trap 4: "0" is for ever', () => {
  it('a window that would become one is never sent', async () => {
    const opened = open()
    const ages = instant('1970-01-01T00:00:00Z')
    const window = { from: ages, until: ages }
    await expect(opened.provider.writeCode(device, guestCode({ window }), calm)).rejects.toThrow(RangeError)
    expect(asked(opened).filter((one) => one.startsWith('PUT'))).toEqual([])
  })
  it.each([
    ['"0"', { validFrom: '0', validTo: '0' }],
    ['""', { validFrom: '', validTo: '' }],
    ['nothing', { validFrom: undefined, validTo: undefined }],
  ])('%s is read as no bound, so that the hub writes it again', async (_, change) => {
    const opened = open()
    const ref = await written(opened)
    opened.vendor.editByHand(ref, (user) => Object.assign(accessOf(user), change))
    expect((await ours(opened.provider))?.window).toEqual({ from: null, until: null })
    await opened.provider.writeCode(device, guestCode({ vendorRef: ref }), calm)
    expect((await ours(opened.provider))?.window).toEqual(stay)
  })
  it('the code opens from the first second to the last, and no longer', async () => {
    const opened = open()
    await written(opened)
    const at = (text: string) => (moveTo(opened, text), opened.vendor.enter(pin))
    expect(at('2026-05-01T12:59:59Z')).toBe(false)
    expect(at('2026-05-01T13:00:00Z')).toBe(true)
    expect(at('2026-05-03T08:59:59Z')).toBe(true)
    expect(at('2026-05-03T09:00:00Z')).toBe(false)
  })
})

it('trap 5: entries are deleted by uuid; by owner would be everything', async () => {
  const opened = open()
  const first = await written(opened)
  await written(opened, guestCode({ mark: 'sw0a1b9999zzzz', pin: '5938271646' }))
  expect(await opened.provider.removeCode(device, first, calm)).toEqual({ status: 'gone' })
  expect(sent(opened, 'dir/delete')).toEqual([{ users: [{ uuid: first }] }])
  expect(opened.vendor.codesOn(device).map((code) => code.pin)).toEqual(['86429750', '5938271646'])
})

describe('trap 6: `force` resets what is not given', () => {
  it('a change is an update, and leaves alone what a person added by hand', async () => {
    const opened = open()
    const vendorRef = await written(opened)
    opened.vendor.editByHand(vendorRef, (user) => (user['email'] = 'ada@example.org'))
    await opened.provider.writeCode(device, guestCode({ vendorRef, label: 'Ada L.' }), calm)
    expect(opened.vendor.user(vendorRef)).toMatchObject({ email: 'ada@example.org', name: 'Ada L.' })
  })
  it('a create whose answer was lost is found by its uuid and updated', async () => {
    const opened = open()
    opened.wire.failAll('timeout-after', ({ url }) => url.endsWith('create'))
    await expect(opened.provider.writeCode(device, guestCode(), calm)).rejects.toMatchObject({
      code: 'outcome-unknown',
    })
    opened.wire.heal()
    const until = instant('2026-05-06T09:00:00Z')
    const again = await opened.provider.writeCode(device, guestCode({ window: { ...stay, until } }), calm)
    expect(again).toEqual({ status: 'confirmed', vendorRef: uuid })
    expect((await ours(opened.provider))?.window?.until).toBe(until)
    expect(opened.vendor.codesOn(device)).toHaveLength(2)
  })
  it('the trace of a deleted entry of ours is replaced with force, once', async () => {
    const opened = open()
    await opened.provider.removeCode(device, await written(opened), calm)
    await written(opened)
    expect(sent(opened, 'dir/create').map((body) => (body as { force: boolean }).force)).toEqual([false, false, true])
    expect(await ours(opened.provider)).toMatchObject({ pin, window: stay })
  })
  it('an entry under our uuid that is somebody else’s is left alone', async () => {
    const opened = open()
    const ref = await written(opened)
    opened.vendor.editByHand(ref, (user) => Object.assign(user, { owner: 'AccessCommander', name: 'Milo' }))
    const receipt = await opened.provider.writeCode(device, guestCode({ pin: '6172839450' }), calm)
    expect(receipt).toMatchObject({ status: 'refused', reason: 'not-allowed' })
    expect(opened.vendor.user(ref)).toMatchObject({ name: 'Milo' })
  })
})

describe('trap 7: before 2.45 the body is read in order', () => {
  it('`force` stands before the users, so it is heard', async () => {
    const opened = open()
    opened.vendor.state.swVersion = '2.44.1'
    await opened.provider.removeCode(device, await written(opened), calm)
    await written(opened)
    expect(await ours(opened.provider)).toBeDefined()
    const bodies = opened.wire.calls.filter(({ request }) => request.url.endsWith('create')).map(({ body }) => body)
    for (const body of bodies) expect(body.indexOf('"force"')).toBeLessThan(body.indexOf('"users"'))
  })
  it('the fake of such a firmware overlooks it at the end', () => {
    expect(firmwareOf({ ...open().vendor.state, swVersion: '2.44.1' })).toEqual({ major: 2, minor: 44 })
  })
})

it('trap 8: only PUT creates, changes and deletes', async () => {
  const opened = open()
  const vendorRef = await written(opened)
  await opened.provider.writeCode(device, guestCode({ vendorRef }), calm)
  await opened.provider.removeCode(device, vendorRef, calm)
  const writes = asked(opened).filter((one) => /create|update|delete/.test(one))
  expect(writes).toEqual(['PUT dir/create', 'PUT dir/update', 'PUT dir/delete'])
})

describe('trap 9: a field that the model lacks spoils the whole entry', () => {
  it.each(['verso', 'base', 'access-unit'] as const)(
    'a %s is sent what it knows, lists at their length',
    async (model) => {
      const opened = open()
      opened.vendor.state.template = templateOf(model)
      opened.vendor.state.users = []
      const ref = await written(opened)
      expect(opened.vendor.user(ref)).toMatchObject({ owner: mark, access: { ...bounds, pin } })
      expect(await ours(opened.provider)).toMatchObject({ mark, label: 'Ada', pin, window: stay, enabled: true })
    },
  )
  it('a Uni knows neither PIN nor end: no code is written there, and the connection says so', async () => {
    const opened = open()
    opened.vendor.state.template = templateOf('uni')
    opened.vendor.state.users = []
    const receipt = await opened.provider.writeCode(device, guestCode(), calm)
    expect(receipt).toMatchObject({
      status: 'refused',
      reason: 'not-allowed',
      detail: expect.stringContaining('cannot end'),
    })
    expect(opened.vendor.codesOn(device)).toEqual([])
    expect((await opened.provider.readAccount(calm)).warning).toContain('cannot end a code by itself')
  })
  it('without a field for the owner the mark stands first in the name', async () => {
    const opened = open()
    const { owner: _owner, ...template } = templateOf('verso')
    Object.assign(opened.vendor.state, { template, users: [] })
    const ref = await written(opened)
    expect(opened.vendor.user(ref)).toMatchObject({ name: `${mark} Ada` })
    expect(await ours(opened.provider)).toMatchObject({ mark, label: 'Ada' })
    expect((await opened.provider.readAccount(calm)).warning).toContain('stands in the name')
  })
  it('a name that is too long for the device is tried once more, shorter', async () => {
    const opened = open()
    const body = JSON.stringify({
      success: true,
      result: { users: [{ uuid, errors: [{ code: 'EDIR_FIELD_VALUE_ERROR', field: 'name' }] }] },
    })
    opened.vendor.answerNext({ where: 'create', body })
    const ref = await written(opened, guestCode({ label: 'Wilhelmina-Alexandrina of the Netherlands' }))
    expect(opened.vendor.user(ref)?.['name']).toBe('Wilhelmina-Alexandrina of the')
  })
})

describe('trap 11 and 12: what a list leaves out, and what it lists on', () => {
  it('fields are asked for by name, and no photograph', async () => {
    const opened = open()
    await opened.provider.readCodes(device, calm)
    const [query] = sent(opened, 'dir/query') as [{ fields: string[]; series: string }]
    expect(query.fields).toEqual(expect.arrayContaining(['access.pin', 'access.validTo', 'owner', 'name']))
    expect(query.fields).not.toContain('photo')
    expect(query.series).toBe(opened.vendor.state.series)
  })
  it('a code of ours that has lost its PIN is listed without one, so that it is written again', async () => {
    const opened = open()
    const ref = await written(opened)
    opened.vendor.editByHand(ref, (user) => Object.assign(accessOf(user), { pin: '' }))
    expect((await ours(opened.provider))?.pin).toBe('')
  })
  it('deleted entries are not listed', async () => {
    const opened = open()
    await opened.provider.removeCode(device, await written(opened), calm)
    expect(opened.vendor.state.users).toHaveLength(2)
    expect(await opened.provider.readCodes(device, calm)).toHaveLength(1)
  })
  it('somebody with a card and no PIN is no code', async () => {
    const opened = open()
    opened.vendor.editByHand('0A0A0A0A-0000-4000-8000-000000000001', (user) =>
      Object.assign(accessOf(user), { pin: '', card: ['1A2B3C4D', ''] }),
    )
    expect(await opened.provider.readCodes(device, calm)).toEqual([])
  })
  it('a directory that was made anew meanwhile is not an empty one', async () => {
    const opened = open()
    const body = JSON.stringify({ success: true, result: { series: '999', invalid: true, users: [] } })
    opened.vendor.answerNext({ where: 'query', body })
    await expect(opened.provider.readCodes(device, calm)).rejects.toMatchObject({ code: 'unreachable' })
    opened.vendor.factoryReset()
    expect(await opened.provider.readCodes(device, calm)).toEqual([])
  })
  it('a code that is bound to hours, or kept from the door, counts as disabled', async () => {
    for (const change of [
      { profiles: '1', enabled: true },
      { profiles: '', enabled: false },
    ]) {
      const opened = open()
      const vendorRef = await written(opened)
      opened.vendor.editByHand(vendorRef, (user) => Object.assign(accessOf(user), { accessPoints: [change, change] }))
      expect((await ours(opened.provider))?.enabled).toBe(false)
      await opened.provider.writeCode(device, guestCode({ vendorRef }), calm)
      expect((await ours(opened.provider))?.enabled).toBe(true)
    }
  })
})

describe('trap 16: a PIN plus one may be a call for help', () => {
  it.each(['4827361503', '0482736150', '48', '482', '4827361504826', '4827a61504'])(
    '"%s" is never sent',
    async (bad) => {
      const opened = open()
      expect(await opened.provider.writeCode(device, guestCode({ pin: bad }), calm)).toMatchObject({
        status: 'refused',
        reason: 'pin-not-allowed',
      })
      expect(asked(opened)).toEqual([])
    },
  )
  it.each([pin, '4827361503', '4827361505'])('beside somebody’s "%s" another PIN is wanted', async (theirs) => {
    const { provider, vendor } = open()
    vendor.addForeignCode(device, { pin: theirs, label: 'Cleaner' })
    expect(await provider.writeCode(device, guestCode(), calm)).toEqual({ status: 'refused', reason: 'pin-taken' })
    expect(vendor.user(uuid)).toBeUndefined()
  })
  it('a switch code of somebody is a PIN that is taken', async () => {
    const { provider, vendor } = open()
    const ref = vendor.addForeignCode(device, { pin: '112244', label: 'Cleaner' })
    vendor.editByHand(ref, (user) => Object.assign(accessOf(user), { code: ['', pin, '', ''] }))
    expect(await provider.writeCode(device, guestCode(), calm)).toMatchObject({ reason: 'pin-taken' })
  })
})

it('trap 17: five wrong codes shut out everybody for half a minute, and the guest after that comes in', async () => {
  const opened = open({ at: '2026-05-01T13:30:00Z' })
  await written(opened)
  for (let n = 0; n < 5; n += 1) expect(opened.vendor.enter('111111')).toBe(false)
  expect(opened.vendor.enter(pin)).toBe(false)
  opened.clock.advance(30_000)
  expect(opened.vendor.enter(pin)).toBe(true)
})

describe('the kind of code', () => {
  it('switch-code writes the code of switch 1 and no PIN', async () => {
    const opened = open({ config: { ...open().vendor.config, opensBy: 'switch-code' } })
    const ref = await written(opened)
    expect(opened.vendor.user(ref)).toMatchObject({ access: { pin: '', code: [pin, '', '', ''], ...bounds } })
    expect((await ours(opened.provider))?.pin).toBe(pin)
  })
})

describe('another device at the address', () => {
  it('is neither read nor written', async () => {
    const { provider, vendor } = open()
    vendor.state.serialNumber = '54-0842-9999'
    for (const attempt of [
      () => provider.readCodes(device, calm),
      () => provider.writeCode(device, guestCode(), calm),
      () => provider.removeCode(device, uuid, calm),
      () => provider.readState?.(device, calm),
      () => provider.openDoor?.(device, '1', calm),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'gone', remedy: expect.stringContaining('replaced') })
    expect([vendor.state.users.length, vendor.state.openings]).toEqual([1, 0])
  })
})
