import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { passed, testLine } from '../../src/cli/connection-set-up.ts'
import { sharedTurns } from '../../src/tenancy/shared-turns.ts'
import { credentials, openRehearsal, type Rehearsal } from './rehearsal.ts'

let hub: Rehearsal
beforeAll(async () => {
  hub = await openRehearsal()
  await hub.stayward('tenant', 'add', 'quai')
})
afterAll(() => hub.close())

/** What is stored, past row level security. */
async function stored(sql: string): Promise<readonly Record<string, unknown>[]> {
  const owner = new pg.Client(hub.ownerUrl)
  await owner.connect()
  try {
    return (await owner.query<Record<string, unknown>>(sql)).rows
  } finally {
    await owner.end()
  }
}

describe('stayward connection', () => {
  it('asks for every field that is missing or wrong, by its title, and quotes no value', async () => {
    hub.files.set(
      'half.json',
      '{ "apiToken": "topsecret!", "sender": "way too long a name", "apiTokn": "hidden-word" }',
    )
    const { code, err } = await hub.stayward(
      'connection',
      'add',
      'sms',
      '--adapter',
      'smsfactor',
      '--config',
      'half.json',
    )
    expect(code).toBe(1)
    expect(err).toContain('"apiTokn" is not a field of SMSFactor.')
    expect(err).toContain('Sender name (sender): The sender has at most 11 letters or digits')
    hub.files.set('half.json', '{ "username": "0612345678" }')
    const keys = await hub.stayward('connection', 'add', 'locks', '--adapter', 'the-keys', '--config', 'half.json')
    expect(keys.err).toContain('Phone number of the account (username): The account name is its phone number')
    expect(keys.err).toContain('Password (password) is missing.')
    for (const value of ['topsecret!', 'hidden-word', '0612345678']) expect(err + keys.err).not.toContain(value)
    expect(await stored('select from connection')).toEqual([])
  })

  it('does not say what stands in a file that is not JSON', async () => {
    hub.files.set('broken.json', '{ "apiKey": hunter2 }')
    const { code, err } = await hub.stayward(
      'connection',
      'add',
      'smoobu',
      '--adapter',
      'smoobu',
      '--config',
      'broken.json',
    )
    expect(code).toBe(1)
    expect(err).toMatch(/^broken\.json is not JSON( \(line 1 column 13\))?\./)
    expect(err).not.toContain('hunter2')
    const missing = await hub.stayward('connection', 'add', 'smoobu', '--adapter', 'smoobu', '--config', 'nowhere.json')
    expect(missing.err).toMatch(/^nowhere\.json is not there\./)
  })

  it('takes no secret from the command line', async () => {
    const { code, err } = await hub.stayward(
      'connection',
      'add',
      'smoobu',
      '--adapter',
      'smoobu',
      '--set',
      'apiKey=abc',
    )
    expect(code).toBe(2)
    expect(err).toMatch(
      /API key \(apiKey\) is secret, and what is typed here stays in the shell's history\.\n.*--config/,
    )
    expect(err).not.toContain('abc')
  })

  it('keeps a connection whose test fails, and says what is wrong', async () => {
    hub.files.set('wrong.json', JSON.stringify({ ...credentials.theKeys(hub.theKeys), password: 'not the one' }))
    const { code, result } = await hub.stayward(
      'connection',
      'add',
      'locks',
      '--adapter',
      'the-keys',
      '--config',
      'wrong.json',
      '--json',
    )
    expect(code).toBe(1)
    expect(result).toMatchObject({ ok: false, connection: { name: 'locks' }, test: { ok: false, code: 'auth' } })
    expect(await stored('select name, last_test_ok, failing_since is null as well from connection')).toEqual([
      { name: 'locks', last_test_ok: false, well: false },
    ])
    const doctor = await hub.stayward('doctor')
    expect(doctor.code).toBe(1)
    expect(doctor.out).toMatch(/^!! locks +the-keys, test failed \d+ s ago, failing since/m)

    const corrected = await hub.stayward('connection', 'set', 'locks', '--config', 'the-keys.json')
    expect(corrected.code).toBe(0)
    expect(await stored('select account, last_test_ok, failing_since from connection')).toEqual([
      { account: '501', last_test_ok: true, failing_since: null },
    ])
  })

  it('asks out of the budget that the hub has at this account', async () => {
    const [{ tenant_id: tenantId } = {}] = await stored('select tenant_id from connection')
    const pool = new pg.Pool({ connectionString: hub.ownerUrl, max: 1 })
    await sharedTurns({
      pool,
      tenantId: String(tenantId),
      account: 'the-keys:501',
      rate: { perSecond: 3, burst: 3 },
    }).ended({ wait: 600_000 })
    const { code, out } = await hub.stayward('connection', 'test', 'locks')
    expect(code).toBe(1)
    expect(out).toContain('The budget of requests to The Keys is used up for now.')
    await pool.query(`delete from vendor_budget`)
    await pool.end()
    expect((await hub.stayward('connection', 'test', 'locks')).code).toBe(0)
  })

  it('does not replace what works by what does not', async () => {
    const before = await stored('select config_sealed, config_version from connection')
    const { code, err } = await hub.stayward('connection', 'set', 'locks', '--config', 'wrong.json')
    expect(code).toBe(1)
    expect(err).toMatch(/^Nothing was changed: /m)
    expect(await stored('select config_sealed, config_version from connection')).toEqual(before)
  })

  it("does not take another account's credentials for this one's", async () => {
    hub.theKeys.state.account.id = 502
    const { code, err } = await hub.stayward('connection', 'set', 'locks', '--config', 'the-keys.json')
    hub.theKeys.state.account.id = 501
    expect(code).toBe(1)
    expect(err).toMatch(/open the account 502, and this connection belongs to 501/)
  })

  it('changes one field and leaves the others, and takes one away', async () => {
    await hub.stayward(
      'connection',
      'add',
      'sms',
      '--adapter',
      'smsfactor',
      '--config',
      'sms.json',
      '--set',
      'sender=Quai',
    )
    const set = await hub.stayward('connection', 'set', 'sms', '--set', 'simulate=true')
    expect(set.out).toContain('This connection only simulates')
    const wrong = await hub.stayward('connection', 'set', 'sms', '--set', 'simulate=perhaps')
    expect(wrong.err).toContain('Simulate (simulate): it has to be true or false.')
    const unset = await hub.stayward('connection', 'set', 'sms', '--unset', 'sender', '--unset', 'simulate')
    expect(unset.code).toBe(0)
    expect(unset.out).not.toContain('only simulates')
  })

  it('shows the webhook address again, and makes a new one beside the old', async () => {
    const address = async (...more: readonly string[]) =>
      (await hub.stayward('connection', 'address', 'sms', '--json', ...more)).result
    const { address: first } = await address()
    expect(await address()).toMatchObject({ address: first })
    const rotated = await address('--rotate')
    expect(rotated['address']).not.toBe(first)
    const days = (Date.parse(String(rotated['formerWorksUntil'])) - Date.now()) / 86_400_000
    expect(days).toBeCloseTo(1, 2)
    expect(await address()).toMatchObject({ address: rotated['address'] })
  })

  it('pauses and resumes', async () => {
    await hub.stayward('connection', 'pause', 'locks')
    expect((await hub.stayward('connection', 'list')).out).toMatch(/^locks +the-keys +paused/m)
    await hub.stayward('connection', 'resume', 'locks')
    expect((await hub.stayward('connection', 'list')).out).toMatch(/^locks +the-keys +active/m)
  })

  it('does not pass an account that has to be put right at its vendor first, and keeps whose it is', () => {
    const tested = { account: { id: '5001', unfit: 'Webhooks carry card data.' } }
    expect(passed(tested)).toBe(false)
    expect(testLine(tested)).toEqual({ ok: false, note: 'Webhooks carry card data.', account: '5001' })
    expect(passed({ account: { id: '5001', warning: 'Only 12 credits left.' } })).toBe(true)
  })

  it('makes a booking system a witness, says what that means, and lets it count again', async () => {
    hub.files.set('smoobu.json', JSON.stringify(credentials.smoobu(hub.smoobu)))
    await hub.stayward('connection', 'add', 'old', '--adapter', 'smoobu', '--config', 'smoobu.json')
    const { code, out } = await hub.stayward('connection', 'witness', 'old')
    expect(code).toBe(0)
    expect(out).toContain('Codes that are out stay until their stays are over')
    expect(out).toContain('No other booking system counts yet')
    expect((await hub.stayward('connection', 'list')).out).toMatch(/^old +smoobu +active, witness/m)
    expect((await hub.stayward('connection', 'witness', 'locks')).err).toContain('"locks" is no booking system.')
    expect((await hub.stayward('connection', 'witness', 'old', '--end')).out).toContain('"old" counts again')
    expect((await hub.stayward('connection', 'list')).out).toMatch(/^old +smoobu +active {2}/m)
  })

  it('stores a door whose vendor cannot be asked just now, and says that it could not be checked', async () => {
    const origins = hub.env['STAYWARD_VENDOR_ORIGINS'] ?? ''
    hub.env['STAYWARD_VENDOR_ORIGINS'] = 'https://api.the-keys.fr=http://127.0.0.1:9'
    const { code, err } = await hub.stayward('door', 'add', 'flat', '--name', 'Flat', '--device', 'locks:7001/Kp7xQ2Za')
    hub.env['STAYWARD_VENDOR_ORIGINS'] = origins
    expect(code).toBe(0)
    expect(err).toContain('Whether the devices of "locks" are right could not be checked')
    expect(await stored('select vendor_id, name from device')).toEqual([{ vendor_id: '7001/Kp7xQ2Za', name: 'Flat' }])
  })
})
