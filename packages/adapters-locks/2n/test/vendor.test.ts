import { describe, expect, it } from 'vitest'
import { digestAnswer, challengeIn } from '../src/digest.ts'
import { deviceAddress, goodAccount, twoNVendor } from '../src/testing/index.ts'

/** A device, and a way to ask it as a program would that is not the adapter. */
function device() {
  let time = Date.parse('2026-05-01T08:00:00Z')
  const vendor = twoNVendor({ now: () => time })
  const ask = async (method: string, path: string, body?: string | FormData, headers: Record<string, string> = {}) => {
    const url = `https://${deviceAddress}/api/${path}`
    const request = (extra: Record<string, string>) =>
      new Request(url, { method, headers: { ...headers, ...extra }, ...(body === undefined ? {} : { body }) })
    const first = await vendor.respond(request({}))
    const challenge = challengeIn(first.headers.get('www-authenticate'))
    if (first.status !== 401 || challenge?.scheme !== 'digest') return (await first.json()) as Answer
    const { pathname, search } = new URL(url)
    const signed = { method, uri: `${pathname}${search}`, cnonce: 'c0ffee', count: 1 }
    const answer = await vendor.respond(request({ authorization: digestAnswer(challenge, goodAccount, signed) }))
    return (await answer.json()) as Answer
  }
  return { vendor, ask, advance: (by: number) => (time += by) }
}

interface Answer {
  readonly success: boolean
  readonly error?: { readonly code: number }
  readonly result?: {
    readonly users?: readonly Record<string, unknown>[]
    readonly id?: number
    readonly events?: unknown[]
  }
}

const uuid = '5F2C7A10-4B3D-4E21-9A77-0C0FFEE04411'
const json = (value: unknown) => JSON.stringify(value)
const entry = {
  uuid,
  owner: 'somebody',
  name: 'Ada',
  access: { validFrom: '1777640400', validTo: '1777798800', pin: '482736' },
}

