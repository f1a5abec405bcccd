import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openTenant } from './rehearsal.ts'

let hub: Awaited<ReturnType<typeof openTenant>>
beforeAll(async () => {
  hub = await openTenant('quai', { locks: 'the-keys' })
})
afterEach(() => {
  vi.useRealTimers()
})
afterAll(() => hub.close())

const doctor = () => hub.stayward('doctor')
const findings = async () => (await hub.stayward('doctor', '--json')).result['findings']

describe('stayward doctor', () => {
  it('says that no hub runs, that nothing can reach it, and that nobody would be called', async () => {
    const { code, out } = await doctor()
    expect(code).toBe(1)
    expect(out).toMatch(/^!! hub +no hub answers at http:\/\/127\.0\.0\.1:1 /m)
    expect(out).toMatch(/^ ! public address +not set: no webhook can arrive/m)
    expect(out).toMatch(/^ ! alarm address +not set: nobody is called/m)
    expect(out).toMatch(/^ok master key +in the environment/m)
  })

  it('gives machines every finding, one a line, and the result last', async () => {
    const { lines, result } = await hub.stayward('doctor', '--json')
    expect(lines.length).toBeGreaterThan(8)
    expect(lines.slice(0, -1)).toEqual(lines.slice(0, -1).map(() => expect.objectContaining({ event: 'finding' })))
    expect(result).toMatchObject({ ok: false, needsAPerson: 2 })
  })

  it('names networks that are opened to a connection that is not there', async () => {
    hub.env['STAYWARD_PRIVATE_NETWORKS'] = 'quai/locks=10.0.0.0/8,quai/lokcs=192.168.1.0/24'
    const { code, out } = await doctor()
    delete hub.env['STAYWARD_PRIVATE_NETWORKS']
    expect(code).toBe(1)
    expect(out).toMatch(
      /^!! private networks STAYWARD_PRIVATE_NETWORKS opens a network to "quai\/lokcs", and there is no/m,
    )
    expect(out).toContain('There are: quai/locks.')
    expect(out).not.toContain('"quai/locks"')
    expect((await doctor()).out).not.toContain('private networks')
  })

  it('sees a clock that is wrong', async () => {
    expect(await findings()).toContainEqual(expect.objectContaining({ topic: 'clock', state: 'ok' }))
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 45_000 })
    const clock = expect.objectContaining({
      topic: 'clock',
      state: 'bad',
      text: expect.stringMatching(/^this machine and the database are 4\d s apart$/) as string,
    }) as unknown
    expect(await findings()).toContainEqual(clock)
  })

  it('sees a login that could see every tenant, with which nothing else works', async () => {
    const safe = hub.env['STAYWARD_APP_DATABASE_URL'] ?? ''
    hub.env['STAYWARD_APP_DATABASE_URL'] = hub.ownerUrl
    const { code, out } = await doctor()
    const other = await hub.stayward('tenant', 'list')
    hub.env['STAYWARD_APP_DATABASE_URL'] = safe
    expect(code).toBe(1)
    expect(out).toMatch(/^!! logins +The login "postgres" is a superuser/m)
    expect(other.code).toBe(1)
    expect(other.err).toContain('is a superuser, whom no row level security holds')
  })

  it('sees work that nobody looks at, and what fails again and again', async () => {
    await hub.owner.query(`update work set wake_at = now() - interval '20 minutes', ready = true where kind = 'probe'`)
    await hub.owner.query(
      `insert into work (tenant_id, kind, key, attempt, failing_since, last_error, wake_at)
       select id, 'device', 'some-device', 3, '2026-07-10T08:00Z', 'unreachable', now() + interval '5 minutes' from tenant`,
    )
    const { out } = await doctor()
    expect(out).toMatch(/^!! work +\d+ waiting, the oldest for 20 min, 1 failing$/m)
    expect(out).toMatch(/^ ! failing +device some-device, 3 times since 2026-07-10 08:00 UTC\n +unreachable$/m)
  })

  it('lists what waits for a person, by name', async () => {
    await hub.owner.query(
      `insert into alert (tenant_id, id, kind, subject, text, remedy, loud, opened_at)
       select tenant_id, gen_random_uuid(), 'connection', 'connection:' || id, 'The Keys does not answer.',
         'Nothing: it is tried again.', 'page', now() from connection`,
    )
    const alert = /connection locks(: | \(URGENT.*\): )The Keys does not answer\./
    const { code, out } = await doctor()
    expect(code).toBe(1)
    expect(out).toMatch(/^Tenant quai: 0 units, 1 alert open$/m)
    expect(out).toMatch(alert)
    expect((await hub.stayward('alerts')).out).toMatch(alert)
  })
})
