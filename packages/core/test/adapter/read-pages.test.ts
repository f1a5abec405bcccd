import { describe, expect, it } from 'vitest'
import { type ListedPage, readPages } from '../../src/adapter/read-pages.ts'

/** A vendor that answers these pages in turn, whatever is asked. A negative number is a row that nobody understands. */
async function listing(...answers: readonly ListedPage<number>[]) {
  let asked = 0
  const { items, complete } = await readPages(
    async () => {
      const answer = answers[asked++]
      if (!answer) throw new Error('nobody expected another request')
      return answer
    },
    (row) => (row < 0 ? undefined : String(row)),
    (key) => key,
  )
  return { keys: items.toSorted().join(' '), complete, asked }
}

describe('a vendor that counts', () => {
  const page = (rows: readonly number[], total: number) => ({ rows, total, last: true })

  it('is read once when the count is met', async () => {
    expect(await listing(page([1, 2, 2], 2))).toEqual({ keys: '1 2', complete: true, asked: 1 })
    expect(await listing(page([], 0))).toEqual({ keys: '', complete: true, asked: 1 })
    expect(await listing({ rows: [1], total: 2, last: false }, page([2], 2))).toMatchObject({
      complete: true,
      asked: 2,
    })
  })

  it('is read once more when it is not, and the second reading is believed', async () => {
    expect(await listing(page([1, 1], 2), page([1, 2], 2))).toEqual({ keys: '1 2', complete: true, asked: 2 })
  })

  it('is put together from two readings when each misses another row and the count stood still', async () => {
    expect(await listing(page([1, 2], 3), page([2, 3], 3))).toMatchObject({ keys: '1 2 3', complete: true })
  })

  it('is not, when the count moved: the union may hold a deleted row in place of a missing one', async () => {
    expect(await listing(page([1, 2], 4), page([2, 3], 3))).toMatchObject({ keys: '1 2 3', complete: false })
  })

  it('stays short after the second reading, and says so', async () => {
    expect(await listing(page([1], 3), page([1, 2], 3))).toEqual({ keys: '1 2', complete: false, asked: 2 })
  })

  it('is not asked again for a row that cannot be read', async () => {
    expect(await listing(page([1, -1], 2))).toEqual({ keys: '1', complete: false, asked: 1 })
  })
})

describe('a vendor that only says whether there is another page', () => {
  const pages = (...all: readonly (readonly number[])[]) =>
    all.map((rows, index) => ({ rows, last: index === all.length - 1 }))

  it('has told everything in a single page', async () => {
    expect(await listing(...pages([1, 2]))).toEqual({ keys: '1 2', complete: true, asked: 1 })
    expect(await listing(...pages([1, -2]))).toEqual({ keys: '1', complete: false, asked: 1 })
  })

  it('is read twice when there are more, and believed when the second reading misses nothing of the first', async () => {
    const first = pages([1, 2], [3])
    expect(await listing(...first, ...first)).toEqual({ keys: '1 2 3', complete: true, asked: 4 })
    expect(await listing(...first, ...pages([0, 1], [2, 3]))).toMatchObject({ keys: '0 1 2 3', complete: true })
  })

  it('is not believed when a row went away in between: another may have slipped past under it', async () => {
    expect(await listing(...pages([1, 2], [4]), ...pages([2, 4]))).toMatchObject({ keys: '1 2 4', complete: true })
    expect(await listing(...pages([1, 2], [4]), ...pages([2, 3], [5]))).toMatchObject({ complete: false })
  })

  it('is not read for ever', async () => {
    let asked = 0
    const endless = async () => ({ rows: [asked++], last: false })
    expect(await readPages(endless, String, (key) => key)).toMatchObject({ complete: false })
    expect(asked).toBe(300)
  })
})

it('keeps the later reading of a row that was seen twice, where it was read', async () => {
  const { items } = await readPages(
    async () => ({ rows: ['a old', 'b', 'a new'], last: true }),
    (row) => row,
    (row) => row.slice(0, 1),
  )
  expect(items).toEqual(['b', 'a new'])
})
