import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { integerArray, textArray, uuidArray } from '../../src/intake/binary-arrays.ts'
import { freshDatabase } from '../fresh-database.ts'

let client: pg.Client
beforeAll(async () => {
  client = new pg.Client((await freshDatabase()).ownerUrl)
  await client.connect()
})
afterAll(() => client.end())

async function echoed(type: string, array: Buffer): Promise<unknown> {
  const { rows } = await client.query<{ items: unknown }>(`select $1::${type}[] as items`, [array])
  return rows[0]?.items
}

it('carries texts of every kind, and none', async () => {
  const items = ['plain', '', 'a "quoted", {braced}\\ text', 'Müller, 東京 🗝️', 'NULL']
  expect(await echoed('text', textArray(items))).toEqual(items)
  expect(await echoed('text', textArray(['one', undefined, 'three']))).toEqual(['one', null, 'three'])
})

it('carries ids and numbers', async () => {
  const ids = ['018f0000-0000-7000-8000-0000000000ff', 'ffffffff-ffff-4fff-bfff-ffffffffffff']
  expect(await echoed('uuid', uuidArray(ids))).toEqual(ids)
  expect(await echoed('integer', integerArray([0, 1, 1_048_576, -1]))).toEqual([0, 1, 1_048_576, -1])
})

it('carries nothing, too', async () => {
  expect(await echoed('text', textArray([]))).toEqual([])
  expect(await echoed('uuid', uuidArray([]))).toEqual([])
  expect(await echoed('integer', integerArray([]))).toEqual([])
})