describe('the fake directory', () => {
  it('takes the same as JSON and as a part of a form', async () => {
    const { vendor, ask } = device()
    const form = new FormData()
    form.set('blob-json', new Blob([json({ users: [entry] })], { type: 'application/json' }))
    expect(await ask('PUT', 'dir/create', form)).toMatchObject({
      success: true,
      result: { users: [{ uuid, timestamp: 2 }] },
    })
    expect(vendor.user(uuid)).toMatchObject({ name: 'Ada' })
  })
  it.each(['GET', 'POST', 'DELETE'])('refuses %s for what creates, changes and deletes', async (method) => {
    const { ask } = device()
    for (const name of ['create', 'update', 'delete'])
      expect(await ask(method, `dir/${name}`)).toMatchObject({ success: false, error: { code: 3 } })
  })
  it.each([
    [{ ...entry, nmae: 'x' }, 'EDIR_FIELD_NAME_UNKNOWN', 'nmae'],
    [{ ...entry, access: { pin: 482736 } }, 'EDIR_FIELD_VALUE_ERROR', 'access.pin'],
    [{ ...entry, access: { validTo: 1777798800 } }, 'EDIR_FIELD_VALUE_ERROR', 'access.validTo'],
    [
      { ...entry, access: { validFrom: '1777798800', validTo: '1777640400' } },
      'EDIR_FIELD_VALUE_ERROR',
      'access.validTo',
    ],
    [{ ...entry, access: { code: ['4827'] } }, 'EDIR_FIELD_VALUE_ERROR', 'access.code'],
    [{ ...entry, uuid: 'mine' }, 'EDIR_FIELD_VALUE_ERROR', 'uuid'],
  ])('refuses %j within a yes', async (one, code, field) => {
    const { vendor, ask } = device()
    const answer = await ask('PUT', 'dir/create', json({ users: [one] }))
    expect(answer).toMatchObject({ success: true, result: { users: [{ errors: [{ code, field }] }] } })
    expect(vendor.state.users).toHaveLength(1)
  })
  it('changes nothing of an entry with one bad field', async () => {
    const { vendor, ask } = device()
    await ask('PUT', 'dir/create', json({ users: [entry] }))
    await ask('PUT', 'dir/update', json({ users: [{ uuid, name: 'Bob', access: { pin: 1 } }] }))
    expect(vendor.user(uuid)).toMatchObject({ name: 'Ada' })
  })
  it('changes only what is given, and forced creation resets the rest', async () => {
    const { vendor, ask } = device()
    await ask('PUT', 'dir/create', json({ users: [entry] }))
    await ask('PUT', 'dir/update', json({ users: [{ uuid, access: { validTo: '1777885200' } }] }))
    expect(vendor.user(uuid)).toMatchObject({ access: { validTo: '1777885200', pin: '482736' } })
    await ask('PUT', 'dir/create', json({ force: true, users: [{ uuid, name: 'Bob' }] }))
    expect(vendor.user(uuid)).toMatchObject({ name: 'Bob', access: { validTo: '0', pin: '' } })
  })
  it('with firmware before 2.45 does not see `force` behind the users', async () => {
    const { vendor, ask } = device()
    vendor.state.swVersion = '2.44.0'
    await ask('PUT', 'dir/create', json({ users: [entry] }))
    const answer = await ask('PUT', 'dir/create', json({ users: [{ uuid, name: 'Bob' }], force: true }))
    expect(answer.result?.users?.[0]).toMatchObject({ errors: [{ code: 'EDIR_UUID_ALREADY_EXISTS' }] })
  })
  it('empties everything of an owner, and keeps the traces', async () => {
    const { vendor, ask } = device()
    await ask('PUT', 'dir/create', json({ users: [entry, { ...entry, uuid: uuid.replace('11', '12') }] }))
    await ask('PUT', 'dir/delete', json({ owner: 'somebody' }))
    expect(vendor.state.users.map(({ deleted }) => deleted)).toEqual([false, true, true])
    const listed = await ask('POST', 'dir/query', json({ iterator: { timestamp: 1 } }))
    expect(listed.result?.users?.map((one) => one['deleted'])).toEqual([true, true])
  })
  it('shows what is asked for: nothing named is what differs, an empty list is all', async () => {
    const { ask } = device()
    await ask('PUT', 'dir/create', json({ users: [entry] }))
    const one = async (fields?: readonly string[]) =>
      (await ask('POST', 'dir/get', json({ users: [{ uuid }], ...(fields ? { fields } : {}) }))).result?.users?.[0]
    expect(await one()).toEqual({ ...entry, timestamp: 2 })
    expect(await one(['access.accessPoints[1].enabled', 'nonsense'])).toEqual({
      uuid,
      timestamp: 2,
      access: { accessPoints: [null, { enabled: true }] },
    })
    expect(await one([])).toHaveProperty('photo')
  })
  it('says so when it is asked for another directory', async () => {
    const { ask } = device()
    const answer = await ask('POST', 'dir/query', json({ series: '1' }))
    expect(answer.result).toMatchObject({ invalid: true, series: '3141592653', users: [] })
  })
})

describe('the fake log', () => {
  it('forgets a channel that nobody pulls for its time', async () => {
    const { vendor, ask, advance } = device()
    const { result } = await ask('GET', 'log/subscribe?include=all&duration=30')
    vendor.enter('86429750')
    expect((await ask('GET', `log/pull?id=${result?.id}`)).result?.events).toHaveLength(3)
    advance(30_001)
    expect(await ask('GET', `log/pull?id=${result?.id}`)).toMatchObject({ success: false, error: { code: 12 } })
  })
  it('keeps to the filter', async () => {
    const { vendor, ask } = device()
    vendor.enter('86429750')
    const { result } = await ask('GET', 'log/subscribe?include=-60&filter=UserAuthenticated')
    expect((await ask('GET', `log/pull?id=${result?.id}`)).result?.events).toHaveLength(1)
  })
})

it('survives a round trip through JSON with all it knows', async () => {
  const { vendor, ask } = device()
  await ask('PUT', 'dir/create', json({ users: [entry] }))
  vendor.enter('86429750')
  const again = twoNVendor({ state: JSON.parse(JSON.stringify(vendor.state)) as typeof vendor.state }) // what was stored
  expect(again.codesOn(again.deviceId)).toEqual(vendor.codesOn(vendor.deviceId))
  expect(again.state.log).toEqual(vendor.state.log)
})

it('wants encryption', async () => {
  const { vendor } = device()
  const answer = await vendor.respond(new Request(`http://${deviceAddress}/api/system/info`))
  expect(await answer.json()).toMatchObject({ success: false, error: { code: 7 } })
})
