import { expect, it } from 'vitest'
import { readPages } from '../src/paging.ts'

/** A vendor that answers these pages in turn, whatever is asked, and counts as told. */
async function listing(...answers: readonly { readonly rows: readonly number[]; readonly total: number }[]) {
  let asked = 0
  const { items, complete } = await readPages(
    async () => {
      const answer = answers[asked++]
      if (!answer) throw new Error('nobody expected another request')
      return { pageCount: 1, ...answer }
    },
    (row) => (row < 0 ? undefined : { key: String(row) }),
  )
  return {
    keys: items
      .map(({ key }) => key)
      .sort()
      .join(' '),
    complete,
    asked,
  }
}

it('reads once when the count is met', async () => {
  expect(await listing({ rows: [1, 2, 2], total: 2 })).toEqual({ keys: '1 2', complete: true, asked: 1 })
  expect(await listing({ rows: [], total: 0 })).toEqual({ keys: '', complete: true, asked: 1 })
})

it('reads once more when it is not, and believes the second reading', async () => {
  expect(await listing({ rows: [1, 1], total: 2 }, { rows: [1, 2], total: 2 })).toEqual({
    keys: '1 2',
    complete: true,
    asked: 2,
  })
})

it('puts two readings together when each misses another row and the count stood still', async () => {
  expect(await listing({ rows: [1, 2], total: 3 }, { rows: [2, 3], total: 3 })).toMatchObject({
    keys: '1 2 3',
    complete: true,
  })
})

it('does not, when the count moved: the union may hold a deleted row in place of a missing one', async () => {
  expect(await listing({ rows: [1, 2], total: 4 }, { rows: [2, 3], total: 3 })).toMatchObject({
    keys: '1 2 3',
    complete: false,
  })
})

it('stays short after the second reading, and says so', async () => {
  expect(await listing({ rows: [1], total: 3 }, { rows: [1, 2], total: 3 })).toEqual({
    keys: '1 2',
    complete: false,
    asked: 2,
  })
})

it('does not ask again for a row that it cannot read', async () => {
  expect(await listing({ rows: [1, -1], total: 2 })).toEqual({ keys: '1', complete: false, asked: 1 })
})
