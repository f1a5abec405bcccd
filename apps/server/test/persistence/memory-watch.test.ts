import { type Instant, plus, systemClock } from '@stayward/core'
import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { until } from '../../src/demo/hub-client.ts'
import { confirmLostTime, readMemory, writeNotice } from '../../src/persistence/memory/hub-memory.ts'
import { type MemoryWatch, watchMemory } from '../../src/persistence/memory/memory-watch.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { freshDatabase } from '../fresh-database.ts'
import { addConnection, marksOf, type TestConnection } from '../intake/hub.ts'

let [pool, owner]: pg.Pool[] = []
let bell: TestConnection
let watch: MemoryWatch | undefined
beforeEach(async () => {
  const { appUrl, ownerUrl } = await freshDatabase()
  pool = new pg.Pool({ connectionString: appUrl, max: 2 })
  owner = new pg.Pool({ connectionString: ownerUrl, max: 1 })
  bell = await addConnection(pool, 'bell')
})
afterEach(async () => {
  await watch?.stop()
  watch = undefined
  await Promise.all([pool?.end(), owner?.end()])
})

const pools = () => {
  if (!pool || !owner) throw new Error('the database is not there')
  return { pool, owner }
}
const start = async (readsFirst: number) =>
  (watch = await watchMemory({
    pool: pools().pool,
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    readsFirst,
    marked: () => undefined,
  }))
/** Keys waiting for a look, which wait no longer. */
const lookedAt = async () => {
  const marks = await marksOf(pools().owner, bell)
  await pools().owner.query('update work set wake_at = null')
  return marks
}
const setBack = async () => {
  const now = systemClock.now()
  await writeNotice(pools().pool, { cause: 'behind', from: plus(now, -3_600_000), until: now }, now)
}
const confirm = async (at: Instant = systemClock.now()) => {
  const { noticed } = await readMemory(pools().pool)
  if (!noticed) throw new Error('nothing was set back')
  await confirmLostTime(pools().pool, { ...noticed, by: 'the test' }, at)
}

it('looks at everything once more when it goes on, though another process heard the word', async () => {
  await setBack()
  const running = await start(1500)
  expect(running.note()).toMatch(/until a person has confirmed/)
  await lookedAt()
  await confirm()
  await running.check()
  expect(running.lostTime()).not.toHaveProperty('confirmedAt')
  expect(running.note()).toMatch(/goes on at 20/)
  expect(await lookedAt()).toEqual([])
  await until('everything is looked at', async () => ((await lookedAt()).length === 1 ? true : undefined), 10_000)
  expect(running.lostTime()).toHaveProperty('confirmedAt')
  expect(running.note()).toBeUndefined()
})

it('looks at everything when no process was at work at the time to go on', async () => {
  await setBack()
  await confirm(plus(systemClock.now(), -3_600_000))
  await lookedAt()
  await start(400)
  expect(await lookedAt()).toEqual([`connection:${bell.id}`])
})

it('leaves everything alone when nothing was set back, and a week after a word', async () => {
  await start(400)
  expect(await lookedAt()).toEqual([])
  await watch?.stop()
  await setBack()
  await confirm(plus(systemClock.now(), -8 * 86_400_000))
  await start(400)
  expect(await lookedAt()).toEqual([])
  expect(watch?.note()).toBeUndefined()
})
