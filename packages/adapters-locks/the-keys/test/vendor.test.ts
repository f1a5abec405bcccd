import { describe, expect, it } from 'vitest'
import { theKeysVendor, type TheKeysVendor, type TheKeysVendorOptions } from '../src/testing/index.ts'

const origin = 'https://api.the-keys.fr'
const api = `${origin}/fr/api/v2`
const flat12 = '7001/Kp7xQ2Za'
const form = 'application/x-www-form-urlencoded'

/** The fake with a clock to turn and the vendor's own form of calls, without the adapter. */
function play(options: Omit<TheKeysVendorOptions, 'now'> = {}, at = Date.parse('2026-05-01T08:00:00Z')) {
  let now = at
  const vendor = theKeysVendor({ now: () => now, ...options })
  return { vendor, advance: (ms: number) => (now += ms), now: () => now, ...clientOf(vendor) }
}

function clientOf(vendor: TheKeysVendor) {
  const signIn = async (password = vendor.config.password, type = form) => {
    const body = new URLSearchParams({ _username: vendor.config.username, _password: password }).toString()
    return await vendor.respond(
      new Request(`${origin}/api/login_check`, { method: 'POST', headers: { 'content-type': type }, body }),
    )
  }
  const call = async (
    method: string,
    path: string,
    { body, type = form, token }: { body?: string; type?: string; token?: string } = {},
  ) => {
    const bearer = token ?? ((await (await signIn()).json()) as { token: string }).token // the fake's own answer
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': type }
    return await vendor.respond(
      new Request(`${api}/${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
    )
  }
  const json = async (...of: Parameters<typeof call>): Promise<Record<string, unknown>> =>
    (await (await call(...of)).json()) as Record<string, unknown> // an object, as every envelope
  return { signIn, call, json }
}

const create = 'partage/create/7001/accessoire/Kp7xQ2Za'
const fields = (changes: Record<string, string> = {}) =>
  new URLSearchParams(
    Object.entries({ '[nom]': 'Guest', '[actif]': '1', '[code]': '2468', '[description]': 'x', ...changes }).map(
      ([name, value]) => [`partage_accessoire${name}`, value],
    ),
  ).toString()
const pins = (vendor: TheKeysVendor, device = flat12) => vendor.codesOn(device).map(({ pin }) => pin)

describe('the sign-in', () => {
  it('answers with the six fields; a wrong password is 401 and plain text', async () => {
    const { signIn } = play()
    const good = await signIn()
    expect(Object.keys((await good.json()) as object).sort()).toEqual([
      'access_token',
      'expires_in',
      'refresh_token',
      'scope',
      'token',
      'token_type',
    ])
    const bad = await signIn('wrong')
    expect([bad.status, bad.headers.get('content-type')]).toEqual([401, expect.stringContaining('text/plain')])
  })
  it('reads forms only', async () => {
    expect((await play().signIn(undefined, 'application/json')).status).toBe(401)
  })
  it('gives tokens that end', async () => {
    const { call, signIn, advance, vendor } = play()
    vendor.state.switches.tokenLifetime = 60
    const { token } = (await (await signIn()).json()) as { token: string } // the fake's own answer
    expect((await call('GET', 'partage/all/serrure/7001', { token })).status).toBe(200)
    advance(60_000)
    expect((await call('GET', 'partage/all/serrure/7001', { token })).status).toBe(401)
  })
})

describe('the API', () => {
  it('answers with and without the format, and unknown ids with nothing inside a 200', async () => {
    const { json } = play()
    expect(await json('GET', 'partage/all/serrure/7001')).toEqual(
      await json('GET', 'partage/all/serrure/7001?_format=json'),
    )
    for (const path of ['partage/all/serrure/1', 'accessoire/get/1', 'utilisateur/get/%2B33699999999'])
      expect(await json('GET', path)).toEqual({ status: 200, data: null, message: { global: [], form: [] } })
    expect(await json('GET', 'accessoire/get/9101')).toMatchObject({
      data: { id_accessoire: 'Gw4mT1xB', info: { ip: '192.168.1.20' } },
    })
  })
  it('refuses PUT and DELETE, and does not know other paths', async () => {
    const { call } = play()
    expect((await call('PUT', 'partage/accessoire/update/88003')).status).toBe(405)
    expect((await call('DELETE', 'partage/accessoire/delete/88003')).status).toBe(405)
    expect((await call('GET', 'serrure/list')).status).toBe(404)
  })
  it('takes a JSON body for an empty form, and draws a PIN where none is sent', async () => {
    const { json, vendor } = play()
    const { data } = await json('POST', create, {
      type: 'application/json',
      body: '{"partage_accessoire":{"code":"2468"}}',
    })
    expect(data).toMatchObject({ code: expect.stringMatching(/^\d{4}$/) })
    expect(vendor.state.shares.at(-1)).toMatchObject({ nom: '', actif: false, date_debut: null })
  })
  it.each([
    'partage/create/7001/accessoire/9102',
    'partage/create/7001/accessoire/Kp3vN6Hd',
    'partage/create/1/accessoire/Kp7xQ2Za',
  ])('creates nothing under %s', async (path) => {
    const { json, vendor } = play()
    const before = vendor.state.shares.length
    expect(await json('POST', path, { body: fields() })).toMatchObject({ status: 200, data: null })
    expect(vendor.state.shares).toHaveLength(before)
  })
  it('updates whole forms: any value ticks a box, what is left out is cleared, the PIN drawn anew', async () => {
    const { json, vendor } = play()
    const id = (
      (
        await json('POST', create, {
          body: fields({ '[date_debut]': '2026-05-01', '[heure_debut][hour]': '15', '[heure_debut][minute]': '0' }),
        })
      )['data'] as { id: number }
    ).id
    const share = () => vendor.state.shares.find((one) => one.id === id)
    expect(share()).toMatchObject({ date_debut: '2026-05-01', heure_debut: { hour: '15', minute: '0' }, code: '2468' })
    await json('POST', `partage/accessoire/update/${id}`, { body: 'partage_accessoire[actif]=0' })
    expect(share()).toMatchObject({ actif: true, nom: '', description: null, date_debut: null, heure_debut: null })
    expect(share()?.code).not.toBe('2468')
    await json('POST', `partage/accessoire/update/${id}`, {
      body: fields().replace(/partage_accessoire%5Bactif%5D=1&?/, ''),
    })
    expect(share()).toMatchObject({ actif: false, code: '2468', notification_enabled: false })
  })
  it('allows names twice, and PINs twice unless it is told otherwise', async () => {
    const { json, vendor } = play()
    await json('POST', create, { body: fields() })
    expect(await json('POST', create, { body: fields() })).toMatchObject({ status: 200 })
    vendor.state.switches.duplicatePins = 'status-400'
    expect(await json('POST', create, { body: fields() })).toMatchObject({
      status: 400,
      message: { form: [expect.any(String)] },
    })
  })
  it('fails on demand: inside a 200, and as a page', async () => {
    const { call, vendor } = play()
    vendor.answerNext({ answer: 'status-in-200', status: 500, path: 'partage' })
    const inside = await call('GET', 'partage/all/serrure/7001')
    expect([inside.status, await inside.json()]).toEqual([200, expect.objectContaining({ status: 500, data: null })])
    vendor.answerNext({ answer: 'html-500', status: 500, path: 'partage' })
    const page = await call('GET', 'partage/all/serrure/7001')
    expect([page.status, page.headers.get('content-type')]).toEqual([500, 'text/html'])
    expect((await call('GET', 'partage/all/serrure/7001')).status).toBe(200)
  })
})

describe('what the lock holds', () => {
  it('follows the cloud ten seconds later while the gateway is online', async () => {
    const { vendor, json, advance } = play()
    await json('POST', create, { body: fields() })
    advance(9_999)
    expect(pins(vendor)).not.toContain('2468')
    advance(1)
    expect(pins(vendor)).toContain('2468')
  })
  it('waits for the gateway to come back, deletions too', async () => {
    const { vendor, json, advance } = play()
    vendor.setOnline(flat12, false)
    await json('POST', 'partage/accessoire/delete/88003')
    advance(86_400_000)
    expect(pins(vendor)).toContain('8642')
    vendor.setOnline(flat12, true)
    advance(9_999)
    expect(pins(vendor)).toContain('8642')
    advance(1)
    expect(pins(vendor)).not.toContain('8642')
  })
  it('a change that the gateway went offline on does not arrive', async () => {
    const { vendor, json, advance } = play()
    await json('POST', create, { body: fields() })
    advance(5_000)
    vendor.setOnline(flat12, false)
    advance(60_000)
    expect(pins(vendor)).not.toContain('2468')
  })
  it('without a gateway changes only when a phone visits', async () => {
    const { vendor, json, advance } = play()
    await json('POST', 'partage/create/7003/accessoire/Kp8jF4Ts', { body: fields() })
    advance(86_400_000)
    expect(pins(vendor, '7003/Kp8jF4Ts')).toEqual([])
    vendor.phoneVisits('7003')
    expect(pins(vendor, '7003/Kp8jF4Ts')).toEqual(['2468'])
  })
  it('leaves out what is not active', async () => {
    const { vendor, json, advance } = play()
    await json('POST', create, { body: 'partage_accessoire[code]=2468' })
    advance(60_000)
    expect(pins(vendor)).not.toContain('2468')
  })
  it('is shown on a route that only tests know', async () => {
    const { vendor } = play()
    const answer = await vendor.respond(new Request(`${origin}/test-only/locks/7001/codes`))
    expect(await answer.json()).toMatchObject([
      { code: 'gateway-share-secret' },
      { code: 'button-share-secret' },
      { code: '8642' },
      { code: '1397' },
    ])
  })
})

describe('the gateway', () => {
  const seen = async ({ json }: ReturnType<typeof play>) => {
    const { data } = await json('GET', 'accessoire/get/9101')
    return (data as { info: { last_seen: string } }).info.last_seen // the fake's own answer
  }
  it('shows up every five seconds while it is online and freezes when it is not', async () => {
    const played = play()
    expect(await seen(played)).toBe('2026-05-01T10:00:00')
    played.advance(14_000)
    expect(await seen(played)).toBe('2026-05-01T10:00:10')
    played.vendor.setOnline(flat12, false)
    played.advance(3_600_000)
    expect(await seen(played)).toBe('2026-05-01T10:00:10')
    played.vendor.setOnline(flat12, true)
    expect(await seen(played)).toBe('2026-05-01T11:00:14')
  })
  it('keeps the pace it is given', async () => {
    const played = play({ heartbeatEvery: 2_000, syncDelay: 200 })
    await played.json('POST', create, { body: fields() })
    played.advance(3_000)
    expect(await seen(played)).toBe('2026-05-01T10:00:02')
    expect(pins(played.vendor)).toContain('2468')
  })
})

it('goes on after its state was stored as text, with what was on its way', async () => {
  const first = play()
  const { token } = (await (await first.signIn()).json()) as { token: string } // the fake's own answer
  await first.json('POST', create, { body: fields({ '[date_debut]': '2026-05-01', '[date_fin]': '2026-05-03' }) })
  first.vendor.setOnline('7002/Kp3vN6Hd', false)
  first.vendor.answerNext({ answer: 'html-500', status: 500, path: 'accessoire/get' })
  const state = JSON.parse(JSON.stringify(first.vendor.state)) as typeof first.vendor.state // what JSON kept of it
  expect(state).toEqual(first.vendor.state)
  const second = play({ state }, first.now() + 12_000)
  expect(pins(second.vendor)).toContain('2468')
  expect((await second.call('GET', 'partage/all/serrure/7001', { token })).status).toBe(200)
  expect((await second.call('GET', 'accessoire/get/9101', { token })).status).toBe(500)
  const before = second.vendor.state.shares.map(({ id }) => id)
  await second.json('POST', create, { body: fields({ '[code]': '1357' }) })
  expect(before).not.toContain(second.vendor.state.shares.at(-1)?.id)
})
