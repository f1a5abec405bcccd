import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from './free-port.ts'
import { openRehearsal, type Rehearsal, type Started } from './rehearsal.ts'

const lock = '7001/Kp7xQ2Za'
const byHand = '6274'
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

let rehearsal: Rehearsal
let hubs: readonly Started[]
let url: string
let key: string
beforeAll(async () => {
  rehearsal = await openRehearsal()
  const port = await freePort()
  rehearsal.env['STAYWARD_PORT'] = String(port)
  rehearsal.env['STAYWARD_PUBLIC_URL'] = `http://127.0.0.1:${port}`
  hubs = [await rehearsal.start('serve', port), await rehearsal.start('work', 0)]
  url = `http://127.0.0.1:${port}`
  const setUp = [
    'tenant add quai --language fr --phone-country FR',
    'connection add smoobu --adapter smoobu --config smoobu.json',
    'connection add locks --adapter the-keys --config the-keys.json',
    'property add quai-house --name House --zone Europe/Paris --check-in 15:00 --check-out 11:00',
    `door add loft-door --name Loft --device locks:${lock}`,
    'unit add loft --property quai-house --name Loft --path loft-door --source smoobu:700101',
  ]
  for (const command of setUp)
    expect([command, (await rehearsal.stayward(...command.split(' '))).code]).toEqual([command, 0])
  const { result } = await rehearsal.stayward('key', 'add', 'tests', '--json')
  key = (result['key'] as { readonly text: string }).text // what the command ends with
})
afterAll(async () => {
  for (const hub of hubs) await hub.stop()
  await rehearsal.close()
})

async function book(days: number): Promise<string> {
  const guest = { name: 'Ada Beispiel', phone: '06 39 98 00 01' }
  const ref = rehearsal.smoobu.book({ arrival: day(days), departure: day(days + 2), unitRef: '700101', guest })
  const { result } = await rehearsal.stayward('connection', 'address', 'smoobu', '--json')
  for (const { headers, body } of rehearsal.smoobu.dueWebhooks())
    await fetch(String(result['address']), { method: 'POST', headers, body })
  return await until(async () => ((await api(`/bookings?ref=${ref}`)).items?.length === 1 ? ref : undefined))
}

async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(50)
  }
}

interface Answer {
  readonly items?: readonly { readonly id: string; readonly label?: string; readonly waitsForBooking?: string }[]
  readonly detail?: string
  readonly timeline?: readonly { readonly kind: string }[]
}

async function api(path: string, body?: object): Promise<Answer> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
  return (await (await fetch(`${url}/api/v1${path}`, init)).json()) as Answer // the hub's own API
}

/** Somebody makes a code in the lock's app, and the hub reads the lock. */
async function make(label: string, pin: string): Promise<string> {
  rehearsal.theKeys.addForeignCode(lock, { pin, label })
  expect((await rehearsal.stayward('sync', '--device', 'Flat 12')).code).toBe(0)
  return await until(async () => (await api('/codes/foreign')).items?.find((code) => code.label === label)?.id)
}

const held = () => rehearsal.theKeys.codesOn(lock)

it('gives a code that was made by hand to a booking, by command and over the API', { timeout: 60_000 }, async () => {
  const first = await make('Martin family', byHand)
  const ref = await book(10)
  const { out } = await rehearsal.stayward('code', 'foreign')
  expect(out).toContain('Loft: "Martin family"')
  expect(out).toContain(`stayward code adopt ${first} --booking <ref>`)
  expect(out).not.toContain(byHand)

  const asked = await rehearsal.stayward('code', 'adopt', first, '--booking', ref)
  expect([asked.code, asked.err]).toEqual([
    1,
    expect.stringContaining(`stayward code adopt ${first} --booking ${ref} --yes`),
  ])
  expect((await rehearsal.stayward('code', 'adopt', 'h0', '--booking', ref, '--yes')).err).toContain(
    'stayward code foreign',
  )
  expect((await rehearsal.stayward('code', 'adopt', first, '--booking', 'nonsense', '--yes')).err).toContain(
    'no booking "nonsense"',
  )
  const { result } = await rehearsal.stayward('code', 'adopt', first, '--booking', ref, '--yes', '--json')
  expect(result).toMatchObject({ ok: true, code: first, booking: ref })
  await until(async () => (held().some(({ pin, from }) => pin === byHand && from !== undefined) ? true : undefined))
  expect(held().filter(({ pin }) => pin === byHand)).toHaveLength(1)
  const [stay] = (await api(`/bookings?ref=${ref}`)).items ?? []
  expect((await api(`/bookings/${stay?.id}`)).timeline).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ kind: 'adopted-by-hand' })]),
  )

  const second = await make('Aunt', '7531')
  const [next] = (await api(`/bookings?ref=${await book(20)}`)).items ?? []
  expect(await api(`/codes/foreign/${second}/adopt`, { booking: 'nobody' })).toMatchObject({ code: 'not-adopted' })
  expect(await api(`/codes/foreign/${second}/adopt`, { booking: next?.id })).toEqual({ id: second, booking: next?.id })
  await until(async () => (held().some(({ pin, from }) => pin === '7531' && from !== undefined) ? true : undefined))
  await until(async () => ((await rehearsal.stayward('code', 'foreign')).out.includes('Aunt') ? undefined : true))
})
