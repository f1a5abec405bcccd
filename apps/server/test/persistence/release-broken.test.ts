import { afterEach, describe, expect, it } from 'vitest'
import { migrate } from '../../src/persistence/migrate.ts'
import { openOrm } from '../../src/persistence/orm.ts'
import { freshDatabase, testMasters } from '../fresh-database.ts'
import { type CuttableDatabase, startCuttableDatabase } from '../intake/cuttable-database.ts'

let database: CuttableDatabase | undefined
afterEach(async () => {
  await database?.stop()
  database = undefined
})

describe('a connection that breaks', () => {
  it('lets a migration end, wherever that is', async () => {
    const { ownerUrl } = await freshDatabase()
    const outcomes: string[] = []
    for (let answers = 0; answers === outcomes.length; answers += 1) {
      database = await startCuttableDatabase(ownerUrl, { answers })
      const outcome = await migrate({ ownerUrl: database.url, masters: testMasters }).then(
        () => 'done',
        (error: unknown) => String(error),
      )
      if (database.isCut()) outcomes.push(outcome)
      await database.stop()
    }
    expect(outcomes.length).toBeGreaterThan(10)
    expect(outcomes.slice(0, 10).filter((outcome) => !/terminated|ECONNREFUSED|ECONNRESET/.test(outcome))).toEqual([])
  }, 60_000)

  it('gives its place back, so that others read when the database has come back', async () => {
    const { appUrl } = await freshDatabase()
    database = await startCuttableDatabase(appUrl)
    const orm = await openOrm(database.url, 2)
    const read = async (wait: PromiseLike<void> = Promise.resolve()) =>
      await orm.em.fork().transactional(async (em) => {
        begun += 1
        await wait
        return await em.getConnection().execute('select 1 as one', [], 'all', em.getTransactionContext())
      })
    let begun = 0
    for (let times = 0; times < 3; times += 1) {
      const wait = Promise.withResolvers<void>()
      const reads = Promise.allSettled([read(wait.promise), read(wait.promise), read()])
      await expect.poll(() => begun).toBe(3 * times + 2)
      database.cut()
      wait.resolve()
      expect((await reads).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
      database.restore()
      expect(await read()).toEqual([{ one: 1 }])
    }
    const wait = Promise.withResolvers<void>()
    const last = read(wait.promise).catch(() => 'cut')
    await expect.poll(() => begun).toBe(10)
    database.cut()
    wait.resolve()
    expect(await last).toBe('cut')
    await orm.close(true)
  }, 20_000)
})
