import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Instant, systemClock } from '@stayward/core'
import pg from 'pg'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApiKeys } from '../../src/auth/api-keys.ts'
import { hubClient, until } from '../../src/demo/hub-client.ts'
import { readMemoryFile, writeMemoryFile } from '../../src/persistence/memory/memory-file.ts'
import { createRestoreDesk, type RestoreDesk } from '../../src/persistence/memory/restore-desk.ts'
import { backUp } from '../fresh-database.ts'
import { book, letIn, letters, pinsOn, texts, toldPin } from './guests.ts'
import { type RunningHub, setStage, type Stage, startOn } from './stage.ts'

const place = mkdtempSync(join(tmpdir(), 'stayward-restore-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))
let paths = 0
const newPath = () => join(place, `hub-${(paths += 1)}`, 'memory.json')

let stage: Stage
let hub: RunningHub | undefined
let pool: pg.Pool
let desk: RestoreDesk
beforeEach(async () => {
  stage = await setStage()
  pool = new pg.Pool({ connectionString: stage.appUrl, max: 2 })
  pool.on('error', () => undefined) // the database is taken away
  desk = createRestoreDesk({ pool, clock: systemClock })
})
afterEach(async () => {
  await hub?.stop()
  hub = undefined
  await pool.end()
  await stage.stop()
})

const start = async (path: string) => (hub = await startOn(stage, {}, path))
const stop = async () => {
  await hub?.stop()
  hub = undefined
}
const rest = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const readyz = async ({ url }: RunningHub) =>
  (await (await fetch(`${url}/readyz`)).json()) as { ready: boolean; notes?: Record<string, string> } // the hub's own page

/** What locks and phones hold, to compare. */
const world = (ref: string) => ({
  street: pinsOn(stage, 'street'),
  loft: pinsOn(stage, 'loft'),
  texts: texts(stage, 1),
  letters: letters(stage, ref),
})

describe('a hub whose database was put back', () => {
  it('sends and changes nothing, takes the lost codes up with their PINs, and goes on when a person has confirmed', async () => {
    const path = newPath()
    await start(path)
    const putBack = await backUp(stage.appUrl)
    await rest(6000) // a beat, so that the database is behind by more than one
    const ref = book(stage, 1)
    const first = hub ?? (await start(path))
    await letIn(stage, first, { guest: 1, ref, keypads: ['street', 'loft'], messages: 1 })
    const pin = toldPin(stage, 1)
    await stop()
    await putBack()
    const before = world(ref)

    const second = await start(path)
    expect(second.logged()).toMatch(/RESTORE MODE\. The database has forgotten/)
    const page = await until('the hub is ready', async () => {
      const answer = await readyz(second)
      return answer.ready ? answer : undefined
    })
    expect(page.notes).toMatchObject({ restore: expect.stringMatching(/set back/) })
    await stage.mark({ kind: 'connection', key: stage.connections['smoobu'] ?? '', why: 'edit' })
    const seen = await until('the codes are taken up again', async () => {
      const booking = await second.client.booking(ref)
      const codes = booking?.codes.filter(({ evidence }) => evidence === 'confirmed') ?? []
      return codes.length === 2 ? booking : undefined
    })
    expect(seen.timeline.map(({ kind }) => kind)).toContain('code-adopted')
    const state = await desk.state()
    if (state.state === 'whole') throw new Error('nothing was noticed')
    expect(state).toMatchObject({ state: 'restoring', cause: 'behind' })
    await until('the letter is found in the inbox', async () => {
      const booking = await second.client.booking(ref)
      return booking?.messages.some(({ state }) => state === 'accepted') ? true : undefined
    })
    const found = await desk.findings(stage.tenant.id, state)
    expect(found).toMatchObject({ adopted: [{ ref }], strays: [] })
    expect(found.perhapsTold.map((line) => line.ref)).toEqual([ref, ref])
    const shown = await second.api('/restore')
    expect(shown.body).toMatchObject({ state: 'restoring', found: { adopted: [{ ref }] } })
    expect((await second.api('/alerts')).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ kind: 'restore' })]),
    })
    expect(await (await fetch(`${second.url}/metrics`)).text()).toMatch(/^stayward_restore_mode 1$/m)
    expect(world(ref)).toEqual(before)

    const operator = await createApiKeys({ pool, clock: systemClock }).add(stage.tenant, {
      name: 'operator',
      confirmRestores: true,
    })
    const confirmed = await fetch(`${second.url}/api/v1/restore/confirm`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operator.text}`, 'content-type': 'application/json' },
      body: JSON.stringify({ from: state.from, until: state.until }),
    })
    expect([confirmed.status, await confirmed.json()]).toMatchObject([200, { state: 'confirmed' }])
    expect(await desk.state()).toMatchObject({ state: 'confirmed', confirmedBy: `API key ${operator.id}` })
    await stage.mark({ kind: 'messages', key: seen.id, why: 'edit' }, { kind: 'booking', key: seen.id, why: 'edit' })
    const late = book(stage, 2, { unit: 'studio' })
    await letIn(stage, second, { guest: 2, ref: late, keypads: ['street', 'studio'], messages: 1 })
    const after = world(ref)
    expect({ ...after, street: after.street.filter((one) => one === pin) }).toEqual(before)
    expect((await readyz(second)).notes).toBeUndefined()
    // The same data directory, and the database as it was left: nothing to say.
    await stop()
    const third = await start(path)
    expect(third.logged()).not.toMatch(/RESTORE MODE/)
  }, 120_000)

  it('notices it while it runs, and takes the codes up as well', async () => {
    const running = await start(newPath())
    const putBack = await backUp(stage.appUrl)
    await rest(6000)
    const ref = book(stage, 1)
    await letIn(stage, running, { guest: 1, ref, keypads: ['street', 'loft'], messages: 1 })
    const before = world(ref)
    await putBack()
    await until(
      'the hub has noticed',
      async () => (running.logged().includes('RESTORE MODE') ? true : undefined),
      20_000,
    )
    await stage.mark({ kind: 'connection', key: stage.connections['smoobu'] ?? '', why: 'edit' })
    await until(
      'the codes are taken up again',
      async () => {
        const codes = (await hubClient(running.url, stage.world.apiKey ?? '').booking(ref))?.codes.filter(
          ({ evidence }) => evidence === 'confirmed',
        )
        return codes?.length === 2 ? true : undefined
      },
      20_000,
    )
    expect(world(ref)).toEqual(before)
  }, 120_000)
})

describe('what a hub remembers outside the database', () => {
  it('says nothing of a new installation, nor of a stop and a start', async () => {
    const path = newPath()
    for (let times = 0; times < 2; times += 1) {
      const quiet = await start(path)
      expect(quiet.logged()).not.toMatch(/RESTORE MODE|cannot write/)
      expect((await readyz(quiet)).notes).toBeUndefined()
      await stop()
    }
    expect(await desk.state()).toEqual({ state: 'whole' })
  }, 60_000)

  it('holds everything when a used database comes to a directory that knows nothing of it', async () => {
    await start(newPath())
    await stop()
    const elsewhere = await start(newPath())
    expect(elsewhere.logged()).toMatch(/nothing in the data directory tells/)
    expect(await desk.state()).toMatchObject({ state: 'restoring', cause: 'file-missing' })
  }, 60_000)

  it('lets a hub with a directory of its own join one that is at work', async () => {
    const first = await start(newPath())
    const second = await startOn(stage, {}, newPath())
    expect(second.logged()).not.toMatch(/RESTORE MODE/)
    expect(first.logged()).not.toMatch(/RESTORE MODE/)
    await second.stop()
  }, 60_000)

  it('stops the hub on the older of two copies that share a directory, and says so', async () => {
    const path = newPath()
    const original = await start(path)
    // What a hub on a copy leaves behind once a person has confirmed that the copy counts.
    const other = newPath()
    await rest(100)
    const { rows } = await pool.query<{ database_id: string }>('select database_id from hub_memory')
    await writeMemoryFile(other, rows[0]?.database_id ?? '', { epoch: 2, counter: 1, at: systemClock.now() })
    copyFileSync(other, path)
    await until(
      'the older copy has stopped',
      async () => (original.logged().includes('another copy') ? true : undefined),
      15_000,
    )
    expect(await desk.state()).toMatchObject({ state: 'restoring', cause: 'older-epoch' })
    const ref = book(stage, 1)
    await stage.mark({ kind: 'connection', key: stage.connections['smoobu'] ?? '', why: 'edit' })
    await until('it says at the stay that it waits', async () => {
      const booking = await original.client.booking(ref)
      return booking?.timeline.some(({ kind }) => kind === 'restoring') ? true : undefined
    })
    expect(world(ref)).toEqual({ street: [], loft: [], texts: [], letters: [] })
    expect((await original.api('/alerts')).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ kind: 'restore' })]),
    })
  }, 60_000)

  it('does not trust a directory that was copied', async () => {
    const copy = newPath()
    const longAgo = '2026-07-01T08:00:00.000Z' as Instant // has the shape
    await writeMemoryFile(copy, 'another', { epoch: 1, counter: 1, at: longAgo })
    expect((await readMemoryFile(copy))?.copied).toBe(false)
    copyFileSync(copy, `${copy}.moved`)
    expect((await readMemoryFile(`${copy}.moved`))?.copied).toBe(true)
  }, 60_000)
})
