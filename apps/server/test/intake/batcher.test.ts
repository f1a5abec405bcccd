import { expect, it } from 'vitest'
import { createBatcher, Unavailable } from '../../src/intake/batcher.ts'

/** A store whose writes end when the test says so. */
function heldStore(refuses: (row: string) => boolean = () => false) {
  const stored: string[] = []
  const batches: (readonly string[])[] = []
  const held: (() => void)[] = []
  let holding = true
  let away = false
  const write = async (rows: readonly string[]): Promise<void> => {
    batches.push(rows)
    if (holding) await new Promise<void>((go) => held.push(go))
    if (away) throw new Error('away')
    if (rows.some(refuses)) throw new TypeError('refused')
    stored.push(...rows)
  }
  return {
    stored,
    batches,
    write,
    release() {
      holding = false
      for (const go of held.splice(0)) go()
    },
    goAway() {
      away = true
    },
  }
}

const isAway = (error: unknown): boolean => error instanceof Error && error.message === 'away'
const turn = (): Promise<void> => new Promise((next) => setImmediate(() => setImmediate(next)))

it('writes what comes together in one, at most 256 at once and two under way, and loses nothing', async () => {
  const store = heldStore()
  const batcher = createBatcher<string>({ write: store.write, isAway, bytesOf: () => 1 })
  const rows = Array.from({ length: 1_000 }, (_, n) => String(n))
  const added = Promise.all(rows.map((row) => batcher.add(row)))
  await turn()
  expect(store.batches.map(({ length }) => length)).toEqual([256, 256])
  expect(batcher.waiting()).toBe(488)
  store.release()
  await added
  await batcher.idle()
  expect(store.stored.toSorted()).toEqual(rows.toSorted())
})

it('refuses beyond its bounds at once, in rows and in bytes, and takes again when there is room', async () => {
  const store = heldStore()
  const batcher = createBatcher<string>({
    write: store.write,
    isAway,
    bytesOf: (row) => row.length,
    mostRows: 3,
    mostBytes: 10,
  })
  const first = [batcher.add('aa'), batcher.add('aa'), batcher.add('aa')]
  await expect(batcher.add('aa')).rejects.toThrow(Unavailable)
  store.release()
  await Promise.all(first)
  await expect(batcher.add('x'.repeat(11))).rejects.toThrow(Unavailable)
  await batcher.add('x'.repeat(10))
  expect(store.stored).toHaveLength(4)
})

it('stores the good rows of a batch that has a bad one, and says which was bad', async () => {
  const store = heldStore((row) => row === 'bad')
  store.release()
  const batcher = createBatcher<string>({ write: store.write, isAway, bytesOf: () => 1 })
  const ends = await Promise.allSettled(['a', 'bad', 'b'].map((row) => batcher.add(row)))
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(store.stored).toEqual(['a', 'b'])
})

it('refuses everybody who waits when the store is away, instead of one after the other', async () => {
  const store = heldStore()
  const batcher = createBatcher<string>({ write: store.write, isAway, bytesOf: () => 1 })
  const ends = Promise.allSettled(Array.from({ length: 600 }, (_, n) => batcher.add(String(n))))
  await turn()
  store.goAway()
  store.release()
  const reasons = (await ends).map((end) => end.status === 'rejected' && end.reason instanceof Unavailable)
  expect(reasons.every(Boolean)).toBe(true)
  expect(store.batches).toHaveLength(2)
})
