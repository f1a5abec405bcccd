import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addConnection, deliveriesOf, marksOf, post, signatureOf, startHub, type TestHub } from './hub.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.stop())

const booking = (ref: string, more: object = {}) => JSON.stringify({ action: 'updateReservation', ref, ...more })

describe('the table of answers', () => {
  it('stores an understood delivery, marks what it points at, and says 200', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    const answer = await post(hub.url, bell.path, booking('90210001'))
    expect([answer.status, await answer.text()]).toEqual([200, '{"received":true}'])
    const [row, ...more] = await deliveriesOf(hub.owner, bell)
    expect(more).toEqual([])
    expect(row).toMatchObject({
      status: 'accepted',
      topic: 'updateReservation',
      proof: 'address-only',
      copies: 1,
      size: 47,
    })
    expect(await marksOf(hub.owner, bell)).toEqual([`fetch:${bell.id}/90210001`])
  })

  it('answers unknown adapter, tenant, token and mismatches with the same 404, and counts them', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    const other = await addConnection(hub.pool, 'bell')
    const expired = await addConnection(hub.pool, 'bell', { expiresAt: '2020-01-01T00:00:00Z' })
    const deaf = await addConnection(hub.pool, 'deaf')
    const paths = [
      `/api/webhooks/nobody/t/${bell.slug}/${bell.token}`,
      `/api/webhooks/bell/t/nobody/${bell.token}`,
      `/api/webhooks/bell/t/${bell.slug}/${'x'.repeat(22)}`,
      `/api/webhooks/bell/t/${bell.slug}/short`,
      `/api/webhooks/bell/t/${other.slug}/${bell.token}`,
      `/api/webhooks/signed-bell/t/${bell.slug}/${bell.token}`,
      expired.path,
      deaf.path,
      '/api/webhooks/',
      `${bell.path}/more`,
      '/no/such/page',
    ]
    const answers = await Promise.all(paths.map((path) => post(hub.url, path, booking('1'))))
    const told = await Promise.all(
      answers.map(async (answer) => [answer.status, answer.headers.get('content-type'), await answer.text()]),
    )
    expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(told[0]?.[0]).toBe(404)
    expect(await deliveriesOf(hub.owner, bell)).toEqual([])
    expect(await marksOf(hub.owner, bell)).toEqual([])
    await expect
      .poll(
        async () =>
          (await hub.owner.query('select adapter, reason, count from stray_delivery order by adapter, reason')).rows,
      )
      .toEqual([
        { adapter: 'bell', reason: 'unknown-address', count: 4 },
        { adapter: 'deaf', reason: 'unknown-address', count: 1 },
        { adapter: 'signed-bell', reason: 'unknown-address', count: 1 },
        { adapter: null, reason: 'unknown-adapter', count: 4 },
      ])
  })

  it.each([
    ['a wrong signature', { 'x-bell-sign': 'nonsense' }, 'bad-signature'],
    ['no signature', {}, 'bad-signature'],
    ['a signature that is too old', { 'x-stale': '1' }, 'stale'],
  ])('keeps %s in quarantine without a mark, and says 401', async (_, headers, cause) => {
    const bell = await addConnection(hub.pool, 'signed-bell')
    const answer = await post(hub.url, bell.path, '{}', headers)
    expect(answer.status).toBe(401)
    const [row] = await deliveriesOf(hub.owner, bell)
    expect(row).toMatchObject({ status: 'quarantined', reason: expect.stringContaining(cause) })
    expect(await marksOf(hub.owner, bell)).toEqual([])
  })

  it('takes facts only from a signed delivery', async () => {
    const bell = await addConnection(hub.pool, 'signed-bell', { secret: 's3' })
    const answer = await post(hub.url, bell.path, '{}', { 'x-bell-sign': signatureOf('s3', '{}') })
    expect(answer.status).toBe(200)
    expect(await marksOf(hub.owner, bell)).toEqual([`fetch:${bell.id}/d1`, `fetch:${bell.id}/m1`])
    const plain = await addConnection(hub.pool, 'bell')
    await post(hub.url, plain.path, booking('7'))
    expect(await marksOf(hub.owner, plain)).toEqual([`fetch:${plain.id}/7`])
  })

  it('takes tenant and connection from the address, whatever names the payload holds', async () => {
    const [bell, other] = [await addConnection(hub.pool, 'bell'), await addConnection(hub.pool, 'bell')]
    const names = { tenant: other.tenantId, tenantId: other.tenantId, slug: other.slug, connection: other.id }
    expect((await post(hub.url, bell.path, booking('90210002', names))).status).toBe(200)
    expect(await deliveriesOf(hub.owner, bell)).toHaveLength(1)
    expect(await marksOf(hub.owner, bell)).toEqual([`fetch:${bell.id}/90210002`])
    expect([await deliveriesOf(hub.owner, other), await marksOf(hub.owner, other)]).toEqual([[], []])
  })

  it('says 413 beyond the cap and keeps only the fact', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    const small = await addConnection(hub.pool, 'signed-bell')
    const answers = await Promise.all([
      post(hub.url, bell.path, 'x'.repeat(1024 * 1024 + 1)),
      post(hub.url, small.path, 'x'.repeat(2_001)),
      post(hub.url, bell.path, 'x'.repeat(20_000_000)),
    ])
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413])
    for (const connection of [bell, small]) {
      const [row, ...more] = await deliveriesOf(hub.owner, connection)
      expect(more).toEqual([])
      expect(row).toMatchObject({ status: 'quarantined', headers_sealed: null, payload_sealed: null })
      expect(await marksOf(hub.owner, connection)).toEqual([])
    }
    expect((await post(hub.url, bell.path, 'x'.repeat(1024 * 1024))).status).toBe(200)
  })

  it.each([
    ['not JSON', '<html>'],
    ['nothing', ''],
    ['invalid UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
    ['gzip', new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])],
    ['another shape', '[1,2]'],
    ['__proto__ instead of fields', '{"__proto__":{"action":"a","ref":"1"}}'],
    ['JSON nested 10,000 deep', '['.repeat(10_000)],
    ['what makes the adapter fail', 'explode'],
  ])('keeps %s in quarantine, looks at the connection once, and says 200', async (_, body) => {
    const bell = await addConnection(hub.pool, 'bell')
    const answer = await post(hub.url, bell.path, body)
    expect(answer.status).toBe(200)
    const [row] = await deliveriesOf(hub.owner, bell)
    expect(row).toMatchObject({ status: 'quarantined', reason: expect.stringContaining('malformed') })
    expect(await marksOf(hub.owner, bell)).toEqual([`connection:${bell.id}`])
    expect(hub.logged()).not.toContain('canary-bug')
  })

  it('takes the last of doubled keys, as JSON does', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    await post(hub.url, bell.path, '{"action":"a","ref":"1","ref":"2"}')
    expect(await marksOf(hub.owner, bell)).toEqual([`fetch:${bell.id}/2`])
  })

  it('stores words that no text of a database may hold', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    const odd = JSON.stringify({ action: 'a\u0000\nb\ud800', ref: '3', delivery: '\u0000' })
    expect((await post(hub.url, bell.path, odd)).status).toBe(200)
    expect(await deliveriesOf(hub.owner, bell)).toMatchObject([{ status: 'accepted', topic: 'a  b\ufffd' }])
  })

  it('keeps an ignored action as ignored and marks nothing', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    expect((await post(hub.url, bell.path, '{"action":"ignored"}')).status).toBe(200)
    expect(await deliveriesOf(hub.owner, bell)).toMatchObject([{ status: 'ignored', reason: 'nothing of ours' }])
    expect(await marksOf(hub.owner, bell)).toEqual([])
  })

  it('answers a challenge as plain text and keeps neither question nor answer', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    const answer = await fetch(`${hub.url}${bell.path}?challenge=%3Cb%3Ehi`)
    expect([answer.status, await answer.text()]).toEqual([200, '<b>hi'])
    expect(answer.headers.get('content-type')).toContain('text/plain')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await deliveriesOf(hub.owner, bell)).toMatchObject([
      { status: 'challenge', headers_sealed: null, payload_sealed: null },
    ])
  })

  it('takes only GET and POST', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await fetch(hub.url + bell.path, { method })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST'])
    }
    expect(await deliveriesOf(hub.owner, bell)).toEqual([])
  })

  it('says 429 with Retry-After beyond the limit, per address and per sender', async () => {
    const limits = { perClient: { most: 6, within: 60_000 }, perAddress: { most: 3, within: 60_000 } }
    const tight = await startHub({ limits, trustProxy: 1 })
    try {
      const [one, two, three] = [
        await addConnection(tight.pool, 'bell'),
        await addConnection(tight.pool, 'bell'),
        await addConnection(tight.pool, 'bell'),
      ]
      const from = (path: string, client: string) => post(tight.url, path, booking('1'), { 'x-forwarded-for': client })
      const statuses = []
      for (const path of [one.path, one.path, one.path, one.path, two.path, two.path])
        statuses.push((await from(path, '198.51.100.1')).status)
      expect(statuses).toEqual([200, 200, 200, 429, 200, 200])
      const over = await from(three.path, '198.51.100.1')
      expect([over.status, Number(over.headers.get('retry-after')) > 0]).toEqual([429, true])
      expect((await from(three.path, '198.51.100.2')).status).toBe(200)
    } finally {
      await tight.stop()
    }
  })

  it('tells the adapter who sent it, as the trusted proxy says, or the socket where none is trusted', async () => {
    const proxied = await startHub({ trustProxy: 1 })
    try {
      const whence = async ({ url, pool, owner }: TestHub) => {
        const bell = await addConnection(pool, 'bell')
        const body = JSON.stringify({ action: 'whence' })
        await post(url, bell.path, body, { 'x-forwarded-for': '203.0.113.9, 38.80.170.7' })
        return (await deliveriesOf(owner, bell)).map(({ reason }) => reason)
      }
      expect(await whence(proxied)).toEqual(['from 38.80.170.7'])
      expect(await whence(hub)).toEqual([expect.stringMatching(/^from (?:::ffff:)?127\.0\.0\.1$/)])
    } finally {
      await proxied.stop()
    }
  })
})

describe('doubles and order', () => {
  it('counts a double within five minutes and still marks', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    for (let copy = 0; copy < 3; copy++) expect((await post(hub.url, bell.path, booking('5'))).status).toBe(200)
    expect(await deliveriesOf(hub.owner, bell)).toMatchObject([{ copies: 3 }])
    await hub.owner.query('delete from work where tenant_id = $1', [bell.tenantId])
    expect((await post(hub.url, bell.path, booking('5'))).status).toBe(200)
    expect(await marksOf(hub.owner, bell)).toEqual([`fetch:${bell.id}/5`])
  })

  it('goes by the vendor’s own id where there is one', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    await post(hub.url, bell.path, booking('5', { delivery: 'A' }))
    await post(hub.url, bell.path, booking('6', { delivery: 'A' }))
    await post(hub.url, bell.path, booking('6', { delivery: 'B' }))
    expect((await deliveriesOf(hub.owner, bell)).map(({ copies }) => copies)).toEqual([2, 1])
    expect(await marksOf(hub.owner, bell)).toEqual([`fetch:${bell.id}/5`, `fetch:${bell.id}/6`])
  })

  it('keeps a forgery apart from the genuine delivery with the same bytes', async () => {
    const bell = await addConnection(hub.pool, 'signed-bell', { secret: 's4' })
    expect((await post(hub.url, bell.path, '{}')).status).toBe(401)
    expect((await post(hub.url, bell.path, '{}', { 'x-bell-sign': signatureOf('s4', '{}') })).status).toBe(200)
    expect((await deliveriesOf(hub.owner, bell)).map(({ status }) => status)).toEqual(['quarantined', 'accepted'])
  })

  it('marks the same keys in whatever order and number deliveries come', async () => {
    const [one, two] = [await addConnection(hub.pool, 'bell'), await addConnection(hub.pool, 'bell')]
    const script = ['1', '2', '3', '1', '2', '1']
    for (const ref of script) await post(hub.url, one.path, booking(ref))
    await Promise.all(script.toReversed().map((ref) => post(hub.url, two.path, booking(ref))))
    const refs = async (connection: typeof one) =>
      (await marksOf(hub.owner, connection)).map((key) => key.replace(connection.id, ''))
    expect(await refs(two)).toEqual(await refs(one))
  })

  it('makes no key of what is not a name, and of too many names', async () => {
    const bell = await addConnection(hub.pool, 'bell')
    await post(hub.url, bell.path, booking('../other tenant'))
    expect(await marksOf(hub.owner, bell)).toEqual([`connection:${bell.id}`])
    const many = await addConnection(hub.pool, 'bell')
    await post(
      hub.url,
      many.path,
      JSON.stringify({ action: 'a', refs: Array.from({ length: 101 }, (_, n) => String(n)) }),
    )
    expect(await marksOf(hub.owner, many)).toEqual([`connection:${many.id}`])
  })
})
